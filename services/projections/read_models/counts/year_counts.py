"""Reads the counts of one year from `tally`; sums, shares and percentiles of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from services.projections.read_models.counts.keys import ALL, Facet, TallyRow
from services.projections.read_models.states import DECIDED, STATES
from shared.postgres.connection import Connection

Histogram: TypeAlias = Mapping[int, int]
"""The number of cases by value, the least value first."""

States: TypeAlias = Mapping[str, int]
"""The number of cases by state; the sum is the number received."""


_NONE: Histogram = {}


class Counts:
    """Counts, added up over months."""

    def __init__(self, counts: Iterable[TallyRow]) -> None:
        self._values: defaultdict[tuple[Facet, str, str], Counter[int]] = defaultdict(Counter)
        for count in counts:
            self._values[count.facet, count.member, count.measure][count.value] += count.counted

    def of(self, measure: str, facet: Facet = ALL[0], member: str = ALL[1]) -> int:
        return sum(self.histogram(measure, facet, member).values())

    def histogram(self, measure: str, facet: Facet = ALL[0], member: str = ALL[1]) -> Histogram:
        return dict(sorted(self._values.get((facet, member, measure), _NONE).items()))

    def states(self, facet: Facet = ALL[0], member: str = ALL[1]) -> States:
        return {state: self.of(state, facet, member) for state in STATES}

    def members(self, facet: Facet) -> Sequence[str]:
        return sorted({member for of, member, _ in self._values if of == facet})


def received(states: States) -> int:
    return sum(states.values())


def decided(states: States) -> int:
    """The number of cases of which the promise was kept or not."""
    return sum(states[state] for state in DECIDED)


def share(part: int, whole: int) -> float | None:
    """With 4 decimals; None if the whole is 0."""
    return round(part / whole, 4) if whole else None


def spread(histogram: Histogram) -> dict[str, int | None]:
    return {
        "median": nearest_rank(histogram, 50),
        "p90": nearest_rank(histogram, 90),
        "max": max(histogram, default=None),
    }


def nearest_rank(histogram: Histogram, percent: int) -> int | None:
    """The least value that this percentage of the cases doesn't exceed."""
    rank = -(-percent * sum(histogram.values()) // 100)
    for value, cases in sorted(histogram.items()):
        rank -= cases
        if rank <= 0:
            return value
    return None


def days(counts: Counts) -> dict[str, dict[str, Any]]:
    """How long the decided cases took: without the waiting time, and with it."""
    used = counts.histogram("days_used")
    histogram = {str(each): cases for each, cases in used.items()}
    return {
        "days_used": {**spread(used), "histogram": histogram},
        "days_elapsed": spread(counts.histogram("days_elapsed")),
    }


class YearCounts:
    """All counts of one year."""

    def __init__(self, counts: Sequence[TallyRow]) -> None:
        self._counts = counts

    def of(self, service: str, months: Collection[int]) -> Counts:
        return Counts(self.rows(service, months))

    def rows(self, service: str, months: Collection[int]) -> Iterator[TallyRow]:
        """The rows of these months."""
        return (
            count for count in self._counts if count.service == service and count.month in months
        )


_YEAR = """
select service, extract(month from month)::int, facet, member, measure, value, counted
from tally
where month between make_date($1, 1, 1) and make_date($1, 12, 1)
"""


async def year_counts(connection: Connection, year: int) -> YearCounts:
    """Some thousand rows at most, for any number of cases."""
    return YearCounts([TallyRow(*row) for row in await connection.fetch(_YEAR, year)])

"""The counts of one year as they are read from `tally`, and what is asked of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from services.projections.read_models.states import DECIDED, STATES
from services.projections.read_models.tally import ALL

if TYPE_CHECKING:
    from services.projections.generations import Connection
    from services.projections.read_models.tally import Facet

Histogram: TypeAlias = Mapping[int, int]
"""How many cases there are of each value, the least value first."""

States: TypeAlias = Mapping[str, int]
"""How many cases there are in each state: together, all that were received."""


_NONE: Histogram = {}


class Count(NamedTuple):
    """A row of `tally`, `month` as its number."""

    service: str
    month: int
    facet: Facet
    member: str
    measure: str
    value: int
    counted: int


class Counts:
    """Added up over months."""

    def __init__(self, counts: Iterable[Count]) -> None:
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
    """Of how many can be said whether the promise was kept."""
    return sum(states[state] for state in DECIDED)


class YearCounts:
    """All of one year."""

    def __init__(self, counts: Sequence[Count]) -> None:
        self._counts = counts

    def of(self, service: str, months: Collection[int]) -> Counts:
        return Counts(self.rows(service, months))

    def rows(self, service: str, months: Collection[int]) -> Iterator[Count]:
        """The counts as they are, month by month."""
        return (
            count for count in self._counts if count.service == service and count.month in months
        )


_YEAR = """
select service, extract(month from month)::int, facet, member, measure, value, counted
from tally
where month between make_date($1, 1, 1) and make_date($1, 12, 1)
"""


async def year_counts(connection: Connection, year: int) -> YearCounts:
    """At most some thousand rows, however many cases there are."""
    return YearCounts([Count(*row) for row in await connection.fetch(_YEAR, year)])

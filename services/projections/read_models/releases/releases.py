"""Complaints in detail, released: by category and channel, days, further clocks, ratings.

Live figures say how late the office was. Figures that could identify a complainant appear in
releases only; each is of one instant (`dates.py`) and never changes. A release is computed from the
changes that the read models have recorded, so the same events give the same release. The releases
of a year are computed in their order: a figure that has hardly changed is released unchanged.

Next: `statistics.py`, which shows the newest; `api/releases.py` shows all.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeAlias

from services.projections.read_models.counts.keys import UNCLASSIFIED, TallyRow
from services.projections.read_models.counts.year_counts import YearCounts, received, share
from services.projections.read_models.history.known_counts import counts_known
from services.projections.read_models.periods import Period, quarter, year
from services.projections.read_models.releases.dates import ReleaseInstant, release_instants
from services.projections.read_models.releases.disclosure import (
    QUARTERS,
    YEAR,
    Cells,
    Members,
    Months,
    OutcomeTable,
    TableRules,
    are_days_disclosive,
    by_deadline,
    neighbours,
)
from services.projections.read_models.releases.figures import ReleaseFigures
from services.projections.read_models.releases.imports import SOURCE
from services.projections.read_models.releases.merging import MergedRow, ReleasedTable
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.read_models.watermark import Watermark
from shared.postgres.connection import Connection
from shared.promise.standard import Standard

YEARLY = frozenset({"oversight"})
OTHER = "other"  # members that the standard of the year's beginning doesn't have
KNOWN = frozenset({UNCLASSIFIED, OTHER})
FACETS = {"by_category": "category", "by_channel": "channel"}

Content: TypeAlias = Mapping[str, Any]
"""The released details of a period."""

NOT_RELEASED: Content = dict.fromkeys(
    ("released_at", "days_used", "days_elapsed", "further_clocks", *FACETS, "rating")
)


@dataclass(frozen=True, slots=True)
class Release:
    """The details that are released at an instant, by period."""

    instant: ReleaseInstant
    periods: Mapping[str, Content]


async def releases_of_year(
    connection: Connection, number: int, rules: RulesInForce, of: Sequence[ReleaseInstant]
) -> Sequence[Release]:
    """All releases with cases received in that year, the oldest first."""
    known = [
        (each, await counts_known(connection, SOURCE, number, each.known, rules.calendar))
        for each in of
        if each.concerns(number)
    ]
    return compute_releases(number, rules, known)


def compute_releases(
    number: int, rules: RulesInForce, known: Iterable[tuple[ReleaseInstant, Sequence[TallyRow]]]
) -> Sequence[Release]:
    """The same, from the counts of the cases received in the year as known at each instant."""
    chain, found = _YearReleases(number, rules), []
    for instant, counts in known:
        months = chain.months_of(instant)
        if mine := [count for count in counts if count.month in months]:
            found.append(Release(instant, chain.release(instant, YearCounts(mine))))
    return found


def newest(releases: Sequence[Release], period: Period) -> Content:
    """The details of the period in the newest release that covers it."""
    covering = (each.periods for each in reversed(releases) if period.id in each.periods)
    return next(covering, {}).get(period.id, NOT_RELEASED)


_YEARS = """
select distinct extract(year from month)::int as year
from tally
where service = $1
order by year
"""


class ReleaseCache:
    """Computed releases by year, kept until there is one more."""

    def __init__(self, rules: RulesInForce) -> None:
        self._rules = rules
        self._lock = asyncio.Lock()
        self._kept: dict[int, tuple[tuple[str, Sequence[ReleaseInstant]], Sequence[Release]]] = {}

    async def of_year(
        self, connection: Connection, number: int, watermark: Watermark
    ) -> Sequence[Release]:
        """All releases of a year, the oldest first. The connection is `generations.live`'s."""
        schema = await connection.fetchval("select current_schema()")
        key = schema, await release_instants(connection, watermark)
        async with self._lock:
            if number not in self._kept or self._kept[number][0] != key:
                found = await releases_of_year(connection, number, self._rules, key[1])
                self._kept[number] = key, found
            return self._kept[number][1]

    async def all(self, connection: Connection, watermark: Watermark) -> Sequence[Release]:
        """The releases of all years, one an instant, the oldest first."""
        periods: dict[ReleaseInstant, dict[str, Content]] = {}
        for row in await connection.fetch(_YEARS, SOURCE):
            for each in await self.of_year(connection, row["year"], watermark):
                periods.setdefault(each.instant, {}).update(each.periods)
        return [Release(each, periods[each]) for each in sorted(periods, key=attrgetter("known"))]


class _YearReleases:
    """The releases of a year, one after the other."""

    def __init__(self, number: int, rules: RulesInForce) -> None:
        self._year = year(number)
        self._rules = rules
        standard = rules.standard(self._year, self._year.first_day)
        self._allowed = {**standard.complaint_days, UNCLASSIFIED: standard.shortest_complaint_days}
        self._order = [*self._allowed, *standard.channels, OTHER]
        self._tables = {
            "by_category": ReleasedTable(categories(standard)),
            "by_channel": ReleasedTable(channels(standard)),
        }
        self._figures = ReleaseFigures(rules)
        self._longest = sorted({0, *standard.complaint_days.values()})
        self._months: frozenset[int] = frozenset()

    def months_of(self, instant: ReleaseInstant) -> frozenset[int]:
        """The months that it covers: those that are over or imported, and all earlier ones."""
        first_days = {month: dt.date(self._year.year, month, 1) for month in YEAR}
        self._months |= {
            month
            for month, first_day in first_days.items()
            if first_day < _month_of(instant) or first_day in (instant.months or ())
        }
        return self._months

    def release(self, instant: ReleaseInstant, counts: YearCounts) -> Mapping[str, Content]:
        """By period: the year, and the quarters that the instant covers."""
        quarters = {
            quarter(self._year.year, months[-1] // 3): months
            for months in QUARTERS
            if self._is_about(instant, months)
        }
        for name, facet in FACETS.items():
            released = self._tables[name]
            table = _table(counts, facet, released.rules.everybody)
            self._tables[name] = released.renewed(table, instant.date, list(quarters.values()))
        with_days = not self._days_tell(counts)
        return {
            period.id: {
                **NOT_RELEASED,
                "released_at": instant.written,
                **self._figures.of(
                    period, counts.of(SOURCE, months), instant.date, with_days=with_days
                ),
                **{name: self._rows(name, months) for name in FACETS},
            }
            for period, months in {self._year: YEAR, **quarters}.items()
        }

    def _days_tell(self, counts: YearCounts) -> bool:
        """Whether the longest times would reveal the cases with the longest deadline."""
        released = self._tables["by_category"]
        rows = [row.members for group in released.year for row in group.rows]
        surely = {}
        for months in QUARTERS:
            mine = counts.of(SOURCE, months)
            used = mine.histogram("days_used")
            long = sum(cases for days, cases in used.items() if days > self._longest[-2])
            surely[months] = max(0, long - mine.of("late") - mine.of("overdue"))
        table = _table(counts, FACETS["by_category"], released.rules.everybody)
        return are_days_disclosive(released.rules, table, rows, surely)

    def _is_about(self, instant: ReleaseInstant, months: Months) -> bool:
        first_days = {dt.date(self._year.year, month, 1) for month in months}
        if instant.months is None:
            return max(first_days) < _month_of(instant)
        return not first_days.isdisjoint(instant.months)

    # Rows of a table.

    def _rows(self, name: str, months: Months) -> dict[str, dict[str, Any]]:
        """As the JSON has them, in the standard's order."""
        released = self._tables[name]
        groups = released.year if months == YEAR else released.quarters.get(months, ())
        rows = [(self._named(row, months), row) for group in groups for row in group.rows]
        return {
            "+".join(members): {
                "members": members,
                **({"days_allowed": self._days_allowed(members)} if name == "by_category" else {}),
                **_counted(row.table.of(row.members, months)),
                "released_on": row.released_on.isoformat(),
            }
            for members, row in sorted(rows, key=lambda each: list(map(self._place, each[0])))
            if members
        }

    def _named(self, row: MergedRow, months: Months) -> Members:
        """Its members; `other` only if it has a case."""
        has_other = row.table.of((OTHER,), months).received > 0
        members = (member for member in row.members if member != OTHER or has_other)
        return tuple(sorted(members, key=self._place))

    def _place(self, member: str) -> int:
        return self._order.index(member)

    def _days_allowed(self, members: Members) -> int | None:
        days = {self._allowed.get(member) for member in members}
        return days.pop() if len(days) == 1 else None


def categories(standard: Standard) -> TableRules:
    days = {UNCLASSIFIED: standard.shortest_complaint_days, **standard.complaint_days}
    longest = max(days.values())
    return by_deadline({**days, OTHER: longest + 1}, known=KNOWN, yearly=YEARLY)


def channels(standard: Standard) -> TableRules:
    *groups, last = neighbours(list(standard.channels))
    return TableRules((*groups, (*last, OTHER)), KNOWN)


def _table(counts: YearCounts, facet: str, members: Members) -> OutcomeTable:
    cells: dict[tuple[str, int], Cells] = {}
    for month in YEAR:
        of_month = counts.of(SOURCE, (month,))
        for member in of_month.members(facet):
            key = member if member in members else OTHER, month
            states = of_month.states(facet, member)
            not_on_time = states["late"] + states["overdue"]
            undecided = received(states) - states["on_time"] - not_on_time
            more = Cells(states["on_time"], not_on_time, undecided)
            cells[key] = Cells(*map(sum, zip(cells.get(key, Cells()), more, strict=True)))
    return OutcomeTable(cells)


def _counted(cells: Cells) -> dict[str, Any]:
    rate = share(cells.on_time, cells.on_time + cells.not_on_time)
    return {"received": cells.received, **cells._asdict(), "on_time_rate": rate}


def _month_of(instant: ReleaseInstant) -> dt.date:
    return instant.date.replace(day=1)

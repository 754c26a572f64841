"""Complaints by category and by channel, without telling on anybody.

By quarter and year only, and only received, on time and not on time; complaints with oversight
content by year only, since a count of one in a month can tell somebody that he was reported.
Which cells are hidden is for `suppression.py` to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from services.projections.read_models import periods, suppression, telltales
from services.projections.read_models.suppression import Cells, Row, Told
from services.projections.read_models.tally import UNCLASSIFIED
from services.projections.read_models.telltales import Month

if TYPE_CHECKING:
    from datetime import date

    from services.projections.read_models.counts import Counts, YearCounts
    from services.projections.read_models.periods import Period
    from shared.promise.standard import Standard
    from shared.promise.working_days import Calendar

YEARLY = frozenset({"oversight"})
KNOWN = frozenset({UNCLASSIFIED})  # to whoever reads how many complaints were verified in time
SERVICE = "complaints"

Rows: TypeAlias = dict[str, dict[str, Any]]


def breakdowns(
    period: Period, year: YearCounts, standard: Standard, *, on: date, calendar: Calendar
) -> dict[str, Rows | None]:
    """`by_category` and `by_channel` of a quarter or year; of a month there are none.

    `on` is the day that the figures speak of.
    """
    if period.kind == "month":
        return {"by_category": None, "by_channel": None}
    quarters = [year.of(SERVICE, months_of(number)) for number in periods.QUARTERS]
    index = suppression.YEAR if period.kind == "year" else period.quarter - 1
    allowed = days_allowed(standard)
    months = [
        [_month(period.year, month, year, on, calendar) for month in months_of(number)]
        for number in periods.QUARTERS
    ]
    categories = _table("category", tuple(allowed), quarters)
    channels = _table("channel", tuple(standard.channels), quarters)
    by_category = suppression.published(
        categories,
        groups=_groups(tuple(categories)),
        yearly=YEARLY,
        told=_told(categories, allowed, months),
        known=KNOWN,
    )
    by_channel = suppression.published(channels, groups=suppression.neighbours(tuple(channels)))
    return {
        "by_category": {
            member: {"days_allowed": allowed.get(member), **_shown(row)}
            for member, row in by_category[index].items()
        },
        "by_channel": {member: _shown(row) for member, row in by_channel[index].items()},
    }


def days_allowed(standard: Standard) -> Mapping[str, int]:
    """By category. Unclassified is not untimed: it is measured against the shortest deadline."""
    return {**standard.complaint_days, UNCLASSIFIED: standard.shortest_complaint_days}


def months_of(quarter: int) -> range:
    first = periods.quarter(2000, quarter).first_month
    return range(first, first + 3)


def _groups(members: Sequence[str]) -> Sequence[Sequence[str]]:
    """Neighbours; whoever is known hides with the last ones, and they don't count on him."""
    *others, last = suppression.neighbours([each for each in members if each not in KNOWN])
    return [*others, [*last, *(each for each in members if each in KNOWN)]]


def _table(facet: str, members: Sequence[str], quarters: Sequence[Counts]) -> suppression.Table:
    """Members in the standard's order, then what an older standard knew."""
    others = {member for counts in quarters for member in counts.members(facet)}
    return {
        member: [_cells(counts, facet, member) for counts in quarters]
        for member in (*members, *sorted(others.difference(members)))
    }


def _cells(counts: Counts, facet: str, member: str) -> Cells:
    states = counts.states(facet, member)
    not_on_time = states["late"] + states["overdue"]
    undecided = sum(states.values()) - states["on_time"] - not_on_time
    return Cells(states["on_time"], not_on_time, undecided)


def _told(
    table: suppression.Table, allowed: Mapping[str, int], months: Sequence[Sequence[Month]]
) -> Told:
    """What the months give away; a category of no standard is left out."""
    return telltales.told(table, allowed, months) if allowed.keys() >= table.keys() else {}


def _month(number: int, month: int, year: YearCounts, on: date, calendar: Calendar) -> Month:
    counts = year.of(SERVICE, (month,))
    last_day = periods.month(number, month).last_day
    return Month(
        days_used=counts.histogram("days_used"),
        not_on_time=counts.of("late") + counts.of("overdue"),
        running=counts.of("running"),
        paused=counts.of("waited") + counts.of("reopened"),
        age=calendar.working_days_between(last_day, on),
    )


def _shown(row: Row) -> dict[str, Any]:
    """A row of the JSON. A rate would tell what a hidden cell is."""
    cells = row._asdict()
    if row.suppressed:
        return {**cells, "on_time_rate": None, "suppressed": True}
    decided = (row.on_time or 0) + (row.not_on_time or 0)
    return {**cells, "on_time_rate": share(row.on_time or 0, decided)}


def share(part: int, whole: int) -> float | None:
    """With 4 decimals; None of nothing."""
    return round(part / whole, 4) if whole else None

"""Was the promise kept? The figures of one period, as they are published.

Cases are counted by the period in which they were *received*: counted by the month of closing,
the ones that are never closed would be seen nowhere. In each period, and for each kind of
request,

    received = on_time + late + overdue + running + waiting + withdrawn + forwarded

and the on-time rate is on_time / (on_time + late + overdue). Days are working days; medians and
percentiles are by nearest rank, so always a day that occurred. The same events on the same day
give the same bytes.

Next: `public_api.py` and the page, which show them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.projections.read_models import deadlines, provisional
from services.projections.read_models.counts import (
    Counts,
    Histogram,
    States,
    YearCounts,
    days,
    decided,
    received,
    share,
    year_counts,
)
from services.projections.read_models.periods import month
from services.projections.read_models.provisional import Provisional
from services.projections.read_models.releases.releases import NOTHING_YET, KeptReleases, newest
from services.projections.store.checkpoints import SourcePosition, is_stale, positions
from shared.office_time import PONTIANAK
from shared.promise.standard import UnknownStandard

if TYPE_CHECKING:
    from services.projections.read_models.periods import Period
    from services.projections.store.generations import Connection
    from shared.promise.standard import Standard, Standards
    from shared.promise.working_days import Calendar


@dataclass(frozen=True, slots=True)
class Standing:
    """As of when the figures speak: how far each source is applied, and the day they are of."""

    sources: Sequence[SourcePosition]
    figures_on: Mapping[str, dt.date]

    @property
    def today(self) -> dt.date:
        """The day that all figures have reached."""
        return min(self.figures_on.values())

    @property
    def as_of(self) -> dt.datetime:
        """The later of the last applied event's time and 00:00 of the day."""
        midnight = dt.datetime.combine(self.today, dt.time(), PONTIANAK)
        recorded = [source.recorded_at for source in self.sources if source.recorded_at]
        return max([midnight, *recorded]).astimezone(dt.UTC)

    @property
    def held(self) -> int:
        """Cases held for checking, not counted."""
        return sum(source.quarantined for source in self.sources)


_FIGURES_ON = "select source, figures_on from projection_position"


async def standing(connection: Connection) -> Standing:
    rows = await connection.fetch(_FIGURES_ON)
    return Standing(
        sources=await positions(connection),
        figures_on={row["source"]: row["figures_on"] for row in rows},
    )


@dataclass(slots=True)
class Office:
    """By what is measured, and what was released. The calendar is replaced when it is amended."""

    standards: Standards
    calendar: Calendar
    releases: KeptReleases = field(default_factory=KeptReleases)

    def standard(self, period: Period, today: dt.date) -> Standard:
        """The one in force at the end of the period, or today; before the first, the newest."""
        try:
            return self.standards.in_force(min(period.last_day, today))
        except UnknownStandard:
            return self.standards.in_force(dt.date.max)


async def statistics(
    connection: Connection, period: Period, office: Office, *, now: dt.datetime
) -> dict[str, Any]:
    """The figures of a period as JSON has them; the connection is `generations.live`'s."""
    stands = await standing(connection)
    year = await year_counts(connection, period.year)
    found = figures(period, year, office, stands, stale=is_stale(stands.sources, now))
    released = await office.releases.of_year(connection, period.year, office, stands)
    found["services"]["complaints"] |= newest(released, period)
    return found


def figures(
    period: Period, year: YearCounts, office: Office, stands: Standing, *, stale: bool
) -> dict[str, Any]:
    """What these counts say of a period, as of when they stand."""
    return {
        "period": {
            "id": period.id,
            "from": period.first_day.isoformat(),
            "to": period.last_day.isoformat(),
            "complete": period.is_complete(stands.today),
        },
        "as_of": stands.as_of.isoformat().replace("+00:00", "Z"),
        "calendar": office.calendar.version,
        "stale": stale,
        "held": stands.held,
        "log": {source.source: _log(source) for source in stands.sources},
        "services": {
            "requests": of_requests(period, year, office, stands),
            "complaints": of_complaints(period, year, office, stands),
        },
    }


def _log(source: SourcePosition) -> dict[str, Any]:
    """Where in the log the figures stand: whoever has the log can reckon them again."""
    return {
        "epoch": source.epoch or None,
        "position": source.applied,
        "hash": source.hash.hex() or None,
    }


def of_requests(
    period: Period, year: YearCounts, office: Office, stands: Standing
) -> dict[str, Any]:
    standard = office.standard(period, stands.today)
    counts = year.of("requests", _months(period))
    stands_open = _provisional("requests", period, year, office)
    kinds = (*standard.kinds, *sorted(set(counts.members("kind")).difference(standard.kinds)))
    return {
        "standard": standard.decree,
        "days_allowed": standard.days_allowed,
        **_block(counts, standard, stands_open, stands.figures_on["requests"], office.calendar),
        "provisional": stands_open.cases,
        **days(counts),
        "by_month": _by_month("requests", period, year),
        "further_clocks": deadlines.figures(counts, "requests", standard, office.standards),
        "by_kind": {kind: _identity(counts.states("kind", kind)) for kind in kinds},
    }


def of_complaints(
    period: Period, year: YearCounts, office: Office, stands: Standing
) -> dict[str, Any]:
    standard = office.standard(period, stands.today)
    counts = year.of("complaints", _months(period))
    return {
        "standard": standard.decree,
        "days_allowed": None,  # each category has its own
        **_block(
            counts,
            standard,
            _provisional("complaints", period, year, office),
            stands.figures_on["complaints"],
            office.calendar,
        ),
        "by_month": _by_month("complaints", period, year),
        **NOTHING_YET,  # what is told in detail is released, not live
    }


def _months(period: Period) -> range:
    return range(period.first_month, period.first_month + period.months)


def _by_month(service: str, period: Period, year: YearCounts) -> dict[str, Any] | None:
    """The identity of each month of a quarter or year; what it says, the months' own pages say."""
    if period.kind == "month":
        return None
    return {
        month(period.year, number).id: _identity(year.of(service, (number,)).states())
        for number in _months(period)
    }


def _provisional(service: str, period: Period, year: YearCounts, office: Office) -> Provisional:
    return provisional.counted(year.rows(service, _months(period)), period.year, office.calendar)


def _block(
    counts: Counts, standard: Standard, of_these: Provisional, on: dt.date, calendar: Calendar
) -> dict[str, Any]:
    """What is said of requests and complaints alike."""
    states = counts.states()
    return {
        **_identity(states),
        "target_rate": standard.target_rate,
        "target_met": _is_met(states, standard.target_rate, of_these),
        "rejected": counts.of("rejected"),
        "waited": counts.of("waited"),
        "reopened": counts.of("reopened"),
        "reopenings": counts.of("reopenings"),
        "reclassified": counts.of("reclassified"),
        "backdated": counts.of("backdated"),
        "voided": counts.of("voided"),
        "voided_overdue": counts.of("voided_overdue"),
        "imported": counts.of("imported"),
        "imported_on": _last(counts.histogram("imported")),
        "has_provisional": of_these.cases > 0,
        "oldest_overdue_days": _age(counts.histogram("overdue_since"), on, calendar),
        "oldest_waiting_days": _age(counts.histogram("waiting_since"), on, calendar),
    }


def _identity(states: States) -> dict[str, Any]:
    rate = share(states["on_time"], decided(states))
    return {"received": received(states), **states, "on_time_rate": rate}


def _is_met(states: States, target_rate: float, of_these: Provisional) -> bool | None:
    """By the counts, not by the rounded rate: 0.99996 is not every case.

    No verdict where one of those decided stands on days off that a decree may still change.
    """
    of = decided(states)
    return states["on_time"] >= target_rate * of if of and not of_these.decided else None


def _last(days: Histogram) -> str | None:
    """The last of these days; None if there are none."""
    return dt.date.fromordinal(max(days)).isoformat() if days else None


def _age(since: Histogram, on: dt.date, calendar: Calendar) -> int | None:
    """Working days after the oldest of these days; None if there are none."""
    if not since:
        return None
    return calendar.working_days_between(dt.date.fromordinal(min(since)), on)

"""Was the promise kept? The figures of one period, as they are published.

Cases are counted in the period in which they were *received*: if they were counted by the month of
closing, cases that are never closed would appear nowhere. In each period, and for each kind of
request,

    received = on_time + late + overdue + running + waiting + withdrawn + forwarded

and the on-time rate is on_time / (on_time + late + overdue). Days are working days; medians and
percentiles are by nearest rank, so they are always a value that occurred. The same events on the
same day give the same bytes.

Next: `api/public.py` and the page, which show them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from services.projections.read_models import deadlines
from services.projections.read_models.counts import provisional
from services.projections.read_models.counts.provisional import Provisional
from services.projections.read_models.counts.year_counts import (
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
from services.projections.read_models.periods import Period, month
from services.projections.read_models.releases.releases import NOT_RELEASED, ReleaseCache, newest
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.read_models.watermark import Watermark, read_watermark
from services.projections.store.checkpoints import SourcePosition, is_stale
from shared.postgres.connection import Connection
from shared.promise.standard import Standard
from shared.promise.working_days import Calendar


async def statistics(
    connection: Connection,
    period: Period,
    rules: RulesInForce,
    releases: ReleaseCache,
    *,
    now: dt.datetime,
) -> dict[str, Any]:
    """The figures of a period as JSON has them; the connection is `generations.live`'s."""
    watermark = await read_watermark(connection)
    year = await year_counts(connection, period.year)
    found = figures(period, year, rules, watermark, stale=is_stale(watermark.sources, now))
    released = await releases.of_year(connection, period.year, watermark)
    found["services"]["complaints"] |= newest(released, period)
    return found


def figures(
    period: Period, year: YearCounts, rules: RulesInForce, watermark: Watermark, *, stale: bool
) -> dict[str, Any]:
    """The figures of a period from these counts, as of the watermark."""
    return {
        "period": {
            "id": period.id,
            "from": period.first_day.isoformat(),
            "to": period.last_day.isoformat(),
            "complete": period.is_complete(watermark.today),
        },
        "as_of": watermark.as_of.isoformat().replace("+00:00", "Z"),
        "calendar": rules.calendar.version,
        "stale": stale,
        "held": watermark.held,
        "log": {source.source: _log(source) for source in watermark.sources},
        "services": {
            "requests": of_requests(period, year, rules, watermark),
            "complaints": of_complaints(period, year, rules, watermark),
        },
    }


def _log(source: SourcePosition) -> dict[str, Any]:
    """The last event of the log that is counted: with the log, anybody can verify the figures."""
    return {
        "epoch": source.epoch or None,
        "position": source.applied,
        "hash": source.hash.hex() or None,
        **({} if source.forked_at is None else {"forked_at": source.forked_at}),
    }


def of_requests(
    period: Period, year: YearCounts, rules: RulesInForce, watermark: Watermark
) -> dict[str, Any]:
    standard = rules.standard(period, watermark.today)
    counts = year.of("requests", _months(period))
    stands_open = _provisional("requests", period, year, rules)
    kinds = (*standard.kinds, *sorted(set(counts.members("kind")).difference(standard.kinds)))
    return {
        "standard": standard.decree,
        "days_allowed": standard.days_allowed,
        **_block(
            counts,
            standard,
            watermark.figures_on["requests"],
            rules.calendar,
            has_provisional=stands_open.cases > 0,
            is_open=stands_open.decided > 0,
        ),
        "provisional": stands_open.cases,
        **days(counts),
        "by_month": _by_month("requests", period, year),
        "further_clocks": deadlines.figures(counts, "requests", standard, rules.standards),
        "by_kind": {kind: _identity(counts.states("kind", kind)) for kind in kinds},
    }


def of_complaints(
    period: Period, year: YearCounts, rules: RulesInForce, watermark: Watermark
) -> dict[str, Any]:
    standard = rules.standard(period, watermark.today)
    counts = year.of("complaints", _months(period))
    has_provisional = _provisional("complaints", period, year, rules).cases > 0
    return {
        "standard": standard.decree,
        "days_allowed": None,  # each category has its own
        **_block(
            counts,
            standard,
            watermark.figures_on["complaints"],
            rules.calendar,
            has_provisional=has_provisional,
            is_open=has_provisional,  # that one of them was decided would tell its category
        ),
        "by_month": _by_month("complaints", period, year),
        **NOT_RELEASED,  # details are released, not live
    }


def _months(period: Period) -> range:
    return range(period.first_month, period.first_month + period.months)


def _by_month(service: str, period: Period, year: YearCounts) -> dict[str, Any] | None:
    """The identity of each month of a quarter or year, as on the month's own page."""
    if period.kind == "month":
        return None
    return {
        month(period.year, number).id: _identity(year.of(service, (number,)).states())
        for number in _months(period)
    }


def _provisional(
    service: str, period: Period, year: YearCounts, rules: RulesInForce
) -> Provisional:
    return provisional.still_provisional(
        year.rows(service, _months(period)), period.year, rules.calendar
    )


def _block(
    counts: Counts,
    standard: Standard,
    on: dt.date,
    calendar: Calendar,
    *,
    has_provisional: bool,
    is_open: bool,
) -> dict[str, Any]:
    """The figures that requests and complaints have in common; an open verdict is none."""
    states = counts.states()
    return {
        **_identity(states),
        "target_rate": standard.target_rate,
        "target_met": None if is_open else _is_met(states, standard.target_rate),
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
        "has_provisional": has_provisional,
        "oldest_overdue_days": _age(counts.histogram("overdue_since"), on, calendar),
        "oldest_waiting_days": _age(counts.histogram("waiting_since"), on, calendar),
    }


def _identity(states: States) -> dict[str, Any]:
    rate = share(states["on_time"], decided(states))
    return {"received": received(states), **states, "on_time_rate": rate}


def _is_met(states: States, target_rate: float) -> bool | None:
    """By the counts, not by the rounded rate: 0.99996 is not every case."""
    of = decided(states)
    return states["on_time"] >= target_rate * of if of else None


def _last(days: Histogram) -> str | None:
    """The last of these days; None if there are none."""
    return dt.date.fromordinal(max(days)).isoformat() if days else None


def _age(since: Histogram, on: dt.date, calendar: Calendar) -> int | None:
    """Working days after the oldest of these days; None if there are none."""
    if not since:
        return None
    return calendar.working_days_between(dt.date.fromordinal(min(since)), on)

"""Withdraws alerts that a clock which ran ahead has raised: those of a midnight still to come.

No alert is true before its midnight, so these are certainly wrong, whoever raised them. They are
found by the cases whose due date hasn't passed, finished or not. A case gets its alert anew when
that midnight has come (`DueCase.withdrawn`).

From here a withdrawal is relayed like any other event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import structlog

from services.projections.alerts.domain import RAISED_VERSION, WITHDRAWN_VERSION, Alert, DueCase
from services.projections.store import generations
from shared.eventstore.errors import VersionConflict
from shared.eventstore.log import EventLog
from shared.postgres.pool import Pool
from shared.promise.working_days import Calendar

log = structlog.get_logger()

CLOCK_AHEAD = "clock_ahead"
CASES_AT_ONCE = 500


async def withdraw_ahead(
    pool: Pool, events: EventLog, source: str, *, now: dt.datetime, calendar: Calendar
) -> int:
    """Withdraw this source's alerts of a later midnight than `now`; returns how many there were.

    Several replicas may do it at once: an alert is withdrawn once. After an error the next call
    withdraws the others.
    """
    withdrawn = 0
    async for cases in _not_yet_overdue(pool, source, now):
        for case in await _with_alert(events, cases):
            withdrawn += await _withdraw(events, case, now, calendar)
    if withdrawn:
        log.warning("alerts withdrawn", source=source, alerts=withdrawn, reason=CLOCK_AHEAD)
    return withdrawn


async def _not_yet_overdue(
    pool: Pool, source: str, now: dt.datetime
) -> AsyncIterator[Sequence[DueCase]]:
    """Page by page, each case as both kinds of alert would have it."""
    after: str | None = ""
    while after is not None:
        async with generations.live(pool) as connection:
            rows = await connection.fetch(_DUE_LATER, source, after, now, CASES_AT_ONCE)
        cases = [DueCase(*row) for row in rows]
        yield [replace(case, state=state) for case in cases for state in ("overdue", "running")]
        after = rows[-1]["number"] if len(rows) == CASES_AT_ONCE else None


async def _with_alert(events: EventLog, cases: Sequence[DueCase]) -> Sequence[DueCase]:
    """Those that have an alert which stands."""
    found: list[DueCase] = []
    while cases:
        versions = await events.versions([case.alert_id for case in cases])
        found += [case for case in cases if versions.get(case.alert_id) == RAISED_VERSION]
        cases = [
            replace(case, withdrawn=case.withdrawn + 1)
            for case in cases
            if versions.get(case.alert_id) == WITHDRAWN_VERSION
        ]
    return found


async def _withdraw(events: EventLog, case: DueCase, now: dt.datetime, calendar: Calendar) -> bool:
    alert: Alert = await events.load(case.alert, case.alert_id)
    if alert.created_on <= now:
        return False
    alert.withdraw(CLOCK_AHEAD, now, calendar)
    try:
        await events.append(alert)
    except VersionConflict:  # another replica has withdrawn it
        return False
    return True


# A row for `DueCase`, whatever its state; a day earlier, since the server's dates may be UTC's.
_DUE_LATER = """
select c.number, c.service, c.status, c.version, '' as basis, c.due_on, c.state, c.kind, c.agency,
       c.letter_number, c.category, c.channel, c.assignee
from cases c
where c.service = $1
    and c.number > $2
    and c.due_on >= ($3::timestamptz - interval '1 day')::date
order by c.number
limit $4
"""

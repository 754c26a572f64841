"""Finds missing alerts, and appends them to this service's own log.

The process keeps no state. An alert is missing if the read models imply it and the log doesn't have
it; they are read in that order, so an alert that another replica appends meanwhile is found. An
alert is appended only after the commit of the batch or the roll that made it true, and a crash
leaves it to the next check. Every replica may check; the log accepts an alert once.

An alert can't be revoked, so read models that lag must not cause one: a later event may have
answered the case. Before the first alert, the source's log is asked for its head. The read models
must contain all events up to it, and no later one of the case, because the head is the end of a
command, and an imported history is one command. For the same reason a first start and an import
send no alerts of cases that ended long ago. A source that is down gets its alerts when it is up
again.

From here an alert is relayed like any other event: `shared/messaging/relay/relay.py`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Never

import structlog

from services.projections.alerts.domain import WITHDRAWN_VERSION, DueCase, alert_of
from services.projections.alerts.withdrawal import withdraw_ahead
from services.projections.ingest.feed_reader import verified_head
from services.projections.ingest.projector import Projection
from services.projections.store import generations
from services.projections.store.checkpoints import WAIT_SECONDS_MAX, wait_until_applied
from shared.eventstore.errors import VersionConflict
from shared.eventstore.log import EventLog
from shared.messaging.feed_client import FeedClient
from shared.postgres.pool import Pool
from shared.promise.working_days import Calendar
from shared.runtime.clocks import GuardedClock
from shared.runtime.exception_groups import all_of
from shared.runtime.parked import ParkedCases

log = structlog.get_logger()

CHECK_SECONDS = 1.0  # an alert is late by so much at most, after the figures …
CHECKING_SHARE_MAX = 0.1  # … unless so many cases are overdue that a check itself takes long
CASES_AT_ONCE = 500  # one batch of the log's writer
NO_END = 2**63 - 1


class ReadModelsBehind(Exception):
    """Alerts may be missing, but the read models lag behind the log's head."""

    def __init__(self) -> None:
        super().__init__("the figures lag behind the log")


class FiguresAhead(Exception):
    """The figures are of a day that hasn't begun, by a clock that ran ahead: no alert is true."""

    def __init__(self, on: dt.date) -> None:
        super().__init__(f"the figures are as of {on}, which hasn't begun by this clock")


class AlertProcess:
    """Appends the alerts of one source's cases. One task runs it.

    `last_error` may be read at any time: why alerts that may be missing were not appended.
    """

    def __init__(
        self,
        pool: Pool,
        projection: Projection,
        feed: FeedClient,
        events: EventLog,
        *,
        calendar: Callable[[], Calendar],
        clock: GuardedClock,
        wait_seconds: float = WAIT_SECONDS_MAX,
    ) -> None:
        """wait_seconds: how long a check waits for the read models to reach the log's head."""
        self.source = projection.source
        self.last_error: str | None = None
        self._pool = pool
        self._projection = projection
        self._feed = feed
        self._events = events
        self._calendar = calendar
        self._clock = clock
        self.parked = ParkedCases(f"alerts_{self.source}")
        self._wait_seconds = wait_seconds
        self._complete_at: object = None
        self._tried_at: object = None
        self._withdrawn_on: object = None
        self._pause_seconds = CHECK_SECONDS

    async def run(self) -> Never:
        """Check for ever. After an error the next check tries again."""
        while True:
            try:
                await self.raise_missing()
                self.last_error = None
            except Exception as error:  # the loop's edge: check again after any error
                self._failed(str(error) or type(error).__name__)
            await asyncio.sleep(self._pause_seconds)

    async def raise_missing(self) -> int:
        """Append the missing alerts to the log; return how many this call has appended.

        Raises `ReadModelsBehind`, `FiguresAhead`, `Forked`, `FeedAway`, `NoGeneration`, and errors
        of database and log. After an error or a cancellation some alerts are in the log, and the
        next call appends the others.
        """
        version = await self._version()
        if version == self._complete_at:
            return 0
        if version != self._tried_at:  # a parked case may have become readable
            self._tried_at = version
            self.parked.release_all()
        await self._withdraw_ahead()
        if not await self._is_any_missing():
            self._complete_at = version
            return 0
        head = await verified_head(self._feed, await self._projection.checkpoint())
        wanted = {self.source: head}
        if not await wait_until_applied(self._pool, wanted, timeout_seconds=self._wait_seconds):
            raise ReadModelsBehind
        raised = 0
        async for on, missing in self._missing(up_to=head):
            raised += await self._raise(missing, on)
        return raised

    async def _withdraw_ahead(self) -> None:
        """Once a day and generation, and only while no clock is off: else nobody knows."""
        async with generations.live(self._pool) as connection:
            day = tuple(await connection.fetchrow(_DAY, self.source) or ())
        if day == self._withdrawn_on or self._clock.is_any_off:
            return
        now, calendar = self._clock.now(), self._calendar()
        await withdraw_ahead(self._pool, self._events, self.source, now=now, calendar=calendar)
        self._withdrawn_on = day

    async def _version(self) -> object:
        """While this is the same, no case can have become due."""
        async with generations.live(self._pool) as connection:
            row = await connection.fetchrow(_VERSION, self.source)
        return row and tuple(row)

    async def _is_any_missing(self) -> bool:
        """With 10,000 overdue cases this reads for half a second; then checks are rarer."""
        now = asyncio.get_running_loop().time
        began, found = now(), False
        async with aclosing(self._missing(up_to=NO_END)) as pages:
            async for _, missing in pages:
                if found := bool(missing):
                    break
        self._pause_seconds = max(CHECK_SECONDS, (now() - began) / CHECKING_SHARE_MAX)
        return found

    async def _missing(
        self, *, up_to: int
    ) -> AsyncGenerator[tuple[dt.date, Sequence[DueCase]], None]:
        """Page by page, the day of the figures and the due cases without an alert in the log.

        A page of the read models is a snapshot of its own. up_to: leave out cases that have an
        event after this position.
        """
        after: str | None = ""
        while after is not None:
            async with generations.live(self._pool) as connection:
                on = await connection.fetchval(_FIGURES_ON, self.source)
                rows = await connection.fetch(_DUE, self.source, after, up_to, CASES_AT_ONCE)
            if not self._clock.has_begun(on):
                raise FiguresAhead(on)
            yield on, await self._without_alert([DueCase(*row) for row in rows])
            after = rows[-1]["number"] if len(rows) == CASES_AT_ONCE else None

    async def _without_alert(self, cases: Sequence[DueCase]) -> Sequence[DueCase]:
        """Those that have none, or whose alerts were withdrawn, and that aren't parked."""
        tried = [each for each in cases if each.number not in self.parked.reasons]
        missing: list[DueCase] = []
        while tried:
            versions = await self._events.versions([each.alert_id for each in tried])
            missing += [each for each in tried if each.alert_id not in versions]
            tried = [
                replace(each, withdrawn=each.withdrawn + 1)
                for each in tried
                if versions.get(each.alert_id) == WITHDRAWN_VERSION
            ]
        return missing

    async def _raise(self, missing: Sequence[DueCase], on: dt.date) -> int:
        """Append the alerts of a page at once: they share a commit or two."""
        count = sum(await all_of(self._attempt(due, on) for due in missing))
        if count:
            log.info("alerts raised", source=self.source, alerts=count)
        return count

    async def _attempt(self, due: DueCase, on: dt.date) -> bool:
        """One case that can't have its alert keeps it from no other."""
        with self.parked.attempt(due.number):
            return await self._append(due, on)
        return False

    async def _append(self, due: DueCase, on: dt.date) -> bool:
        """False: another replica has appended it."""
        try:
            await self._events.append(alert_of(due, on, self._calendar()))
        except VersionConflict:  # another replica has appended it
            return False
        return True

    def _failed(self, error: str) -> None:
        if error != self.last_error:  # logged once, however long it lasts
            log.warning("alerts could not be raised", source=self.source, reason=error)
        self.last_error = error


# A case leaves quarantine without an event; a rebuild may compute other due dates.
_VERSION = """
select current_schema() as generation, p.position, p.figures_on,
       (select count(*) from quarantine q where q.source = p.source) as held
from projection_position p
where p.source = $1
"""

_DAY = """
select current_schema() as generation, figures_on
from projection_position
where source = $1
"""

_FIGURES_ON = "select figures_on from projection_position where source = $1"

# The row of a held case isn't up to date.
_DUE = """
select c.number, c.service, c.status, c.version, c.basis, c.due_on, c.state, c.kind, c.agency,
       c.letter_number, c.category, c.channel, c.assignee
from cases c
where c.service = $1
    and c.basis is not null
    and c.number > $2
    and (c.due_soon or c.state = 'overdue')
    and c.number not in (select q.number from quarantine q where q.source = $1)
    and (
        select t.position from timeline t
        where t.number = c.number
        order by t.version desc
        limit 1
    ) <= $3
order by c.number
limit $4
"""

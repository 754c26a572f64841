"""The task that closes complaints after ten working days of silence.

A small projection of the service's own log, kept in memory: the complaints that stand resolved.
It is read anew at each start, so nothing is forgotten however long the service was down; every
replica may run it, since the log lets only one of them close a complaint.

Next: `Complaints.close_if_silent`, and from there the way of every command.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import structlog

from services.complaints.application import Complaints
from services.complaints.domain import Complaint
from services.complaints.status import closes_at
from shared.eventstore.codec import Codec
from shared.eventstore.errors import EventLogError
from shared.eventstore.log import EventLog
from shared.eventstore.records import Recorded
from shared.promise.working_days import Calendar
from shared.runtime.parked import ParkedCases

log = structlog.get_logger()

LOOK_SECONDS = 30.0  # a complaint closes at most this much after its midnight
PAGE_EVENTS = 1000

RESOLVED = Complaint.Resolved.TOPIC
NO_LONGER_RESOLVED = (
    Complaint.Reopened.TOPIC,
    Complaint.Closed.TOPIC,
    Complaint.Voided.TOPIC,
)


class ResolvedComplaints:
    """The complaints that stand resolved, and since when; folded from the log's events."""

    def __init__(self, codec: Codec, parked: ParkedCases) -> None:
        self._codec = codec
        self._parked = parked
        self._resolved_at: dict[UUID, datetime] = {}

    def fold(self, page: Iterable[Recorded]) -> None:
        for recorded in page:
            case = recorded.originator_id
            if recorded.topic == RESOLVED:
                with self._parked.attempt(str(case)):
                    self._resolved_at[case] = self._codec.decode(recorded).timestamp
            elif recorded.topic in NO_LONGER_RESOLVED:
                self._resolved_at.pop(case, None)
                self._parked.release(str(case))

    def full(self, at: datetime, calendar: Calendar) -> list[UUID]:
        """Those whose silence is full, longest silence first."""
        due = [
            (resolved_at, id_)
            for id_, resolved_at in self._resolved_at.items()
            if closes_at(resolved_at, calendar) <= at
        ]
        return [id_ for _, id_ in sorted(due)]


class SilentComplaintCloser:
    """Closes the resolved complaints whose silence is full, every LOOK_SECONDS."""

    def __init__(
        self,
        complaints: Complaints,
        events: EventLog,
        codec: Codec,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._complaints = complaints
        self._events = events
        self.parked = ParkedCases("closing")
        self._silences = ResolvedComplaints(codec, self.parked)
        self._now = now
        self._position = 0

    async def run(self) -> None:
        """Run until cancelled. A failure is retried later: closing late changes no fact."""
        while True:
            try:
                await self.look()
            except EventLogError as error:
                log.warning("closing is put off", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """Follow the log to its end, close what is due; says how many this call closed.

        A complaint that this release can't read, or that can't be closed, is left out until the
        next look, or until the next start.
        """
        while page := await self._events.read(self._position, PAGE_EVENTS):
            self._silences.fold(page)
            self._position = page[-1].position
        closed = 0
        for id_ in self._silences.full(self._now(), self._complaints.cases.calendar):
            with self.parked.attempt(str(id_)):
                closed += await self._complaints.close_if_silent(id_)
        if closed:
            log.info("complaints closed after ten silent working days", closed=closed)
        return closed

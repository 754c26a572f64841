"""A service goes through its open cases, once for each version of the calendar.

It follows its own log in order and looks at the cases whose last event lies in each page: an open
one that is still reckoned by another calendar is told (`change_due_date`), and records
`due_date_changed` if that moves its due date. Every case has a last event, so none is left out; one
that a replica with the old calendar still wrote to lies further on, and is met there.

How far it came stands in the database and moves on after a page is done. Killed in between, or run
by several replicas, it looks at some cases twice, and the second time finds nothing to change.

Next: the events go the way of all events; `janji calendar apply` counts them.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from shared.calendars.in_force import LOOK_SECONDS, InForce
from shared.calendars.store import CalendarStore
from shared.cases.use_cases import CaseUseCases
from shared.eventstore.codec import Codec
from shared.eventstore.errors import EventLogError
from shared.eventstore.records import Recorded

log = structlog.get_logger()

PAGE_EVENTS = 200  # decoded in a few milliseconds, so that commands don't wait longer for the loop


def amendments(database_url: str, work: CaseUseCases[Any], codec: Codec) -> tuple[InForce, "Sweep"]:
    """What brings an amended calendar to a service: both run as loops, the first is a resource."""
    store = CalendarStore(database_url, name=work.prefix)
    in_force = InForce(store, [work])
    work.look_for_amendments = in_force.look
    return in_force, Sweep(store, work, codec)


class Sweep:
    """The task of a service that takes the calendar in force to its cases.

    `InForce.run` goes on beside it: a calendar that is taken over meanwhile ends the sweep under
    way, and the next look begins one for that.
    """

    def __init__(self, store: CalendarStore, work: CaseUseCases[Any], codec: Codec) -> None:
        self._store = store
        self._work = work
        self._codec = codec

    async def run(self) -> None:
        """For ever. What fails is tried again at the next look, from the last whole page on."""
        while True:
            try:
                await self.look()
            except EventLogError as error:
                log.warning("sweep is put off", error=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """Go on to the log's end by the calendar in force; says how many due dates moved."""
        version = self._work.calendar.version
        place = await self._store.begin_sweep(version)
        position, moved = place.position, 0
        while self._work.calendar.version == version:
            page = await self._store.page(position, PAGE_EVENTS, calendar=version)
            moved += await self._tell(page.last_events, version)
            ends_first = not page.is_full and place.finished_at is None
            if page.end > position or ends_first:
                await self._store.move_sweep(version, page.end, at_head=not page.is_full)
            position = page.end
            if not page.is_full:
                break
        if moved:
            log.info("due dates moved", calendar=version, moved=moved)
        return moved

    async def _tell(self, last_events: Sequence[Recorded], version: str) -> int:
        """Let these cases take the calendar over; one by one, since live traffic comes first."""
        moved = 0
        for recorded in last_events:
            basis = self._codec.decode(recorded).basis
            is_open, reckoned_by = basis["outcome"] is None, basis["calendar"]
            # A version that we don't know is newer than ours: the replica that has it sweeps too.
            if is_open and reckoned_by != version and self._work.calendar.knows(reckoned_by):
                moved += await self._work.change_due_date(recorded.originator_id)
        return moved

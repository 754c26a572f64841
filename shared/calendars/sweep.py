"""The sweep: a service re-evaluates its open cases once for each version of the calendar.

The sweep reads the service's own log in order and takes from each page the cases whose last event
lies in it. An open case that stands on another calendar version gets `change_due_date`, which
records `due_date_changed` if the due date moves. Every case has a last event, so the sweep misses
none. A case to which a replica with the old calendar still writes has its last event further on.

A case that can't be read, or can't be changed, is parked and tried again at each interval. The
progress is stored in the database after each page, but not beyond a parked case: the next process
begins with it. A sweep that is killed, or run by several
replicas, visits some cases twice; the second visit changes nothing.

Next: the relay publishes the events like all others; `janji calendar apply` counts them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from shared.calendars.in_force import UPDATE_SECONDS, CalendarUpdater
from shared.calendars.store import CalendarStore
from shared.cases.repository import CaseRepository
from shared.eventstore.codec import Codec
from shared.eventstore.errors import EventLogError
from shared.eventstore.records import Recorded
from shared.runtime.parked import ParkedCases

log = structlog.get_logger()

PAGE_EVENTS = (
    200  # decoded in a few milliseconds, so that commands don't wait long for the event loop
)


def calendar_tasks(
    database_url: str, cases: CaseRepository[Any], codec: Codec
) -> tuple[CalendarUpdater, "Sweep"]:
    """The two loops that bring an amended calendar to a service; the first is a resource too."""
    store = CalendarStore(database_url, name=cases.prefix)
    updater = CalendarUpdater(store, [cases])
    cases.look_for_amendments = updater.update
    return updater, Sweep(store, cases, codec)


@dataclass(slots=True)
class Progress:
    """How far this process has come, and how far its progress is stored.

    `parked`: the last event, when it was visited, of each case that was left out.
    """

    calendar: str
    position: int
    stored: int
    parked: dict[str, Recorded] = field(default_factory=dict)

    @property
    def may_store(self) -> int:
        """The position before the first parked case."""
        before = min((each.position - 1 for each in self.parked.values()), default=self.position)
        return max(self.stored, min(before, self.position))


class Sweep:
    """The background task of a service that moves its cases to the calendar in force.

    `CalendarUpdater.run` runs beside it: a newer calendar ends the present sweep, and the next call
    of `sweep` begins one for it.
    """

    def __init__(self, store: CalendarStore, cases: CaseRepository[Any], codec: Codec) -> None:
        self._store = store
        self._cases = cases
        self._codec = codec
        self.parked = ParkedCases("calendar_sweep")
        self._progress = Progress("", 0, 0)

    async def run(self) -> None:
        """Runs for ever. A failed sweep resumes from the last whole page at the next interval."""
        while True:
            try:
                await self.sweep()
            except EventLogError as error:
                log.warning("sweep postponed", error=str(error))
            await asyncio.sleep(UPDATE_SECONDS)

    async def sweep(self) -> int:
        """Re-evaluate the cases up to the head of the log; returns how many due dates moved."""
        version = self._cases.calendar.version
        place = await self._store.begin_sweep(version)
        if self._progress.calendar != version:
            self._progress = Progress(version, place.position, place.position)
            self.parked.release_all()
        progress, ends_first = self._progress, place.finished_at is None
        progress.position = max(progress.position, place.position)  # another replica's
        moved = await self._reevaluate(list(progress.parked.values()))
        while self._cases.calendar.version == version:
            page = await self._store.page(progress.position, PAGE_EVENTS, calendar=version)
            moved += await self._reevaluate(page.last_events)
            progress.position = page.end
            if progress.may_store != progress.stored or (ends_first and not page.is_full):
                await self._store.move_sweep(version, progress.may_store, at_head=not page.is_full)
                progress.stored = progress.may_store
            if not page.is_full:
                break
        if moved:
            log.info("due dates moved", calendar=version, moved=moved)
        return moved

    async def _reevaluate(self, last_events: Sequence[Recorded]) -> int:
        """Move these cases to the calendar, one by one because live commands come first."""
        moved, progress = 0, self._progress
        for recorded in last_events:
            case = str(recorded.originator_id)
            progress.parked[case] = recorded
            with self.parked.attempt(case):
                moved += await self._is_moved(recorded, progress.calendar)
                del progress.parked[case]
        return moved

    async def _is_moved(self, recorded: Recorded, version: str) -> bool:
        basis = self._codec.decode(recorded).basis
        is_open, reckoned_by = basis["outcome"] is None, basis["calendar"]
        # An unknown version is newer than ours: the replica that knows it runs a sweep as well.
        if not is_open or reckoned_by == version or not self._cases.calendar.knows(reckoned_by):
            return False
        return await self._cases.change_due_date(recorded.originator_id)

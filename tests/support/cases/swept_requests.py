"""A requests service whose calendar is amended: its log, its use cases, and any number of sweeps.

It is Monday, 21 December 2026: what comes then at 10:00 is due on the next working day.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count
from typing import Any

from services.requests.application import Requests
from services.requests.domain import ServiceRequest
from shared.calendars.in_force import CalendarUpdater
from shared.calendars.store import CalendarStore
from shared.calendars.sweep import Sweep, calendar_tasks
from shared.cases.case import Actor
from shared.cases.repository import CommandContext
from shared.eventstore.codec import Codec
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.log import EventLog
from shared.office_time import PONTIANAK
from testbed.databases import Database
from testbed.event_logs import running
from testbed.service_requests import AGENCIES, CALENDAR, LETTER, STANDARDS, SUBMISSION
from tests.support.clocks.calendar_amendments import year_of
from tests.support.clocks.fake_clock import FakeClock

LETTERS = count(1)  # no two requests come by one letter
CODEC = Codec([ServiceRequest], Keyring(bytes(32)))
SUPERVISOR = CommandContext(Actor("supervisor-1", "supervisor"))
MONDAY = datetime(2026, 12, 21, 10, tzinfo=PONTIANAK)
TUESDAY, WEDNESDAY = "2026-12-22", "2026-12-23"  # 24 and 25 December are off


@dataclass
class Replica:
    """One process of the service."""

    requests: Requests
    in_force: CalendarUpdater
    sweep: Sweep

    async def look(self) -> int:
        """What the sweep's task does every now and then; how many due dates it moved."""
        await self.in_force.update()
        return await self.sweep.sweep()


@dataclass
class SweptRequests:
    database: Database
    log: EventLog
    store: CalendarStore
    stack: AsyncExitStack
    fake_clock: FakeClock = field(default_factory=lambda: FakeClock(MONDAY))

    async def replica(self) -> Replica:
        requests = Requests(
            self.log, standards=STANDARDS, agencies=AGENCIES, calendar=CALENDAR, now=self.fake_clock
        )
        in_force, sweep = calendar_tasks(self.database.app_url, requests.cases, CODEC)
        await self.stack.enter_async_context(in_force)
        return Replica(requests, in_force, sweep)

    async def amend(self, text: str) -> str:
        """A decree; the version of the whole calendar after it."""
        year = year_of(text)
        assert await self.store.apply(year, text)
        return (await self.store.calendar()).version

    async def changes(self) -> list[Any]:
        """Every `due_date_changed` of the log."""
        events = [CODEC.decode(each) for each in await self.log.read(0, 100_000)]
        return [each for each in events if isinstance(each, ServiceRequest.DueDateChanged)]


@asynccontextmanager
async def swept_requests(database: Database) -> AsyncIterator[SweptRequests]:
    async with (
        running(database.app_url, codec=CODEC) as log,
        CalendarStore(database.owner_url) as store,
        AsyncExitStack() as replicas,
    ):
        yield SweptRequests(database, log, store, replicas)


async def submitted(requests: Requests, *, received_at: datetime = MONDAY) -> str:
    """The number of a new request, due on the first working day after that."""
    letter = replace(LETTER, number=f"800/{next(LETTERS)}", dated_on=date(2026, 12, 18))
    submission = replace(SUBMISSION, letter=letter, received_at=received_at)
    return (await requests.submit(SUPERVISOR, submission)).case.number


async def due_on(requests: Requests, number: str) -> str | None:
    case = await requests.cases.read(number, SUPERVISOR.by)
    reading = case.clock.reading(requests.cases.today(), requests.cases.calendar)
    return reading.due_on.isoformat() if reading.due_on else None

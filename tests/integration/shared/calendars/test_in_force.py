"""A process switches to the calendar in force, and keeps the present one if it can't read it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from shared.calendars import in_force
from shared.calendars.in_force import CalendarUpdater
from shared.calendars.store import CalendarStore
from shared.eventstore.errors import LogUnavailable
from shared.promise.data_file import WrongData
from shared.promise.working_days import Calendar
from testbed.databases import Database
from testbed.event_logs import connected, proxied
from tests.support.clocks.calendar_amendments import amended, year_of
from tests.support.clocks.case_clocks import CALENDAR
from tests.support.messaging.event_source import assert_ends_soon
from tests.support.messaging.published_notes import eventually

TEXT = amended(off=("2026-12-22",))
AMENDED = "2022.3+2023.3+2024.3+2025.2+2026.2+2027.1"
NONSENSE = "insert into calendar_years (year, number, content) values (2026, 7, 'year = 2026')"


@dataclass
class Holder:
    calendar: Calendar = CALENDAR


@pytest.fixture
def database_(database: Callable[[str], Database]) -> Database:
    return database("requests")


@pytest.fixture
async def store(database_: Database) -> AsyncIterator[CalendarStore]:
    async with CalendarStore(database_.owner_url) as store:
        yield store


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_force, "UPDATE_SECONDS", 0.05)


async def test_new_calendar_reaches_all_holders_at_once(
    database_: Database, store: CalendarStore
) -> None:
    await store.apply(year_of(TEXT), TEXT)
    holders = [Holder(), Holder()]

    async with CalendarUpdater(CalendarStore(database_.app_url), holders):
        assert [holder.calendar.version for holder in holders] == [AMENDED, AMENDED]


async def test_running_service_gets_the_new_calendar_soon(
    database_: Database, store: CalendarStore
) -> None:
    holder = Holder()
    async with CalendarUpdater(CalendarStore(database_.app_url), [holder]) as calendars:
        running = asyncio.create_task(calendars.run())

        await store.apply(year_of(TEXT), TEXT)

        await eventually(lambda: holder.calendar.version == AMENDED)
        await assert_ends_soon(running)


async def test_a_database_that_is_away_stops_nobody(
    database_: Database, store: CalendarStore
) -> None:
    holder = Holder()
    async with (
        proxied(database_.app_url) as (network, url),
        CalendarUpdater(CalendarStore(url), [holder]) as calendars,
    ):
        running = asyncio.create_task(calendars.run())
        await network.refuse()
        await store.apply(year_of(TEXT), TEXT)
        with pytest.raises(LogUnavailable):
            await calendars.update()
        assert holder.calendar is CALENDAR

        network.heal()

        await eventually(lambda: holder.calendar.version == AMENDED)
        await assert_ends_soon(running)


async def test_calendar_of_a_newer_release_stops_no_running_service(
    database_: Database, store: CalendarStore
) -> None:
    holder = Holder()
    async with CalendarUpdater(CalendarStore(database_.app_url), [holder]) as calendars:
        running = asyncio.create_task(calendars.run())
        async with connected(database_.owner_url) as owner:
            await owner.execute(NONSENSE)

        with pytest.raises(LogUnavailable, match="can't read the calendar") as refusal:
            await calendars.update()

        assert isinstance(refusal.value.__cause__, WrongData)
        assert holder.calendar is CALENDAR
        assert not running.done()
        await assert_ends_soon(running)


async def test_calendar_of_a_newer_release_lets_no_service_start(database_: Database) -> None:
    async with connected(database_.owner_url) as owner:
        await owner.execute(NONSENSE)

    with pytest.raises(LogUnavailable, match="can't read the calendar"):
        async with CalendarUpdater(CalendarStore(database_.app_url), [Holder()]):
            pass

"""The amended years and the sweeps in a service's database."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from shared.calendars.store import CalendarStore
from testbed.databases import Database
from testbed.event_logs import connected
from testbed.service_requests import CALENDAR
from tests.support.cases.swept_requests import TUESDAY, SweptRequests, submitted, swept_requests
from tests.support.clocks.calendar_amendments import amended, year_of

ONE, OTHER = amended(off=(TUESDAY,)), amended(off=("2026-12-23",))


@pytest.fixture
async def office(database: Callable[[str], Database]) -> AsyncIterator[SweptRequests]:
    async with swept_requests(database("requests")) as office:
        yield office


@pytest.fixture
def store(office: SweptRequests) -> CalendarStore:
    return office.store


async def test_applied_calendar_is_stored_word_for_word(store: CalendarStore) -> None:
    assert await store.apply(year_of(ONE), ONE)

    assert await store.content(year_of(ONE)) == ONE
    assert await store.years() == [year_of(ONE)]
    assert await store.numbers() == {2026: 2}


async def test_the_same_file_twice_is_harmless(store: CalendarStore) -> None:
    assert await store.apply(year_of(ONE), ONE)
    assert await store.apply(year_of(ONE), ONE)


async def test_concurrent_amendment_is_told_that_it_lost(store: CalendarStore) -> None:
    won = await asyncio.gather(*(store.apply(year_of(each), each) for each in (ONE, OTHER)))

    assert sorted(won) == [False, True]
    assert await store.content(year_of(ONE)) == (ONE if won[0] else OTHER)


async def test_applied_calendars_cannot_be_rewritten(
    store: CalendarStore, office: SweptRequests
) -> None:
    await store.apply(year_of(ONE), ONE)

    async with connected(office.database.app_url) as service:
        for statement in (
            "update calendar_years set content = ''",
            "delete from calendar_years",
            "insert into calendar_years (year, number, content) values (2026, 9, '')",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await service.execute(statement)


async def test_a_sweep_never_goes_backwards(store: CalendarStore) -> None:
    await store.begin_sweep("2026.1")
    await store.move_sweep("2026.1", 40, at_head=True)

    await store.move_sweep("2026.1", 20, at_head=False)
    await store.begin_sweep("2026.1")

    (sweep,) = await store.sweeps()
    assert (sweep.position, sweep.finished_at is None) == (40, False)


async def test_beginning_sweep_is_told_where_it_stands(store: CalendarStore) -> None:
    begun = await asyncio.gather(*(store.begin_sweep("2026.1") for _ in range(8)))
    await store.move_sweep("2026.1", 40, at_head=False)

    again = await store.begin_sweep("2026.1")

    assert {(each.calendar, each.position, each.begun_at) for each in begun} == {
        ("2026.1", 0, again.begun_at)
    }
    assert (again.position, await store.sweeps()) == (40, [again])


async def test_a_page_holds_the_last_events_that_are_reckoned_otherwise(
    office: SweptRequests,
) -> None:
    replica = await office.replica()
    numbers = [await submitted(replica.requests) for _ in range(3)]

    same = await office.store.page(0, 2, calendar=CALENDAR.version)
    other = await office.store.page(0, 2, calendar="2026.9")
    rest = await office.store.page(2, 2, calendar="2026.9")

    assert (same.end, same.is_full, list(same.last_events)) == (2, True, [])
    assert [each.position for each in other.last_events] == [1, 2]
    assert (rest.end, rest.is_full, len(rest.last_events)) == (3, False, len(numbers) - 2)


async def test_an_empty_page_ends_where_it_began(store: CalendarStore) -> None:
    page = await store.page(0, 10, calendar="2026.1")

    assert (page.end, page.is_full, list(page.last_events)) == (0, False, [])

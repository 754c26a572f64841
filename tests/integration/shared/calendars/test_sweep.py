"""The sweep brings an amended calendar to every open case once, despite replicas and crashes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from services.requests.domain import ServiceRequest
from shared.calendars import in_force, sweep
from shared.eventstore.errors import LogUnavailable
from testbed.databases import Database
from testbed.event_logs import connected
from testbed.service_requests import MET
from tests.support.cases.swept_requests import (
    MONDAY,
    SUPERVISOR,
    TUESDAY,
    WEDNESDAY,
    Replica,
    SweptRequests,
    due_on,
    submitted,
    swept_requests,
)
from tests.support.clocks.calendar_amendments import amended
from tests.support.messaging.event_source import assert_ends_soon
from tests.support.messaging.published_notes import eventually

MONDAY_AFTER = "2026-12-28"
WAIT_SECONDS_MAX = 20.0  # far more than it takes


@pytest.fixture
async def office(database: Callable[[str], Database]) -> AsyncIterator[SweptRequests]:
    async with swept_requests(database("requests")) as office:
        yield office


async def test_an_added_day_off_moves_the_due_date_and_is_recorded(office: SweptRequests) -> None:
    replica = await office.replica()
    number = await submitted(replica.requests)

    version = await office.amend(amended(off=(TUESDAY,)))

    assert await replica.look() == 1
    assert await due_on(replica.requests, number) == WEDNESDAY
    (change,) = await office.changes()
    assert (change.number, change.due_on_before) == (number, TUESDAY)
    assert (change.clock["due_on"], change.clock["calendar"]) == (WEDNESDAY, version)
    assert (change.by, change.role) == ("system", "system")


async def test_a_case_goes_through_it_once(office: SweptRequests) -> None:
    replica = await office.replica()
    await submitted(replica.requests)
    await office.amend(amended(off=(TUESDAY,)))
    await replica.look()

    again = [await replica.look(), await (await office.replica()).look()]

    assert again == [0, 0]
    assert len(await office.changes()) == 1


async def test_a_day_that_is_worked_again_moves_no_promise_earlier(office: SweptRequests) -> None:
    replica = await office.replica()
    office.fake_clock.at = MONDAY + timedelta(days=2)
    number = await submitted(replica.requests, received_at=office.fake_clock.at)
    assert await due_on(replica.requests, number) == MONDAY_AFTER

    await office.amend(amended(worked=("2026-12-24",)))

    assert await replica.look() == 0
    assert await due_on(replica.requests, number) == MONDAY_AFTER
    new = await submitted(replica.requests, received_at=office.fake_clock.at)
    assert await due_on(replica.requests, new) == "2026-12-24"


async def test_late_stays_late(office: SweptRequests) -> None:
    replica = await office.replica()
    number = await submitted(replica.requests)
    office.fake_clock.at = MONDAY + timedelta(days=2)

    await office.amend(amended(off=(TUESDAY,)))

    assert await replica.look() == 0
    assert await due_on(replica.requests, number) == TUESDAY


async def test_a_finished_case_is_left_as_it_was(office: SweptRequests) -> None:
    replica = await office.replica()
    number = await submitted(replica.requests)
    await replica.requests.carry_out(SUPERVISOR, number, ServiceRequest.review)
    await replica.requests.carry_out(
        SUPERVISOR, number, ServiceRequest.reject, reason="Bukan akun dinas"
    )

    await office.amend(amended(off=(TUESDAY,)))

    assert await replica.look() == 0
    assert await due_on(replica.requests, number) == TUESDAY


async def test_a_case_whose_date_stays_says_nothing(office: SweptRequests) -> None:
    replica = await office.replica()
    await submitted(replica.requests)

    await office.amend(amended(off=("2026-12-29",)))

    assert await replica.look() == 0
    assert await office.changes() == []


async def test_many_replicas_move_each_case_once(office: SweptRequests) -> None:
    replicas = [await office.replica() for _ in range(4)]
    numbers = [await submitted(replicas[0].requests) for _ in range(30)]
    await office.amend(amended(off=(TUESDAY,)))

    moved = await asyncio.gather(*(each.look() for each in replicas))

    assert sum(moved) == 30
    assert sorted(change.number for change in await office.changes()) == sorted(numbers)


async def test_live_commands_and_the_sweep_get_out_of_each_others_way(
    office: SweptRequests,
) -> None:
    replica = await office.replica()
    numbers = [await submitted(replica.requests) for _ in range(20)]
    await office.amend(amended(off=(TUESDAY,)))

    async def review_and_approve(number: str) -> None:
        await replica.requests.carry_out(SUPERVISOR, number, ServiceRequest.review)
        await replica.requests.carry_out(SUPERVISOR, number, ServiceRequest.approve, checklist=MET)

    await asyncio.gather(replica.look(), *map(review_and_approve, numbers))

    await replica.look()
    assert {await due_on(replica.requests, number) for number in numbers} == {WEDNESDAY}
    changed = [change.number for change in await office.changes()]
    assert len(changed) == len(set(changed))


async def test_writes_of_a_replica_with_the_old_calendar_are_met_further_on(
    office: SweptRequests,
) -> None:
    slow, quick = await office.replica(), await office.replica()
    await office.amend(amended(off=(TUESDAY,)))
    await quick.look()

    number = await submitted(slow.requests)

    assert await quick.look() == 1
    assert await due_on(quick.requests, number) == WEDNESDAY


async def test_a_replica_that_meets_a_newer_calendar_takes_it_over_at_once(
    office: SweptRequests,
) -> None:
    slow, quick = await office.replica(), await office.replica()
    number = await submitted(slow.requests)
    version = await office.amend(amended(off=(TUESDAY,)))
    await quick.look()

    case = (await slow.requests.carry_out(SUPERVISOR, number, ServiceRequest.review)).case

    assert slow.requests.cases.calendar.version == case.clock.calendar == version
    assert await due_on(slow.requests, number) == WEDNESDAY


async def test_a_calendar_that_only_a_newer_release_knows_is_said_not_guessed(
    office: SweptRequests,
) -> None:
    replica = await office.replica()
    number = await submitted(replica.requests)
    await office.amend(amended(off=(TUESDAY,)))
    await replica.look()
    async with connected(office.database.owner_url) as owner:
        await owner.execute("delete from calendar_years")
    older = await office.replica()

    with pytest.raises(LogUnavailable, match="doesn't know calendar"):
        await older.requests.carry_out(SUPERVISOR, number, ServiceRequest.review)

    assert await older.look() == 0


async def test_a_calendar_in_a_newer_releases_form_is_said_not_guessed(
    office: SweptRequests,
) -> None:
    older, quick = await office.replica(), await office.replica()
    number = await submitted(quick.requests)
    await office.amend(amended(off=(TUESDAY,)))
    await quick.look()
    async with connected(office.database.owner_url) as owner:
        await owner.execute("update calendar_years set content = 'year = 2026'")

    with pytest.raises(LogUnavailable, match="can't read the calendar"):
        await older.requests.carry_out(SUPERVISOR, number, ServiceRequest.review)

    assert older.requests.cases.calendar.version != quick.requests.cases.calendar.version


async def test_two_amendments_add_up(office: SweptRequests) -> None:
    replica = await office.replica()
    number = await submitted(replica.requests)
    await office.amend(amended(off=(TUESDAY,)))
    await replica.look()

    await office.amend(amended_again())

    assert await replica.look() == 1
    assert await due_on(replica.requests, number) == MONDAY_AFTER
    assert [change.due_on_before for change in await office.changes()] == [TUESDAY, WEDNESDAY]


async def test_a_second_amendment_is_taken_over_while_a_sweep_is_under_way(
    office: SweptRequests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweep of many cases takes minutes, and what comes in meanwhile is promised too."""
    monkeypatch.setattr(in_force, "UPDATE_SECONDS", 0.05)
    monkeypatch.setattr(sweep, "UPDATE_SECONDS", 0.05)
    replica = await office.replica()
    number = await submitted(replica.requests)
    await office.amend(amended(off=(TUESDAY,)))
    is_under_way, goes_on = held_up(replica)
    loops = [asyncio.create_task(each) for each in (replica.in_force.run(), replica.sweep.run())]
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        await is_under_way.wait()

    version = await office.amend(amended_again())

    await eventually(lambda: replica.requests.cases.calendar.version == version)
    goes_on.set()
    await eventually(lambda: is_finished(office, version))
    assert await due_on(replica.requests, number) == MONDAY_AFTER
    for loop in loops:
        await assert_ends_soon(loop)


async def test_progress_of_a_sweep_can_be_seen(office: SweptRequests) -> None:
    replica = await office.replica()
    await submitted(replica.requests)
    await replica.look()
    version = await office.amend(amended(off=(TUESDAY,)))

    await replica.look()

    newest, _ = await office.store.sweeps()
    assert (newest.calendar, newest.first_position, newest.position) == (version, 1, 1)
    assert newest.finished_at is not None


def amended_again() -> str:
    """The year after a second decree."""
    first = amended(off=(TUESDAY,))
    return first.replace("[[days_off]]", VERSION_3 + "[[days_off]]", 1) + DAY_3


def held_up(replica: Replica) -> tuple[asyncio.Event, asyncio.Event]:
    """It stands still at the first case that it tells: says so, until it may go on."""
    is_under_way, goes_on = asyncio.Event(), asyncio.Event()
    change = replica.requests.cases.change_due_date

    async def change_once_it_may(id_: UUID) -> bool:
        is_under_way.set()
        await goes_on.wait()
        return await change(id_)

    replica.requests.cases.change_due_date = change_once_it_may  # type: ignore[method-assign]
    return is_under_way, goes_on


async def is_finished(office: SweptRequests, version: str) -> bool:
    sweeps = await office.store.sweeps()
    return any(each.calendar == version and each.finished_at for each in sweeps)


VERSION_3 = """[[versions]]
number = 3
decree = "Keppres Nomor 2/2026"
decided_on = 2026-11-21
provisional = false

"""
DAY_3 = """
[[days_off]]
date = 2026-12-23
kind = "holiday"
name = { id = "Satu lagi", en = "One more" }
since = 3
"""

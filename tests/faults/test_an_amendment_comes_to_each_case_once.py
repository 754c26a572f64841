"""A sweep of an amended calendar is killed half-way, and again, and ends as if it had not been."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable

import pytest

from shared.calendars import sweep
from testbed.databases import Database
from tests.support.cases.swept_requests import (
    TUESDAY,
    WEDNESDAY,
    SweptRequests,
    due_on,
    submitted,
    swept_requests,
)
from tests.support.clocks.calendar_amendments import amended
from tests.support.processes.child import child

CASES = 450  # more than two pages of the log
KILLED_AFTER = (3, 150, 90)  # cases moved by each run
SWEEPING = "tests.support.processes.sweep_process"


@pytest.fixture
async def office(database: Callable[[str], Database]) -> AsyncIterator[SweptRequests]:
    async with swept_requests(database("requests")) as office:
        yield office


async def test_a_killed_sweep_that_runs_again_moves_each_case_once(office: SweptRequests) -> None:
    """The due date's event and the sweep's place are two commits: between them it may die."""
    assert CASES > 2 * sweep.PAGE_EVENTS
    replica = await office.replica()
    numbers = [await submitted(replica.requests) for _ in range(CASES)]
    await office.amend(amended(off=(TUESDAY,)))

    for moved in KILLED_AFTER:
        async with child(SWEEPING, office.database.app_url) as dying:
            for _ in range(moved):
                await dying.says("moved")
            await dying.kill()
    async with child(SWEEPING, office.database.app_url) as last:
        await last.says("done")

    changes = await office.changes()
    assert Counter(change.number for change in changes) == Counter(numbers)
    assert {(change.due_on_before, change.clock["due_on"]) for change in changes} == {
        (TUESDAY, WEDNESDAY)
    }


async def test_a_sweep_is_killed_beside_another_that_goes_on(office: SweptRequests) -> None:
    replica = await office.replica()
    numbers = [await submitted(replica.requests) for _ in range(CASES)]
    await office.amend(amended(off=(TUESDAY,)))

    async with child(SWEEPING, office.database.app_url) as dying:
        await dying.says("moved")
        ours = asyncio.create_task(replica.look())
        await dying.says("moved")
        await dying.kill()
        await ours

    assert Counter(change.number for change in await office.changes()) == Counter(numbers)
    assert await due_on(replica.requests, numbers[-1]) == WEDNESDAY

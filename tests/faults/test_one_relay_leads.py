"""F8: a leader freezes in the middle of a window, another takes over, the frozen one thaws."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from shared.messaging.relay.decisions import WINDOW_SIZE_MAX
from testbed.databases import Database
from testbed.event_logs import connected
from testbed.proxy import Direction
from tests.support.messaging.published_notes import SOURCE, eventually
from tests.support.messaging.relay_line import RelayLine, open_relay_line
from tests.support.processes.relay_launcher import relay_process

WINDOW_EVENTS = 2  # after the first, of one event
WINDOW_BYTES_MIN = WINDOW_EVENTS * 500


@pytest.fixture
async def line(database: Callable[[str], Database], vhost: str) -> AsyncIterator[RelayLine]:
    async with open_relay_line(database(SOURCE).app_url, vhost) as line:
        yield line


@pytest.fixture
async def watcher(line: RelayLine) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    async with connected(line.database_url) as connection:
        yield connection


async def place(watcher: "asyncpg.Connection[asyncpg.Record]") -> tuple[int, int]:
    row = await watcher.fetchrow("select term, position from relay_position")
    assert row is not None
    return row["term"], row["position"]


async def position_is(watcher: "asyncpg.Connection[asyncpg.Record]", position: int) -> bool:
    return (await place(watcher))[1] == position


async def test_a_thawed_leader_stores_nothing_and_stops(
    line: RelayLine, watcher: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    """The confirms of its window wait in its socket. It would store them, were the lock not gone
    with the one connection that it can store on.
    """
    async with relay_process(line.database_url, line.networked_url) as stale:
        await stale.says("leads")
        await line.append(1)
        await eventually(lambda: position_is(watcher, 1))

        line.network.freeze(Direction.TO_CLIENT)
        sent_bytes = line.network.passed_bytes(Direction.TO_SERVER) + WINDOW_BYTES_MIN
        await line.append_at_once(10)
        await eventually(lambda: line.network.passed_bytes(Direction.TO_SERVER) > sent_bytes)
        stale.freeze()
        line.network.thaw()

        async with line.relaying() as successor:
            await eventually(lambda: successor.health.position == 11)
            await line.append(5)
            await eventually(lambda: successor.health.position == 16)
            stale.thaw()

            await stale.says("ended")

            assert await place(watcher) == (2, 16)
            await line.append(1)
            await eventually(lambda: successor.health.position == 17)
            assert successor.health.leading

    balance = await line.assert_all_arrived(repeats_max=WINDOW_SIZE_MAX)
    assert balance.repeated == WINDOW_EVENTS  # nobody knew the frozen one's to be confirmed

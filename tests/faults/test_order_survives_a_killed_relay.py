"""F7: the relay is killed after it published, after the confirms, before and after it stored."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable

import pytest

from shared.messaging.relay.decisions import WINDOW_SIZE_MAX
from testbed.databases import Database
from tests.support.messaging.published_notes import SOURCE, eventually
from tests.support.messaging.relay_line import RelayLine, open_relay_line
from tests.support.processes.relay_launcher import relay_process

EVENTS = 3 * WINDOW_SIZE_MAX
KILLS = 3


@pytest.fixture
async def line(database: Callable[[str], Database], vhost: str) -> AsyncIterator[RelayLine]:
    async with open_relay_line(database(SOURCE).app_url, vhost) as line:
        yield line


@pytest.mark.parametrize(
    ("point", "repeats_max"),
    [
        ("published", WINDOW_SIZE_MAX),
        ("confirmed", WINDOW_SIZE_MAX),
        ("storing", WINDOW_SIZE_MAX),
        ("stored", 0),
    ],
)
async def test_a_relay_killed_at_any_point_repeats_one_window_at_most(
    line: RelayLine, point: str, repeats_max: int
) -> None:
    """The position is stored after the confirms, so a crash between can only repeat."""
    await line.append_at_once(EVENTS)

    async with relay_process(
        line.database_url, line.broker_url, dies_when=point, window=2
    ) as relay:
        await relay.dies()
    async with line.relaying() as successor:
        await eventually(lambda: successor.health.position == EVENTS)

    await line.assert_all_arrived(repeats_max=repeats_max)


@pytest.mark.system
async def test_relays_killed_again_and_again_publish_everything_in_order(line: RelayLine) -> None:
    chance = random.Random(20261124)
    for _ in range(KILLS):
        await line.append_at_once(EVENTS)
        async with relay_process(line.database_url, line.broker_url) as relay:
            await relay.says("leads")
            await somewhere_within(chance.uniform(0.0, 0.3))
            await relay.kill()

    async with line.relaying() as successor:
        await eventually(lambda: successor.health.position == KILLS * EVENTS)

    await line.assert_all_arrived(repeats_max=KILLS * WINDOW_SIZE_MAX)


async def somewhere_within(seconds: float) -> None:
    """Its work: the moment of the kill is the fault, nothing is waited for."""
    await asyncio.wait({asyncio.get_running_loop().create_future()}, timeout=seconds)

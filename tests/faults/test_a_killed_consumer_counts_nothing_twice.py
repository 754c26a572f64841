"""F13, F14: the consumer is killed at every point, and again and again with a full prefetch."""

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator, Callable

import pytest

from testbed.databases import Database
from tests.support.messaging.following import Following, following
from tests.support.processes import consumer_process
from tests.support.processes.child import child

EVENTS = 1_200  # more than a prefetch and a batch
KILLS = 25
DIES_SECONDS_MAX = 60


@pytest.fixture
async def office(database: Callable[[str], Database], vhost: str) -> AsyncIterator[Following]:
    """Its events wait in the queue, and the feed is away: only the queue can bring them."""
    async with following(database, vhost, keeps_order=True) as office:
        await office.requests.write(EVENTS)
        await office.requests.relayed()
        await office.requests.network.refuse()
        yield office


@pytest.mark.parametrize("point", ["taken", "applied", "committed", "settled", "acknowledged"])
async def test_a_killed_consumer_counts_nothing_twice(office: Following, point: str) -> None:
    """Without the position in the same transaction, redelivery would count a batch again."""
    async with child(
        "tests.support.processes.consumer_process", *told(office), point, "2"
    ) as consumer:
        await consumer.dies()

    async with office.consuming():
        await office.caught_up()

    await office.assert_balanced()


@pytest.mark.system
async def test_good_events_outlive_a_consumer_killed_25_times(office: Following) -> None:
    """A delivery limit that crashes can reach would throw good events away."""
    spawn = multiprocessing.get_context("forkserver")  # imports once, not 25 times
    spawn.set_forkserver_preload([consumer_process.__name__])
    for _ in range(KILLS):
        dying = spawn.Process(target=consumer_process.run, args=(*told(office), "taken", "1"))
        dying.start()
        await asyncio.to_thread(dying.join, DIES_SECONDS_MAX)
        assert dying.exitcode == -signal.SIGKILL

    async with office.consuming():
        await office.caught_up()

    await office.assert_balanced()


def told(office: Following) -> tuple[str, str, str, str]:
    """What a consumer's process must know."""
    assert office.broker_url is not None
    requests = office.requests
    return office.database.app_url, office.broker_url, requests.feed_url, str(office.token_file)

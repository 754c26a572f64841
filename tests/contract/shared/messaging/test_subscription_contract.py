"""What a follower may rely on, whichever way its events come: the broker or the feed.

Every test runs over both. Behind them stand a real log, a real relay and a real HTTP server.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.eventstore.log import EventLog
from shared.messaging.broker_subscription import BrokerSubscription
from shared.messaging.feed_client import FeedClient
from shared.messaging.feed_subscription import FeedSubscription
from shared.messaging.feed_token import FileToken
from shared.messaging.subscription import BATCH_SIZE_MAX, Incoming, Subscription
from shared.messaging.topology import projection_queue
from testbed.databases import Database
from testbed.event_logs import running
from tests.support.messaging.feed_server import serving_feed
from tests.support.messaging.published_notes import (
    SOON_SECONDS,
    SOURCE,
    append,
    append_at_once,
    collect,
    envelopes_of,
    relaying,
)


@dataclass
class Followed:
    """A log, and somebody who follows it; `place` is where he stands."""

    log: EventLog
    subscription: Subscription
    place: int = 0

    async def take(self) -> list[Incoming]:
        """The next batch that isn't empty, not acknowledged yet."""
        async with asyncio.timeout(SOON_SECONDS):
            while True:
                if events := await self.subscription.batch():
                    return list(events)

    async def take_effect(self, events: list[Incoming]) -> None:
        """As a projection does: the position moves with the effect, then it acknowledges."""
        self.place = events[-1].position
        await self.subscription.acknowledge()


Way = Callable[[EventLog, Callable[[], int]], Subscription]


@pytest.fixture(params=["broker", "feed"])
async def followed(
    request: pytest.FixtureRequest,
    database: Callable[[str], Database],
    tmp_path: Path,
) -> AsyncIterator[Followed]:
    url = database(SOURCE).app_url
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(running(url))
        if request.param == "broker":
            vhost: str = request.getfixturevalue("vhost")
            await stack.enter_async_context(relaying(log, url, vhost))
            queue = projection_queue(SOURCE)
            followed = Followed(log, BrokerSubscription(vhost, queue, wait_seconds=0.5))
        else:
            base_url = await stack.enter_async_context(
                serving_feed(SOURCE, log, await envelopes_of(log))
            )
            token = tmp_path / "token"
            token.write_text("let me in\n")
            client = await stack.enter_async_context(FeedClient(base_url, FileToken(token)))

            async def place() -> int:
                return followed.place

            followed = Followed(log, FeedSubscription(client, place, wait_seconds=0.5))
        yield followed
        await followed.subscription.close()


def positions(events: list[Incoming]) -> list[int]:
    return [event.position for event in events]


async def test_events_come_in_order_from_the_first_on(followed: Followed) -> None:
    await append_at_once(followed.log, 1_300)

    events = await collect(followed.subscription, 1_300)

    assert positions(events) == list(range(1, 1_301))


async def test_an_event_is_told_whole(followed: Followed) -> None:
    await append(followed.log, 1)

    [event] = await followed.take()

    [stored] = await followed.log.read(0, 1)
    head = await followed.log.head()
    assert (event.source, event.position, event.type) == (SOURCE, 1, "created")
    assert (event.epoch, event.hash) == (str(head.epoch), stored.hash)
    assert event.body["subject"] == event.body["data"]["number"]


async def test_a_batch_has_a_bound(followed: Followed) -> None:
    await append_at_once(followed.log, 2 * BATCH_SIZE_MAX)

    assert len(await followed.take()) <= BATCH_SIZE_MAX


async def test_silence_is_an_empty_batch(followed: Followed) -> None:
    assert list(await followed.subscription.batch()) == []


async def test_rejected_messages_come_again_in_order(followed: Followed) -> None:
    await append_at_once(followed.log, 200)
    taken = await followed.take()

    await followed.subscription.close()

    assert taken[0].position == 1
    assert positions(await collect(followed.subscription, 200)) == list(range(1, 201))


async def test_acknowledged_messages_do_not_come_again(followed: Followed) -> None:
    await append_at_once(followed.log, 50)
    await followed.take_effect(await collect(followed.subscription, 50))

    await followed.subscription.close()
    await append(followed.log, 1)

    assert positions(await followed.take()) == [51]


async def test_a_cancelled_batch_loses_nothing(followed: Followed) -> None:
    waiting = asyncio.create_task(followed.take())
    await asyncio.wait({waiting}, timeout=0.7)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    await append(followed.log, 2)

    assert positions(await collect(followed.subscription, 2)) == [1, 2]


async def test_a_way_that_is_made_anew_brings_what_comes_from_then_on(followed: Followed) -> None:
    await append(followed.log, 1)
    await followed.take_effect(await followed.take())

    await followed.subscription.redeclare()

    await append(followed.log, 1)
    assert positions(await followed.take()) == [2]

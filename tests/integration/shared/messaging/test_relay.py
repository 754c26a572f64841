"""The relay between a real log and a real broker, with a bad network in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from shared.eventstore.log import EventLog
from shared.eventstore.records import Recorded
from shared.messaging.broker_subscription import BrokerSubscription
from shared.messaging.envelope import Publication
from shared.messaging.topology import EXCHANGE, projection_queue
from tests.support.databases import Database
from tests.support.event_logs import running
from tests.support.ledger import Ledger
from tests.support.proxy import Direction, Proxy, amqp_frames, is_heartbeat
from tests.support.published_notes import (
    SOURCE,
    append,
    append_at_once,
    collect,
    eventually,
    publish,
    relaying,
)

QUEUE = projection_queue(SOURCE)
WINDOW_SIZE = 500


@pytest.fixture
def url(database: Callable[[str], Database]) -> str:
    return database(SOURCE).app_url


@pytest.fixture
async def log(url: str) -> AsyncIterator[EventLog]:
    async with running(url) as log:
        yield log


@pytest.fixture
async def proxy(vhost: str) -> AsyncIterator[Proxy]:
    parts = urlsplit(vhost)
    async with Proxy(str(parts.hostname), parts.port or 5672, frames=amqp_frames) as proxy:
        yield proxy


@pytest.fixture
async def follower(vhost: str) -> AsyncIterator[BrokerSubscription]:
    """At the queue, past every proxy. It makes the queue stand."""
    subscription = BrokerSubscription(vhost, QUEUE, wait_seconds=0.1)
    await subscription.batch()
    yield subscription
    await subscription.close()


@pytest.fixture
async def channel(vhost: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(vhost) as connection:
        yield await connection.channel()


async def stored(log: EventLog) -> list[int]:
    return [event.position for event in await log.read(0, 1_000_000)]


async def test_what_is_stored_is_published_in_order(
    log: EventLog, url: str, vhost: str, follower: BrokerSubscription
) -> None:
    await append_at_once(log, 1_200)

    async with relaying(log, url, vhost) as relay:
        events = await collect(follower, 1_200)
        await eventually(lambda: relay.health.position == 1_200)

    assert [event.position for event in events] == list(range(1, 1_201))
    assert events[0].body["data"] == {"number": events[0].body["subject"], "version": 1}
    assert (relay.health.published_events, relay.health.lag_events) == (1_200, 0)


async def test_an_append_wakes_it(
    log: EventLog, url: str, vhost: str, follower: BrokerSubscription
) -> None:
    async with relaying(log, url, vhost) as relay:
        await eventually(lambda: relay.health.connected)
        started_at = asyncio.get_running_loop().time()
        await append(log, 1)

        await collect(follower, 1)

    assert asyncio.get_running_loop().time() - started_at < 0.4  # polling alone takes up to 0.5


async def test_the_next_relay_goes_on_where_the_last_one_stored(
    log: EventLog, url: str, vhost: str, follower: BrokerSubscription
) -> None:
    await append(log, 3)
    async with relaying(log, url, vhost) as relay:
        await eventually(lambda: relay.health.position == 3)
    await append(log, 2)

    async with relaying(log, url, vhost) as successor:
        events = await collect(follower, 5)

    assert [event.position for event in events] == [1, 2, 3, 4, 5]
    assert successor.health.term == relay.health.term + 1


async def test_a_second_relay_follows_and_shows_the_place(
    log: EventLog, url: str, vhost: str
) -> None:
    async with relaying(log, url, vhost) as leader:
        await eventually(lambda: leader.health.leading)
        async with relaying(log, url, vhost) as second:
            await append(log, 2)
            await eventually(lambda: second.health.position == 2)

            assert not second.health.leading
            assert second.health.degraded is None


async def test_a_second_relay_takes_over(log: EventLog, url: str, vhost: str) -> None:
    async with AsyncExitStack() as first, relaying(log, url, vhost) as second:
        leader = await first.enter_async_context(relaying(log, url, vhost))
        await eventually(lambda: leader.health.leading != second.health.leading)

        await first.aclose()

        await append(log, 1)
        await eventually(lambda: second.health.leading and second.health.position == 1)


@pytest.mark.parametrize("reset", [False, True], ids=["FIN", "RST"])
async def test_a_cut_connection_loses_nothing(
    log: EventLog, url: str, vhost: str, proxy: Proxy, follower: BrokerSubscription, reset: bool
) -> None:
    ledger = Ledger(SOURCE)
    await append_at_once(log, 3_000)

    async with relaying(log, url, proxy.url(vhost)) as relay:
        await eventually(lambda: relay.health.position >= WINDOW_SIZE)
        await proxy.cut(reset=reset)
        await eventually(lambda: relay.health.position == 3_000)

    ledger.stored(*await stored(log))
    ledger.published(*[event.position for event in await collect(follower, 3_000)])
    ledger.assert_balanced(repeats_max=WINDOW_SIZE)
    assert relay.health.last_fault is not None
    assert relay.health.degraded is None


async def test_a_broker_that_is_away_is_lag_and_no_loss(
    log: EventLog, url: str, vhost: str, proxy: Proxy, follower: BrokerSubscription
) -> None:
    await proxy.refuse()
    await append(log, 3)

    async with relaying(log, url, proxy.url(vhost)) as relay:
        await eventually(lambda: relay.health.lag_events == 3 and relay.health.sessions > 1)
        assert relay.health.degraded is not None
        assert relay.health.lag_seconds > 0

        proxy.heal()

        assert len(await collect(follower, 3)) == 3
        await eventually(lambda: relay.health.degraded is None)


async def test_a_deleted_exchange_is_declared_again(
    log: EventLog,
    url: str,
    vhost: str,
    channel: AbstractChannel,
    follower: BrokerSubscription,
) -> None:
    async with relaying(log, url, vhost) as relay:
        await append(log, 1)
        await collect(follower, 1)
        await channel.exchange_delete(EXCHANGE)
        await append(log, 2)

        events = await collect(follower, 2)

    assert [event.position for event in events] == [2, 3]
    assert relay.health.declared_again == 1
    assert relay.health.last_fault == f"the exchange {EXCHANGE} is missing"


async def test_a_deleted_queue_is_declared_again(
    log: EventLog, url: str, vhost: str, channel: AbstractChannel
) -> None:
    async with relaying(log, url, vhost) as relay:
        await eventually(lambda: relay.health.connected)
        await channel.queue_delete(QUEUE.name, if_unused=False, if_empty=False)
        await append(log, 2)
        await eventually(lambda: relay.health.position == 2)

    follower = BrokerSubscription(vhost, QUEUE)
    events = await collect(follower, 2)
    await follower.close()
    assert [event.position for event in events] == [1, 2]
    assert relay.health.declared_again == 1
    assert relay.health.last_fault == "no queue is bound for it (position 1)"


async def test_confirms_that_never_come_end_the_session(
    log: EventLog, url: str, vhost: str, proxy: Proxy, follower: BrokerSubscription
) -> None:
    async with relaying(log, url, proxy.url(vhost), confirm_timeout_seconds=1.0) as relay:
        await eventually(lambda: relay.health.connected)
        proxy.drop(Direction.TO_CLIENT, but=is_heartbeat)
        await append_at_once(log, 2)
        await eventually(lambda: "unconfirmed" in str(relay.health.last_fault))
        assert relay.health.position == 0

        proxy.heal()

        await eventually(lambda: relay.health.position == 2)
    assert len(await collect(follower, 4)) == 4  # the window had arrived, and was sent again


async def test_a_broker_that_falls_silent_is_no_shutdown(
    log: EventLog, url: str, vhost: str, proxy: Proxy, follower: BrokerSubscription
) -> None:
    """aiormq then cancels what is pending; the relay must not take it for its own end."""
    async with relaying(log, url, f"{proxy.url(vhost)}?heartbeat=1") as relay:
        await eventually(lambda: relay.health.connected)
        proxy.freeze()
        await append(log, 1)
        await eventually(lambda: relay.health.last_fault == "lost: the broker fell silent")

        proxy.heal()

        await eventually(lambda: relay.health.position == 1)


async def test_an_event_that_can_not_be_published_holds_up_only_what_follows(
    log: EventLog, url: str, vhost: str, follower: BrokerSubscription
) -> None:
    await append(log, 4)

    async with relaying(log, url, vhost, publish=all_but_the_third) as relay:
        events = await collect(follower, 2)
        await eventually(lambda: "position 3" in str(relay.health.degraded))

    assert [event.position for event in events] == [1, 2]


def all_but_the_third(event: Any, recorded: Recorded) -> Publication:
    assert recorded.position != 3, "no contract"
    return publish(event, recorded)

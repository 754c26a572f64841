"""Following over a real broker that deletes queues, falls silent, and is cut off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from shared.messaging.broker_subscription import BrokerSubscription, publisher_of
from shared.messaging.subscription import Incoming, SubscriptionLost
from shared.messaging.topology import EXCHANGE, projection_queue
from testbed.frames import amqp_frames
from testbed.proxy import Direction, Proxy
from tests.support.messaging.published_notes import SOON_SECONDS, SOURCE, collect, eventually

QUEUE = projection_queue(SOURCE)
BODY = (
    '{{"id":"aaaaaaaa-{0}","source":"/janji/requests","sequence":"{0:020}","loghash":"00",'
    '"logepoch":"aaaaaaaa-0000-4000-8000-000000000000",'
    '"type":"id.go.kalbarprov.diskominfo.requests.created.v1"}}'
)


@pytest.fixture
async def channel(vhost: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(vhost) as connection:
        yield await connection.channel()


@pytest.fixture
async def proxy(vhost: str) -> AsyncIterator[Proxy]:
    parts = urlsplit(vhost)
    async with Proxy(str(parts.hostname), parts.port or 5672, frames=amqp_frames) as proxy:
        yield proxy


@pytest.fixture
async def subscription(vhost: str, proxy: Proxy) -> AsyncIterator[BrokerSubscription]:
    """Through the proxy; its queue stands."""
    subscription = BrokerSubscription(proxy.url(vhost), QUEUE, wait_seconds=0.5)
    await subscription.batch()
    yield subscription
    await subscription.close()


async def publish(channel: AbstractChannel, *positions: int) -> None:
    for position in positions:
        await send(channel, BODY.format(position))


async def send(channel: AbstractChannel, body: str) -> None:
    """As the relay does it, in its user's name."""
    user = (await channel.get_underlay_channel()).connection.url.user
    exchange = await channel.get_exchange(EXCHANGE)
    await exchange.publish(aio_pika.Message(body.encode(), user_id=user), "requests.created.v1")


def positions(events: list[Incoming]) -> list[int]:
    return [event.position for event in events]


async def test_hundreds_given_back_come_again_in_order(
    subscription: BrokerSubscription, channel: AbstractChannel
) -> None:
    """A nack would scramble them from 33 on."""
    await publish(channel, *range(1, 301))
    await eventually(lambda: len(subscription._inbox) == 300)

    await subscription.close()

    assert positions(await collect(subscription, 300)) == list(range(1, 301))


async def test_the_prefetch_bounds_what_is_on_the_way(
    vhost: str, channel: AbstractChannel, subscription: BrokerSubscription
) -> None:
    await publish(channel, *range(1, 31))
    await subscription.close()
    slow = BrokerSubscription(vhost, QUEUE, prefetch_messages=10)

    first = await slow.batch()
    await eventually(lambda: len(first) + len(slow._inbox) == 10)
    await slow.acknowledge()

    assert positions(await collect(slow, 30 - len(first)))[-1] == 30
    await slow.close()


async def test_a_deleted_queue_is_noticed_and_declared_again(
    subscription: BrokerSubscription, channel: AbstractChannel
) -> None:
    await channel.queue_delete(QUEUE.name, if_unused=False, if_empty=False)

    with pytest.raises(SubscriptionLost, match="deleted"):
        await collect(subscription, 1)

    assert await subscription.batch() == []  # it stands again
    await publish(channel, 1)
    assert positions(await collect(subscription, 1)) == [1]


async def test_messages_that_arrived_before_the_loss_are_handed_out_first(
    subscription: BrokerSubscription, channel: AbstractChannel
) -> None:
    await publish(channel, 1, 2)
    await eventually(lambda: len(subscription._inbox) == 2)
    await channel.queue_delete(QUEUE.name, if_unused=False, if_empty=False)
    await eventually(lambda: subscription._inbox.end is not None)

    assert positions([*await subscription.batch()]) == [1, 2]

    with pytest.raises(SubscriptionLost):
        await subscription.batch()


@pytest.mark.parametrize("reset", [False, True], ids=["FIN", "RST"])
async def test_a_cut_connection_is_lost_and_the_next_batch_makes_a_new_one(
    subscription: BrokerSubscription, channel: AbstractChannel, proxy: Proxy, reset: bool
) -> None:
    await publish(channel, 1)
    taken = await collect_unacknowledged(subscription)
    await proxy.cut(reset=reset)

    with pytest.raises(SubscriptionLost):
        await collect(subscription, 1)

    assert positions(taken) == positions(await collect(subscription, 1)) == [1]


async def collect_unacknowledged(subscription: BrokerSubscription) -> list[Incoming]:
    return [*await subscription.batch()]


async def test_an_acknowledgement_on_a_cut_connection_is_lost(
    subscription: BrokerSubscription, channel: AbstractChannel, proxy: Proxy
) -> None:
    await publish(channel, 1)
    await collect_unacknowledged(subscription)
    await proxy.cut()
    await eventually(lambda: subscription._inbox.end is not None)

    with pytest.raises(SubscriptionLost):
        await subscription.acknowledge()


async def test_a_broker_that_falls_silent_is_lost(vhost: str, proxy: Proxy) -> None:
    """aiormq tells it by a CancelledError, which must not look like our own end."""
    subscription = BrokerSubscription(f"{proxy.url(vhost)}?heartbeat=1", QUEUE)
    await subscription.batch()

    proxy.freeze(Direction.TO_CLIENT)

    with pytest.raises(SubscriptionLost, match="silent"):
        await collect(subscription, 1)


async def test_a_broker_that_is_away_is_lost(
    subscription: BrokerSubscription, proxy: Proxy
) -> None:
    await subscription.close()
    await proxy.refuse()

    with pytest.raises(SubscriptionLost):
        await subscription.batch()


async def test_a_queue_made_anew_is_empty_and_bound(
    subscription: BrokerSubscription, channel: AbstractChannel
) -> None:
    await publish(channel, 1, 2, 3)
    await subscription.close()

    await subscription.redeclare()

    await publish(channel, 4)
    assert positions(await collect(subscription, 1)) == [4]


@pytest.mark.parametrize(
    "body", ["not ours", BODY.format(1).replace("/janji/requests", "/janji/complaints")]
)
async def test_message_that_is_no_event_of_the_source_is_passed_over(
    subscription: BrokerSubscription, channel: AbstractChannel, body: str
) -> None:
    await send(channel, body)
    await publish(channel, 1)

    assert positions(await collect(subscription, 1)) == [1]
    assert subscription.refused_messages == 1


async def test_queue_that_cannot_be_consumed_is_declared_again(
    vhost: str, channel: AbstractChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that its broker has lost; here, one with the arguments of an earlier release."""
    monkeypatch.setattr("shared.messaging.broker_subscription.LOST_QUEUE_SECONDS", 0.1)
    await channel.declare_queue(QUEUE.name, durable=True)
    subscription = BrokerSubscription(vhost, QUEUE, wait_seconds=0.2)

    async def works() -> bool:
        with suppress(SubscriptionLost):
            await subscription.batch()
            return True
        return False

    await eventually(works)

    assert subscription.declared_again == 1
    await subscription.close()


async def test_message_without_its_publishers_name_is_passed_over(
    subscription: BrokerSubscription, channel: AbstractChannel
) -> None:
    exchange = await channel.get_exchange(EXCHANGE)
    await exchange.publish(aio_pika.Message(BODY.format(1).encode()), "requests.created.v1")
    await publish(channel, 2)

    assert positions(await collect(subscription, 1)) == [2]
    assert subscription.refused_messages == 1


async def test_refused_messages_do_not_stay_unacknowledged(
    vhost: str, channel: AbstractChannel, subscription: BrokerSubscription
) -> None:
    """Or so many forgeries as the prefetch holds would stop the queue."""
    await subscription.close()
    narrow = BrokerSubscription(vhost, QUEUE, prefetch_messages=5, wait_seconds=0.2)
    for _ in range(12):
        await send(channel, "not ours")
    await publish(channel, 1)
    came: list[Incoming] = []

    async with asyncio.timeout(SOON_SECONDS):
        while not came:
            came += await narrow.batch()

    assert positions(came) == [1]
    await narrow.close()


@pytest.mark.parametrize(
    ("own", "publisher"),
    [("projections", "requests"), ("spbe-projections", "spbe-requests"), ("guest", "guest")],
)
def test_a_sources_user_is_named_as_the_projections_is(own: str, publisher: str) -> None:
    assert publisher_of("requests", own) == publisher

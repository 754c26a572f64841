"""The topology on a real broker: declared twice, by an earlier release, and outlived."""

from collections.abc import AsyncIterator
from dataclasses import replace

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from shared.messaging import broker_subscription
from shared.messaging.broker_subscription import BrokerSubscription
from shared.messaging.subscription import SubscriptionLost
from shared.messaging.topology import QueuePlan, declare, projection_queue, stream
from tests.support.messaging.published_notes import SOURCE, eventually

QUEUE = projection_queue(SOURCE)
PLANS = (QUEUE, stream(SOURCE))
OF_AN_EARLIER_RELEASE = replace(
    QUEUE, arguments={k: v for k, v in QUEUE.arguments.items() if k != "x-max-length-bytes"}
)


@pytest.fixture
async def channel(vhost: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(vhost) as connection:
        yield await connection.channel()


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
async def test_declaring_again_changes_nothing(channel: AbstractChannel, plan: QueuePlan) -> None:
    await declare(channel, plan)

    await declare(channel, plan)


async def test_declaring_otherwise_is_refused(channel: AbstractChannel) -> None:
    await declare(channel, QUEUE)

    with pytest.raises(aio_pika.exceptions.ChannelPreconditionFailed, match="x-max-length-bytes"):
        await declare(channel, OF_AN_EARLIER_RELEASE)


async def test_queue_of_an_earlier_release_is_declared_anew(
    vhost: str, channel: AbstractChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it held is read from the feed."""
    monkeypatch.setattr(broker_subscription, "LOST_QUEUE_SECONDS", 0.0)
    await declare(channel, OF_AN_EARLIER_RELEASE)
    subscription = BrokerSubscription(vhost, QUEUE, wait_seconds=0.1)

    async def is_followed() -> bool:
        try:
            return await subscription.batch() == []
        except SubscriptionLost:
            return False

    await eventually(is_followed)
    await subscription.close()
    assert subscription.declared_again == 1
    await declare(channel, QUEUE)


async def test_our_own_queue_is_single_active(channel: AbstractChannel) -> None:
    """So a basic.get, which could take a message past the active consumer, is refused."""
    await declare(channel, QUEUE)
    queue = await channel.get_queue(QUEUE.name)

    with pytest.raises(aio_pika.exceptions.AMQPError, match="single active consumer"):
        await queue.get()

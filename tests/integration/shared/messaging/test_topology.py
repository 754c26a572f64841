"""The topology on a real broker: declared twice, and with a subscriber that never consumes."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from shared.messaging.topology import QueuePlan, declare, projection_queue, subscriber_queues
from testbed.databases import Database
from tests.support.messaging.published_notes import SOURCE, eventually
from tests.support.messaging.relay_line import RelayLine, open_relay_line

DEAD, STRANGER = subscriber_queues("bapenda", "notes", (f"{SOURCE}.created.*",))
SMALL_BYTES = 20_000


@pytest.fixture
async def channel(vhost: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(vhost) as connection:
        yield await connection.channel()


@pytest.fixture
async def line(database: Callable[[str], Database], vhost: str) -> AsyncIterator[RelayLine]:
    async with open_relay_line(database(SOURCE).app_url, vhost) as line:
        yield line


def with_room_for_few(plan: QueuePlan) -> QueuePlan:
    arguments: Mapping[str, str | int | bool] = {
        **plan.arguments,
        "x-max-length-bytes": SMALL_BYTES,
    }
    return replace(plan, arguments=arguments)


async def message_count(channel: AbstractChannel, plan: QueuePlan) -> int:
    queue = await channel.declare_queue(plan.name, passive=True)
    return queue.declaration_result.message_count or 0


async def test_declaring_again_changes_nothing(channel: AbstractChannel) -> None:
    await declare(channel)
    await declare(channel, (DEAD, STRANGER))

    await declare(channel)
    await declare(channel, (DEAD, STRANGER))


async def test_declaring_otherwise_is_refused(channel: AbstractChannel) -> None:
    await declare(channel, (DEAD, STRANGER))

    with pytest.raises(aio_pika.exceptions.ChannelPreconditionFailed, match="x-max-length-bytes"):
        await declare(channel, (with_room_for_few(STRANGER),))


async def test_external_subscriber_that_never_consumes_holds_up_nobody(
    line: RelayLine, channel: AbstractChannel
) -> None:
    """F12: his queue is full, its heads go to his dead letters until those are full as well."""
    await declare(channel, (with_room_for_few(DEAD), with_room_for_few(STRANGER)))

    async with line.relaying() as relay:
        await line.append(200)
        await eventually(lambda: relay.health.position == 200)

    await line.assert_all_arrived(repeats_max=0)
    assert relay.health.sessions == 1
    assert 0 < await message_count(channel, STRANGER) < 100
    assert 0 < await message_count(channel, DEAD) < 100


async def test_our_own_queue_is_single_active(channel: AbstractChannel) -> None:
    """So a basic.get, which could take a message past the active consumer, is refused."""
    await declare(channel)
    queue = await channel.get_queue(projection_queue(SOURCE).name)

    with pytest.raises(aio_pika.exceptions.AMQPError, match="single active consumer"):
        await queue.get()

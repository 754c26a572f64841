"""What a subscriber may do with its user: read the streams that it was given, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aio_pika
import aiormq
import pytest
from aio_pika.abc import AbstractChannel

from deploy.accounts import Account, of_subscriber
from shared.messaging.subscription import parse
from shared.messaging.topology import EXCHANGE, projection_queue, stream
from testbed.databases import Database
from testbed.event_logs import running
from tests.support.messaging.published_notes import (
    SOON_SECONDS,
    SOURCE,
    append_at_once,
    eventually,
    relaying,
)
from tests.support.messaging.streams import read_stream

EVENTS = 300
STREAM = stream(SOURCE).name
OTHERS = projection_queue(SOURCE).name


@dataclass(frozen=True)
class Subscribed:
    """A subscriber's URL, and the hash of each event that the log holds."""

    url: str
    hashes: list[bytes]


@pytest.fixture
async def subscribed(
    database: Callable[[str], Database], vhost: str, broker_user: Callable[[Account], str]
) -> Subscribed:
    """A relay has published a log of `EVENTS` events, long before the subscriber comes."""
    database_url = database(SOURCE).app_url
    async with running(database_url) as log:
        async with relaying(log, database_url, vhost) as relay:
            await append_at_once(log, EVENTS)
            await eventually(lambda: relay.health.position == EVENTS)
        hashes = [event.hash for event in await log.read(0, EVENTS)]
    return Subscribed(broker_user(of_subscriber("bapenda", "secret", [SOURCE])), hashes)


async def test_a_stream_is_read_whole_from_its_first_event(subscribed: Subscribed) -> None:
    messages = await read_stream(subscribed.url, STREAM, EVENTS)

    events = [parse(message.body) for message in messages]
    assert [event.position for event in events] == list(range(1, EVENTS + 1))
    assert [event.hash for event in events] == subscribed.hashes


async def test_every_event_names_the_one_before_it(subscribed: Subscribed) -> None:
    events = [parse(each.body) for each in await read_stream(subscribed.url, STREAM, EVENTS)]

    assert [event.previous_hash for event in events] == [bytes(32), *subscribed.hashes[:-1]]


async def test_plain_frames_read_it_too(subscribed: Subscribed) -> None:
    """As any AMQP 0-9-1 client does it: qos, consume with an offset, no declare, acknowledge."""
    arrived = asyncio.Queue[bytes]()
    connection = await aiormq.connect(subscribed.url)
    channel = await connection.channel()

    async def on_message(message: aiormq.abc.DeliveredMessage) -> None:
        assert message.delivery_tag is not None
        await channel.basic_ack(message.delivery_tag)
        arrived.put_nowait(message.body)

    await channel.basic_qos(prefetch_count=10)
    await channel.basic_consume(STREAM, on_message, arguments={"x-stream-offset": "first"})
    async with asyncio.timeout(SOON_SECONDS):
        positions = [parse(await arrived.get()).position for _ in range(EVENTS)]

    await connection.close()
    assert positions == list(range(1, EVENTS + 1))


async def test_two_readers_each_get_everything(subscribed: Subscribed) -> None:
    first, second = await asyncio.gather(
        read_stream(subscribed.url, STREAM, EVENTS), read_stream(subscribed.url, STREAM, EVENTS)
    )

    assert [each.body for each in first] == [each.body for each in second]


async def test_reader_can_not_empty_it(subscribed: Subscribed) -> None:
    async with await aio_pika.connect(subscribed.url) as connection:
        stream_there = await (await connection.channel()).get_queue(STREAM, ensure=False)
        with pytest.raises(aiormq.AMQPError):
            await stream_there.purge()

    assert len(await read_stream(subscribed.url, STREAM, EVENTS)) == EVENTS


async def declares_a_queue(channel: AbstractChannel) -> None:
    await channel.declare_queue("mine", durable=True)


async def binds_the_stream(channel: AbstractChannel) -> None:
    await (await channel.get_queue(STREAM, ensure=False)).bind(EXCHANGE, "#")


async def deletes_the_stream(channel: AbstractChannel) -> None:
    await channel.queue_delete(STREAM)


async def publishes(channel: AbstractChannel) -> None:
    exchange = await channel.get_exchange(EXCHANGE, ensure=False)
    await exchange.publish(aio_pika.Message(b"forged"), f"{SOURCE}.created.v1")


async def publishes_to_the_stream(channel: AbstractChannel) -> None:
    await channel.default_exchange.publish(aio_pika.Message(b"forged"), STREAM)


async def reads_another_queue(channel: AbstractChannel) -> None:
    await (await channel.get_queue(OTHERS, ensure=False)).get()


async def reads_another_stream(channel: AbstractChannel) -> None:
    await (await channel.get_queue(stream("sla").name, ensure=False)).get()


ATTEMPTS = [
    declares_a_queue,
    binds_the_stream,
    deletes_the_stream,
    publishes,
    publishes_to_the_stream,
    reads_another_queue,
    reads_another_stream,
]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.__name__)
async def test_everything_else_is_refused(
    vhost: str,
    broker_user: Callable[[Account], str],
    attempt: Callable[[AbstractChannel], Awaitable[None]],
) -> None:
    assert vhost
    url = broker_user(of_subscriber("bapenda", "secret", [SOURCE]))
    async with await aio_pika.connect(url) as connection:
        with pytest.raises(aiormq.ChannelAccessRefused):
            await attempt(await connection.channel())

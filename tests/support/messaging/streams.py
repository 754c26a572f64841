"""A subscriber's reading of a stream: with read permission on it and nothing else."""

import asyncio
from contextlib import suppress

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

SOON_SECONDS = 15.0
SILENT_SECONDS = 3.0
PREFETCH_MESSAGES = 100  # a stream gives nothing to a reader without a bound


async def read_stream(url: str, name: str, count: int) -> list[AbstractIncomingMessage]:
    """The stream's first `count` messages, from its beginning."""
    found: list[AbstractIncomingMessage] = []
    all_there = asyncio.Event()

    async def arrived(message: AbstractIncomingMessage) -> None:
        found.append(message)
        await message.ack()
        if len(found) >= count:
            all_there.set()

    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(PREFETCH_MESSAGES)
        queue = await channel.get_queue(name, ensure=False)
        await queue.consume(arrived, arguments={"x-stream-offset": "first"})
        async with asyncio.timeout(SOON_SECONDS):
            await all_there.wait()
    return found[:count]


async def whole_stream(url: str, name: str) -> list[AbstractIncomingMessage]:
    """All its messages, until nothing more comes for a moment."""
    arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    found: list[AbstractIncomingMessage] = []

    async def take(message: AbstractIncomingMessage) -> None:
        await message.ack()
        arrived.put_nowait(message)

    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(PREFETCH_MESSAGES)
        queue = await channel.get_queue(name, ensure=False)
        await queue.consume(take, arguments={"x-stream-offset": "first"})
        with suppress(TimeoutError):
            while True:
                found.append(await asyncio.wait_for(arrived.get(), SILENT_SECONDS))
    return found

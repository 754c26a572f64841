"""The last event of the source's stream, to compare the log with before anything is published.

The snapshot of a whole machine moves a log back without changing any of its marks, so that no epoch
opens (`shared/eventstore/epochs.py`). What such a log appends next would get the ids of events that
others have read. The stream lies on the broker and still knows them.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from aio_pika.abc import AbstractIncomingMessage

from shared.eventstore.records import Epoch, Recorded
from shared.messaging.connection import BrokerConnection
from shared.messaging.topology import DECLARE_TIMEOUT_SECONDS, stream

FIRST_SECONDS_MAX = 1.0  # an empty stream never answers
SILENCE_SECONDS = 0.1  # the messages of the stream's last chunk come at once
PREFETCH_MESSAGES = 1000  # a stream gives nothing to a reader without a bound


class LogMovedBack(Exception):
    """The log doesn't hold an event of its own epoch that was published."""


class PublishedLast(msgspec.Struct, frozen=True):
    """The parts of a published event that say where it stands in which history."""

    logepoch: UUID
    sequence: str
    loghash: str

    @property
    def position(self) -> int:
        return int(self.sequence)

    def check(self, epochs: Sequence[Epoch], held: Sequence[Recorded], head: int) -> None:
        """Compare with the log's epochs, oldest first, and the event that it holds at the position.

        An event of an earlier epoch may be gone: that epoch's end was noticed. Raises LogMovedBack.
        """
        if epochs[-1].id != self.logepoch:
            return
        if [each.hash.hex() for each in held] != [self.loghash]:
            raise LogMovedBack(
                f"event {self.position} was published, and the log, which ends at {head},"
                " doesn't hold it: the machine was moved back; run janji restore finish --copy"
            )


async def published_last(
    broker: BrokerConnection, source: str, *, user: str, is_expected: bool
) -> PublishedLast | None:
    """The last event of the stream; None if it is empty. Raises one of `connection.LOST`.

    user: the source's own; the broker lets others write to its stream by a `CC` header, which its
    topic permissions don't cover.
    is_expected: something was published before, so that it is worth a second to wait for it.
    """
    arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    await broker.channel.set_qos(PREFETCH_MESSAGES)
    queue = await broker.channel.get_queue(stream(source).name, ensure=False)
    from_the_last_chunk: dict[str, Any] = {"x-stream-offset": "last"}
    tag = await queue.consume(
        arrived.put, arguments=from_the_last_chunk, timeout=DECLARE_TIMEOUT_SECONDS
    )
    last: AbstractIncomingMessage | None = None
    wait_seconds = FIRST_SECONDS_MAX if is_expected else SILENCE_SECONDS
    try:
        while True:
            async with asyncio.timeout(wait_seconds):
                message = await arrived.get()
            await message.ack()
            last = message if message.user_id == user else last
            wait_seconds = SILENCE_SECONDS
    except TimeoutError:
        await queue.cancel(tag, timeout=DECLARE_TIMEOUT_SECONDS)
    return None if last is None else msgspec.json.decode(last.body, type=PublishedLast)

"""One connection to the broker with one channel; opened and lost together, closed in bounded time.

Relay and subscription each own one and never repair it: after any fault they discard it and open
another. So this is a plain `aio_pika.connect`. A robust connection reopens its channel by itself
and sends waiting messages before the relay has read its position again, which would break order.

The hot paths use the `aiormq` channel below aio-pika's: it publishes many messages in one piece,
reports a consumer that the server cancels (aio-pika's iterator would hang for ever), and knows
whether the broker blocks its publishers.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self, cast

import aio_pika
import aiormq
from aio_pika.abc import AbstractChannel, AbstractConnection
from yarl import URL

HEARTBEAT_SECONDS = 5
"""A silent peer is dropped after 3 × (5 + 1) s; a cut connection is noticed at once. A
`?heartbeat=` in the URL overrides it."""

OPEN_TIMEOUT_SECONDS = 10.0
CLOSE_TIMEOUT_SECONDS = 3.0
"""aiormq itself ends what remains after this, when its heartbeat fails."""

_BLOCKED_PROBE_SECONDS = 0.01

LOST = (aiormq.AMQPError, OSError, TimeoutError, RuntimeError)
"""Raised by aio-pika and aiormq for a lost connection or channel. RuntimeError: a call after a loss
that they had noticed. `CancelledError` is one, too: see `connection_errors_as`."""


class BrokerConnection:
    """Connection and channel, owned by one task.

    channel: for declarations. underlay: aiormq's channel below it, for messages.
    """

    def __init__(
        self, connection: AbstractConnection, channel: AbstractChannel, underlay: aiormq.Channel
    ) -> None:
        self._connection = connection
        self.channel = channel
        self.underlay = underlay

    @classmethod
    async def open(cls, url: str, *, name: str, confirms: bool = False) -> Self:
        """Connect, and open the channel, with `confirms` for a publisher. The broker shows `name`.

        A cancellation closes what was opened.

        Raises:
            one of `LOST`, or CancelledError: call it within `connection_errors_as`.
        """
        query = {"heartbeat": str(HEARTBEAT_SECONDS), **URL(url).query, "name": name}
        async with asyncio.timeout(OPEN_TIMEOUT_SECONDS):
            connection = await aio_pika.connect(URL(url).with_query(query))
            try:
                channel = connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
                await channel.initialize()
                underlay = cast(aiormq.Channel, await channel.get_underlay_channel())
            except BaseException:
                await _close(connection)
                raise
        return cls(connection, channel, underlay)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def is_blocked(self) -> bool:
        """Whether the broker blocks its publishers because of a memory or disk alarm.

        Publishes only wait then; aio-pika reports nothing.
        """
        try:
            async with asyncio.timeout(_BLOCKED_PROBE_SECONDS):
                await self.underlay.connection.ready()
        except TimeoutError:
            return True
        return False

    async def close(self) -> None:
        """Close channel and connection, which returns unacknowledged messages in order."""
        await _close(self._connection)


def user_of(url: str) -> str:
    """Who logs in with this URL."""
    return URL(url).user or "guest"


@contextmanager
def connection_errors_as(kind: type[Exception], what: str) -> Iterator[None]:
    """Translate every error of a lost connection in this block into one error of that kind.

    When a heartbeat fails, aiormq cancels its pending calls, so the error *is* a CancelledError; a
    session loop would mistake it for its own cancellation and stop for ever. It is passed on only
    if this task is being cancelled. Conversely, aiormq swallows a cancellation that arrives while
    it closes: it is raised again here, or the task would go on.
    """
    try:
        yield
        if is_task_cancelled():
            raise asyncio.CancelledError
    except (*LOST, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and is_task_cancelled():
            raise
        raise kind(f"{what}: {describe_loss(error)}") from error


def is_task_cancelled() -> bool:
    """Whether a CancelledError, just caught, cancels this task; else a peer is dead."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def describe_loss(error: BaseException | None) -> str:
    """The reason for a lost connection or channel, in words."""
    if isinstance(error, asyncio.CancelledError):
        return "the broker fell silent"
    return "the broker closed it" if error is None else repr(error)


async def _close(connection: AbstractConnection) -> None:
    """Close it in any state. Its errors don't matter: the session is over."""
    with suppress(_Closed), connection_errors_as(_Closed, "closed"):
        async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
            await connection.close()


class _Closed(Exception):
    """The connection was lost before it was closed."""

"""One connection to the broker with one channel: opened whole, lost whole, closed in bounded time.

Relay and subscription each own one and never mend it: after any fault they throw it away and open
another. That is why it is a plain `aio_pika.connect`. A robust one reopens its channel by itself
and sends what was waiting, before the relay has read its place again: order would break.

The hot paths use the `aiormq` channel below aio-pika's: it publishes many messages in one piece,
tells when the server cancels a consumer (aio-pika's iterator would hang for ever), and knows
whether the broker holds back its publishers.
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
"""A silent peer is given up after 3 × (5 + 1) s; a cut connection is noticed at once. Another
`?heartbeat=` in the URL holds."""

OPEN_TIMEOUT_SECONDS = 10.0
CLOSE_TIMEOUT_SECONDS = 3.0
"""What aiormq leaves behind after this it ends itself, when its heartbeat fails."""

_BLOCKED_PROBE_SECONDS = 0.01

LOST = (aiormq.AMQPError, OSError, TimeoutError, RuntimeError)
"""What aio-pika and aiormq raise when connection or channel are gone. RuntimeError: used after a
loss that they had noticed themselves. And `CancelledError`: see `connection_errors_as`."""


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
        """Connect, and open the channel: `confirms` for a publisher. `name` is shown by the broker.

        A cancellation closes what was opened.

        Raises:
            one of `LOST`, or CancelledError: to be called within `connection_errors_as`.
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

    async def is_blocked(self) -> bool:
        """Whether the broker holds back its publishers: its memory or disk alarm.

        Publishes only wait then; neither aio-pika nor an error tells.
        """
        try:
            async with asyncio.timeout(_BLOCKED_PROBE_SECONDS):
                await self.underlay.connection.ready()
        except TimeoutError:
            return True
        return False

    async def close(self) -> None:
        """Close the channel, which gives unacknowledged messages back in order, and all of it."""
        await _close(self._connection)


@contextmanager
def connection_errors_as(kind: type[Exception], what: str) -> Iterator[None]:
    """Whatever tells of a lost connection in this block becomes one error of that kind.

    When a heartbeat fails, aiormq cancels what is pending, and the error that arrives *is* a
    CancelledError: a session loop would take it for its own shutdown and stop for ever. It is our
    own end only if this task is being cancelled, and then it passes. The other way round, aiormq
    swallows a cancellation that meets it closing: it is made good here, or its task would go on.
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
    """Whether a CancelledError, just caught, means this task and no dead peer."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def describe_loss(error: BaseException | None) -> str:
    """Why a connection or channel is gone, in words."""
    if isinstance(error, asyncio.CancelledError):
        return "the broker fell silent"
    return "the broker closed it" if error is None else repr(error)


async def _close(connection: AbstractConnection) -> None:
    """Whatever state it is in. Its errors are of no interest: the session is over."""
    with suppress(_Closed), connection_errors_as(_Closed, "closed"):
        async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
            await connection.close()


class _Closed(Exception):
    """It was gone before it was closed."""

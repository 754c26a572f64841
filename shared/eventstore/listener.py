"""Notice that the log has grown: LISTEN, with a heartbeat that is also the polling fallback.

The connection is of its own: a pooled one may die quietly or be lent to somebody else. Every
`HEARTBEAT_SECONDS` it is asked for the head, which finds a dead connection and, where
notifications never come, everything else; so nobody waits for longer than that in vain.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

from shared.eventstore.database import LOST, Connection
from shared.eventstore.errors import LogUnavailable

CHANNEL = "stored_events"
HEAD_POSITION = "select coalesce(max(notification_id), 0) from stored_events"

HEARTBEAT_SECONDS = 2.0
ANSWER_SECONDS = 2.0
RECONNECT_SECONDS = 0.25

logger = logging.getLogger(__name__)


class Listener:
    """Knows the highest position heard of, and wakes those who wait to hear of a higher one."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._position = 0
        self._moved = asyncio.Event()

    async def wait_beyond(self, position: int, timeout_seconds: float) -> bool:
        """Whether the log grew beyond `position` in time. Cancelling it loses nothing.

        True is a hint, as good as the last notification: read, and wait again if nothing came.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                while self._position <= position:
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made again."""
        while True:
            try:
                await self._listen()
            except (*LOST, asyncpg.PostgresError, LogUnavailable) as error:
                logger.warning("not listening to the event log: %s", type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        """Until the connection is lost."""
        connection = await self._connect()
        try:
            closed = asyncio.Event()
            connection.add_termination_listener(lambda _: closed.set())
            await connection.add_listener(CHANNEL, self._heard)
            # After LISTEN, so that nothing falls between. And as it is, not the highest ever: a
            # restore may have put the log back.
            self._position = 0
            while not closed.is_set():
                async with asyncio.timeout(ANSWER_SECONDS):
                    self._rise_to(await connection.fetchval(HEAD_POSITION))
                with suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await closed.wait()
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        """Called by asyncpg. Anybody may notify, so the payload is taken for what it is."""
        if isinstance(payload, str) and payload.isascii() and payload.isdigit():
            self._rise_to(int(payload))

    def _rise_to(self, position: int) -> None:
        if position > self._position:
            self._position = position
            self._moved, moved = asyncio.Event(), self._moved
            moved.set()

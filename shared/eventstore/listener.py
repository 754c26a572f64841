"""Notifications of new events: LISTEN, with a heartbeat that is also the polling fallback.

It has its own connection: a pooled one may be lost unnoticed, or lent to another task. Every
`HEARTBEAT_SECONDS` it reads the head, which detects a dead connection and covers notifications
that never come; so a new event is noticed after that time at the latest.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared.eventstore.errors import LogUnavailable
from shared.postgres.connection import Connection
from shared.postgres.errors import CANT_CONNECT

CHANNEL = "stored_events"
HEAD_POSITION = "select coalesce(max(notification_id), 0) from stored_events"

HEARTBEAT_SECONDS = 2.0
RECONNECT_SECONDS = 0.25

Connect = Callable[[str, Callable[..., None]], Awaitable[Connection]]
"""Connects and listens to a channel, with what is called at each notification."""

logger = logging.getLogger(__name__)


class Listener:
    """Knows the highest notified position, and wakes the tasks that wait for a higher one."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._position = 0
        self._moved = asyncio.Event()

    async def wait_beyond(self, position: int, timeout_seconds: float) -> bool:
        """Whether the log grew beyond `position` in time. A cancellation loses nothing.

        True is a hint: read, and wait again if there is no new event.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                while self._position <= position:
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Listen until cancelled; reconnect after a loss."""
        while True:
            try:
                await self._listen()
            except (*CANT_CONNECT, LogUnavailable) as error:
                logger.warning("not listening to the event log: %s", type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        """Listen until the connection is lost."""
        connection = await self._connect(CHANNEL, self._heard)
        try:
            closed = asyncio.Event()
            connection.add_termination_listener(lambda _: closed.set())
            # After LISTEN, so that no event is missed. The present head, not the highest ever: a
            # restore may have moved it back.
            self._position = 0
            while not closed.is_set():
                self._rise_to(await connection.fetchval(HEAD_POSITION))
                with suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await closed.wait()
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        """Called by asyncpg. Any session may notify, so other payloads are ignored."""
        if isinstance(payload, str) and payload.isascii() and payload.isdigit():
            self._rise_to(int(payload))

    def _rise_to(self, position: int) -> None:
        if position > self._position:
            self._position = position
            self._moved, moved = asyncio.Event(), self._moved
            moved.set()

"""Connections to one database, lent for a moment each.

asyncpg's own pool waits for a connection that is given back, without a bound on a silent network,
and lends one that died since it was last used. This one waits for nothing when a connection comes
back: it is kept if it stands as it was lent, else terminated. One that has rested is asked for a
sign of life before it is lent; if that doesn't come, all that rest are given up with it, since they
go the same way. So new connections are tried as soon as the old ones are found silent.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType, TracebackType
from typing import Self

from shared.postgres.connection import (
    CLOSE_SECONDS,
    BoundedConnection,
    Connection,
    First,
    connect,
)
from shared.postgres.errors import CANT_READ, LOST, DatabaseUnavailable, as_unavailable

LEND_SECONDS = 5.0  # for a free connection, a sign of life, or a new connection
ANSWER_SECONDS = 10.0
TRUSTED_SECONDS = 0.25  # under load nobody pays for the sign of life
SIGN_OF_LIFE_SECONDS = 1.0


class Pool:
    """At most `size_max` connections. Open, it is safe for any number of tasks of one event loop.

    Its connections are given back as they were: without a transaction, a lock, or a setting.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        size_max: int,
        answer_seconds: float = ANSWER_SECONDS,
        settings: Mapping[str, str] = MappingProxyType({}),
        first: First | None = None,
    ) -> None:
        """All but `size_max`: see `connect`."""
        self._url = url
        self._name = name
        self._size_max = size_max
        self._answer_seconds = answer_seconds
        self._settings = settings
        self._first = first
        self._places = asyncio.Semaphore(size_max)
        self._resting: list[BoundedConnection] = []
        self._lent_at: dict[BoundedConnection, float] = {}

    async def __aenter__(self) -> Self:
        """Raises NotDirect, DatabaseUnavailable."""
        async with self.acquire():
            return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait shortly for the calls under way, then end them."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                for _ in range(self._size_max):
                    await self._places.acquire()
        for lent in list(self._lent_at):
            lent.terminate()
        await asyncio.gather(*(resting.close() for resting in self._resting))
        self._resting.clear()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """Lend a connection.

        Raises DatabaseUnavailable when there is none within `LEND_SECONDS`, and for what the
        connection raises in the block if it says that the database is away or overloaded.
        """
        with as_unavailable(CANT_READ):
            connection = await self._lend()
            try:
                yield connection
            except TimeoutError:
                connection.terminate()
                self._give_up_resting()
                raise
            except (asyncio.CancelledError, GeneratorExit):
                # It may stand between two messages of a call, where asyncpg takes it for idle.
                connection.terminate()
                raise
            finally:
                self._take_back(connection)

    @property
    def lent_seconds(self) -> float:
        """For how long the one that was lent first is away: an answer may be overdue."""
        return max((time.monotonic() - at for at in self._lent_at.values()), default=0.0)

    async def _lend(self) -> BoundedConnection:
        try:
            async with asyncio.timeout(LEND_SECONDS):
                await self._places.acquire()
                try:
                    connection = await self._rested() or await self._connect()
                except BaseException:
                    self._places.release()
                    raise
        except TimeoutError as error:
            raise DatabaseUnavailable(f"no connection within {LEND_SECONDS:g} s") from error
        self._lent_at[connection] = time.monotonic()
        return connection

    async def _connect(self) -> BoundedConnection:
        return await connect(
            self._url,
            name=self._name,
            answer_seconds=self._answer_seconds,
            settings=self._settings,
            first=self._first,
        )

    async def _rested(self) -> BoundedConnection | None:
        """The one that was used last and lives."""
        while self._resting:
            connection = self._resting.pop()
            if await self._lives(connection):
                return connection
            connection.terminate()
        return None

    async def _lives(self, connection: BoundedConnection) -> bool:
        if connection.is_closed():
            return False
        if time.monotonic() - connection.rested_at < TRUSTED_SECONDS:
            return True
        try:
            await connection.execute("select", timeout=SIGN_OF_LIFE_SECONDS)
        except TimeoutError:
            self._give_up_resting()
            return False
        except LOST:
            return False
        return True

    def _give_up_resting(self) -> None:
        for connection in self._resting:
            connection.terminate()
        self._resting.clear()

    def _take_back(self, connection: BoundedConnection) -> None:
        del self._lent_at[connection]
        if connection.is_closed() or connection.is_given_up or connection.is_in_transaction():
            connection.terminate()
        else:
            connection.rested_at = time.monotonic()
            self._resting.append(connection)
        self._places.release()

"""The client's side of a connection to PostgreSQL, and the network between.

It stands in the place of `asyncpg.connect`, so everything above it is the product's: pools and
their signs of life, deadlines, what ends a connection, what counts as lost. A statement travels, is
executed, and its answer travels back; on either way the connection can be cut, fall silent, or be
slow. What was under way when a connection was cut may still arrive: a zombie's commit.

Kept honest by `tests/integration/shared/postgres/`, which cuts and silences real connections.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

import asyncpg

from tests.simulation.loop import PROCESS, SimulatedLoop
from tests.simulation.postgres.database import Answer, Database, Session


class SimulatedConnection:
    """As much of an `asyncpg.Connection` as the product uses, and of `BoundedConnection`."""

    is_given_up = False
    rested_at = 0.0

    def __init__(self, network: "Network", session: Session, answer_seconds: float) -> None:
        self.network = network
        self.session = session
        self.is_silent = False
        self.owner = PROCESS.get()
        self._answer_seconds = answer_seconds
        self._waiting: asyncio.Future[Answer] | None = None
        self._is_closed = False
        self._heard_end: list[Callable[[object], None]] = []
        self._heard: list[Callable[..., None]] = []
        self._transaction: SimulatedTransaction | None = None
        self._transport = self  # its socket is asked for, to set options

    # What the product calls.

    async def fetch(self, query: str, *args: object, timeout: float | None = None) -> Any:
        return await self.call(query, args, timeout)

    async def fetchrow(self, query: str, *args: object) -> Any:
        rows = await self.call(query, args)
        return rows[0] if rows else None

    async def fetchval(self, query: str, *args: object) -> Any:
        rows = await self.call(query, args)
        return next(iter(rows[0])) if rows else None

    async def execute(self, query: str, *args: object, timeout: float | None = None) -> Any:
        return await self.call(query, args, timeout)

    async def executemany(self, query: str, rows: Sequence[Sequence[object]]) -> None:
        for row in rows:
            await self.call(query, row)

    def transaction(self, **options: Any) -> "SimulatedTransaction":
        return SimulatedTransaction(self, options)

    def is_closed(self) -> bool:
        return self._is_closed

    def is_in_transaction(self) -> bool:
        return self.session.transaction is not None

    def get_server_pid(self) -> int:
        return self.session.pid

    def get_extra_info(self, _name: str) -> None:
        """No socket."""

    def add_termination_listener(self, heard: Callable[[object], None]) -> None:
        self._heard_end.append(heard)

    async def add_listener(self, _channel: str, heard: Callable[..., None]) -> None:
        self._heard.append(heard)
        await self.call("listen", ())
        self.session.hears = self._notified

    def terminate(self) -> None:
        if not self._is_closed:
            self.lose(asyncpg.InterfaceError("the connection is closed"))

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ARG002
        self.terminate()

    # What happens on the way.

    async def call(self, query: str, args: Sequence[object], timeout: float | None = None) -> Any:
        """Send a statement and wait for its answer, as long as asyncpg does."""
        if self._is_closed:
            raise asyncpg.InterfaceError("connection is closed")
        loop = asyncio.get_running_loop()
        self._waiting = waiting = loop.create_future()
        self.network.send(self, query, args, waiting)
        deadline = loop.call_later(timeout or self._answer_seconds, self._expire, waiting)
        try:
            return await waiting
        except (asyncio.CancelledError, TimeoutError):
            self._give_up()
            raise
        finally:
            deadline.cancel()
            self._waiting = None

    def answer(self, waiting: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
        """The answer has arrived."""
        if self.is_silent or self._is_closed or waiting.done():
            return
        if isinstance(answer, Exception):
            waiting.set_exception(answer)
        else:
            waiting.set_result(answer)

    def lose(self, error: Exception) -> None:
        """The connection ends on this side; the server notices a moment later."""
        if self._is_closed:
            return
        self._is_closed = True
        self.network.forget(self)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)
        for heard in self._heard_end:
            heard(self)

    def _notified(self, payload: str) -> None:
        if not (self.is_silent or self._is_closed):
            for heard in self._heard:
                heard(self, self.session.pid, "stored_events", payload)

    def _expire(self, waiting: "asyncio.Future[Answer]") -> None:
        if not waiting.done():
            waiting.set_exception(TimeoutError())

    def _give_up(self) -> None:
        self.is_given_up = True
        asyncio.get_running_loop().call_soon(self.terminate)


class SimulatedTransaction:
    """A transaction, or a savepoint in one; what happens to it is the session's business."""

    def __init__(self, connection: SimulatedConnection, options: dict[str, Any]) -> None:
        self._connection = connection
        self._is_snapshot = options.get("isolation") == "repeatable_read"
        self._savepoint: object = None

    async def __aenter__(self) -> None:
        if self._connection.is_closed():
            raise asyncpg.InterfaceError("connection is closed")
        session = self._connection.session
        if session.transaction is None:
            session.begin(is_snapshot=self._is_snapshot)
        else:
            self._savepoint = session.savepoint()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection.is_closed():
            if kind is None:
                raise asyncpg.InterfaceError("connection is closed")
        elif self._savepoint is not None:
            if kind is not None:
                self._connection.session.back_to(self._savepoint)
        elif kind is None:
            await self._connection.call("commit", ())
        elif isinstance(error, Exception) and not self._connection.is_given_up:
            await self._connection.call("rollback", ())


class Network:
    """All connections to databases. Its latencies are the schedule."""

    def __init__(
        self, loop: SimulatedLoop, latency: Callable[[], float], rng: random.Random
    ) -> None:
        self.databases: dict[str, Database] = {}
        self.connections: dict[SimulatedConnection, None] = {}
        self.is_silent_to_new = False
        self._loop = loop
        self._latency = latency
        self._chance = rng.random

    async def connect(
        self,
        url: str,
        *,
        command_timeout: float,
        server_settings: dict[str, str],
        **_options: object,
    ) -> SimulatedConnection:
        """In the place of `asyncpg.connect`."""
        await asyncio.sleep(self._latency())
        if self.is_silent_to_new:
            await asyncio.sleep(3_600)
        process = PROCESS.get()
        database = self.databases[url]
        if not database.is_up or not getattr(process, "is_alive", True):
            raise ConnectionRefusedError(url)
        connection = SimulatedConnection(self, database.open(server_settings), command_timeout)
        self.connections[connection] = None
        connection.session.on_end = lambda: self._loop.at(
            self._latency(), connection.lose, asyncpg.ConnectionDoesNotExistError("server's end")
        )
        return connection

    def send(
        self,
        connection: SimulatedConnection,
        query: str,
        args: Sequence[object],
        waiting: "asyncio.Future[Answer]",
    ) -> None:
        """A statement sets out. From a silent connection every second one still arrives."""
        if connection.is_silent and self._chance() < 0.5:
            return

        def arrived() -> None:
            connection.session.execute(query, args, answer)

        def answer(found: Answer | Exception) -> None:
            self._loop.at(self._latency(), connection.answer, waiting, found)

        self._loop.at(self._latency(), arrived)

    def cut(self, connection: SimulatedConnection) -> None:
        """The client sees it at once; what is under way may still arrive."""
        connection.lose(asyncpg.ConnectionDoesNotExistError("cut"))

    def silence(self, connection: SimulatedConnection) -> None:
        """Half open: nobody hears the other; each side finds out by its own bounds."""
        connection.is_silent = True
        connection.session.expect_silence()

    def forget(self, connection: SimulatedConnection) -> None:
        """It has ended on the client's side."""
        self.connections.pop(connection, None)
        self._loop.at(self._latency() * 2, connection.session.end)

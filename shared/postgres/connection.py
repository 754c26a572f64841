"""One connection to PostgreSQL, and the bounds on everything that it waits for.

A network may fall silent: a peer that lost its power, a firewall that forgot a connection, a
server that accepts and says nothing. No error comes then, so each wait has its bound:

- To connect, the first statements included, takes `CONNECT_SECONDS` at most.
- An answer takes `answer_seconds` at most. The server ends a statement a moment before
  (`statement_timeout`), so that a slow one is told from a silent network.
- What isn't answered in time, or is cancelled, ends its connection at once. By itself asyncpg would
  send a cancel request over the same network, and wait for it.
- Bytes that nobody acknowledges end the connection on either side, and keepalives find out about
  one that nobody uses.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from asyncpg.transaction import Transaction

from shared.postgres.errors import CANT_CONNECT, LOST, NotDirect, as_unavailable, in_one_line

# Text, because this class is generic only in the stubs.
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
First = Callable[[Connection], Awaitable[object]]

CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 3.0
BEGIN_SECONDS = 2.0  # a transaction begins at once, or its connection is dead
STATEMENT_SHARE = 0.8  # of the time for an answer: then the server ends the statement itself
UNACKNOWLEDGED_MILLISECONDS = 5_000
CLIENT_CHECK_MILLISECONDS = 200  # a session without its client must not go on, nor commit late
KEEPALIVE_IDLE_SECONDS, KEEPALIVE_INTERVAL_SECONDS, KEEPALIVES_MAX = 5, 2, 2

NETWORK_SETTINGS = {
    "client_connection_check_interval": f"{CLIENT_CHECK_MILLISECONDS}ms",
    "tcp_user_timeout": f"{UNACKNOWLEDGED_MILLISECONDS}ms",
    "tcp_keepalives_idle": f"{KEEPALIVE_IDLE_SECONDS}s",
    "tcp_keepalives_interval": f"{KEEPALIVE_INTERVAL_SECONDS}s",
    "tcp_keepalives_count": f"{KEEPALIVES_MAX}",
}
_SESSION = """
    select pg_backend_pid() as pid, current_setting('statement_timeout') as statement_timeout
"""


class BoundedConnection(asyncpg.Connection):
    """Ends when a call is cancelled or not answered in time. `rested_at`: see `pool.py`."""

    is_given_up = False
    rested_at = 0.0

    def _cancel_current_command(self, *_waiters: object) -> None:
        """Called by asyncpg, which has yet to note the cancellation: terminate after that."""
        self.is_given_up = True
        asyncio.get_running_loop().call_soon(self.terminate)

    def transaction(self, **options: Any) -> "BoundedTransaction":
        return BoundedTransaction(
            self,
            options.get("isolation"),
            options.get("readonly", False),
            options.get("deferrable", False),
        )

    async def close(self, *, timeout: float | None = None) -> None:
        """Say goodbye, and don't wait for long if nobody hears it."""
        try:
            await super().close(timeout=CLOSE_SECONDS if timeout is None else timeout)
        except LOST:
            self.terminate()


class BoundedTransaction(Transaction):
    """Begins within `BEGIN_SECONDS`, so a connection that is silent from the first is found soon.

    If its connection ends, what ended it is raised, and not that nothing can be rolled back: else a
    cancellation would turn into another error on its way, and its task would go on.
    """

    async def __aenter__(self) -> None:
        async with asyncio.timeout(BEGIN_SECONDS):
            await super().__aenter__()

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        try:
            await super().__aexit__(kind, error, trace)
        except LOST:
            if kind is None:
                raise


async def connect(
    url: str,
    *,
    name: str,
    answer_seconds: float,
    settings: Mapping[str, str] = MappingProxyType({}),
    first: First | None = None,
) -> BoundedConnection:
    """A connection that shows as `name` in pg_stat_activity.

    `settings` hold for its session. `first` runs its first statements, within the same deadline.
    Raises NotDirect, DatabaseUnavailable.
    """
    given = {**_settings(name, answer_seconds), **settings}
    with as_unavailable(CANT_CONNECT):
        *others, last = hosts = _hosts(url)
        seconds = CONNECT_SECONDS / len(hosts)
        for host in others:
            with suppress(*CANT_CONNECT):
                return await _opened(host, seconds, answer_seconds, given, first)
        return await _opened(last, seconds, answer_seconds, given, first)


@asynccontextmanager
async def connected(url: str, *, name: str, answer_seconds: float) -> AsyncIterator[Connection]:
    """A connection for a few statements. Raises NotDirect, DatabaseUnavailable when connecting."""
    connection = await connect(url, name=name, answer_seconds=answer_seconds)
    try:
        yield connection
    finally:
        await connection.close()


async def listen(
    url: str, *, name: str, answer_seconds: float, channel: str, heard: Callable[..., None]
) -> Connection:
    """A connection that calls `heard` at each notification. Raises NotDirect, DatabaseUnavailable.

    asyncpg calls it as `heard(connection, pid, channel, payload)`; any session may notify.
    """

    async def listening(connection: Connection) -> None:
        await connection.add_listener(channel, heard)

    return await connect(url, name=name, answer_seconds=answer_seconds, first=listening)


async def _opened(
    url: str,
    seconds: float,
    answer_seconds: float,
    settings: dict[str, str],
    first: First | None,
) -> BoundedConnection:
    async with asyncio.timeout(seconds):
        connection = await _connect(url, answer_seconds, settings)
        try:
            _bound_silence(connection)
            await _refuse_poolers(connection)
            if first is not None:
                await first(connection)
        except BaseException:
            connection.terminate()
            raise
    return connection


async def _connect(url: str, answer_seconds: float, settings: dict[str, str]) -> BoundedConnection:
    try:
        connection: BoundedConnection = await asyncpg.connect(
            url,
            connection_class=BoundedConnection,
            command_timeout=answer_seconds,
            server_settings=settings,
        )
    except asyncpg.PostgresError as error:
        if "startup parameter" in str(error):  # pgbouncer lets few settings through
            raise NotDirect(in_one_line(error)) from error
        raise
    return connection


def _hosts(url: str) -> list[str]:
    """A URL for each host: one that says nothing must leave the next one its time."""
    parts = urlsplit(url)
    credentials, at, hosts = parts.netloc.rpartition("@")
    return [
        urlunsplit(parts._replace(netloc=f"{credentials}{at}{host}")) for host in hosts.split(",")
    ]


def _settings(name: str, answer_seconds: float) -> dict[str, str]:
    milliseconds = round(answer_seconds * STATEMENT_SHARE * 1_000)
    return {
        "application_name": name,
        "statement_timeout": f"{milliseconds}ms",
        **NETWORK_SETTINGS,
    }


async def _refuse_poolers(connection: Connection) -> None:
    """A pooler invents process numbers, or drops the settings of the session."""
    row = await connection.fetchrow(_SESSION)
    assert row is not None, "one row, whatever the session is"
    if row["pid"] != connection.get_server_pid() or row["statement_timeout"] == "0":
        raise NotDirect("the session's settings and process are another's")


def _bound_silence(connection: Connection) -> None:
    """The client's side of `NETWORK_SETTINGS`; asyncpg has none (a private attribute).

    Without these socket options, the time for an answer still bounds the wait.
    """
    raw = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    if raw is None or raw.family not in (socket.AF_INET, socket.AF_INET6):
        return
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_USER_TIMEOUT", UNACKNOWLEDGED_MILLISECONDS),
        ("TCP_KEEPIDLE", KEEPALIVE_IDLE_SECONDS),
        ("TCP_KEEPINTVL", KEEPALIVE_INTERVAL_SECONDS),
        ("TCP_KEEPCNT", KEEPALIVES_MAX),
    ):
        if hasattr(socket, option):
            raw.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)

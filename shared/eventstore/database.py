"""Connections to PostgreSQL, their timeouts, and the classes of their errors."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeAlias

import asyncpg

from shared.eventstore.errors import LogUnavailable

# Text, because these classes are generic only in the stubs.
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
PooledConnection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
AnyConnection: TypeAlias = "Connection | PooledConnection"

CONNECT_SECONDS = 5
READ_SECONDS = 10  # a page of the log, or a case's history
READ_CONNECTIONS_MAX = 8
CLOSE_SECONDS = 3

# A batch takes milliseconds. The statement's timeout contains the wait for the lock.
LOCK_SECONDS = 3
STATEMENT_SECONDS = 5
ANSWER_SECONDS = STATEMENT_SECONDS + 2  # past it the network is dead, not the database slow
IDLE_IN_TRANSACTION_SECONDS = 5

# A session without its client must neither keep the lock nor commit late: the server checks for
# its client at the first interval, and drops unacknowledged bytes after the second.
CLIENT_CHECK_MILLISECONDS = 200
UNACKNOWLEDGED_MILLISECONDS = 5_000

WRITER_SETTINGS = {
    "default_transaction_isolation": "read committed",  # see append_events_v1
    "lock_timeout": f"{LOCK_SECONDS}s",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
    "client_connection_check_interval": f"{CLIENT_CHECK_MILLISECONDS}ms",
    "tcp_user_timeout": f"{UNACKNOWLEDGED_MILLISECONDS}ms",
}

LOST = (
    OSError,  # TimeoutError too
    asyncpg.InterfaceError,
    # "cannot switch to state …": asyncpg, when called between the server's FATAL message and the
    # end of the socket. It derives from Exception alone.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, crashed, dropped, idle for too long
    asyncpg.ReadOnlySQLTransactionError,  # a failover has made a replica of it
)
"""The connection is lost, and its last call may have been committed.

An error may be in `POSTPONED`, too, which is more specific: check that first.
"""

POSTPONED = (
    asyncpg.QueryCanceledError,  # statement_timeout
    asyncpg.LockNotAvailableError,  # lock_timeout
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.InsufficientResourcesError,  # disk or memory full, too many connections
)
"""The call was rolled back for a reason outside its commands."""

CANT_CONNECT = (*LOST, asyncpg.PostgresError, ValueError)
"""A wrong URL or password, no such database, no server."""

CANT_READ = (*LOST, *POSTPONED, asyncpg.SyntaxOrAccessError)
"""The database is unavailable or overloaded, or its schema is not that of this release."""


async def connect_writer(database_url: str, *, name: str) -> Connection:
    """The connection that appends, with `WRITER_SETTINGS` in force. Raises LogUnavailable."""
    connection = await _connect(database_url, f"{name} writer", WRITER_SETTINGS)
    with _or_unavailable():
        in_force = await connection.fetchval("show lock_timeout")
    if in_force != WRITER_SETTINGS["lock_timeout"]:
        connection.terminate()
        raise LogUnavailable(
            "the event log is behind a connection pooler, which loses the settings of its sessions:"
            " give it a URL of PostgreSQL itself"
        )
    return connection


async def connect_listener(database_url: str, *, name: str) -> Connection:
    """The connection that listens. Raises LogUnavailable."""
    return await _connect(database_url, f"{name} listener", {})


async def _connect(database_url: str, name: str, settings: dict[str, str]) -> Connection:
    with _or_unavailable():
        connection: Connection = await asyncpg.connect(
            database_url,
            timeout=CONNECT_SECONDS,
            server_settings={"application_name": name, **settings},
        )
    _set_tcp_user_timeout(connection)
    return connection


async def open_pool(database_url: str, *, name: str) -> Pool:
    """For reads. Raises LogUnavailable."""
    with _or_unavailable():
        return await asyncpg.create_pool(
            database_url,
            min_size=1,
            max_size=READ_CONNECTIONS_MAX,
            timeout=CONNECT_SECONDS,
            reset=_nothing_to_reset,
            server_settings={"application_name": name},
        )


@asynccontextmanager
async def borrowed(pool: Pool) -> AsyncIterator[PooledConnection]:
    """A connection for one statement, within `READ_SECONDS`. Raises LogUnavailable.

    Single statements only: `_nothing_to_reset` relies on it.
    """
    with _or_unavailable(CANT_READ):
        async with asyncio.timeout(READ_SECONDS), pool.acquire() as connection:
            yield connection


async def close_pool(pool: Pool) -> None:
    """Wait shortly for the reads under way, then terminate them."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await pool.close()
    except TimeoutError:
        pool.terminate()


async def _nothing_to_reset(_connection: object) -> None:
    """By default asyncpg resets each returned connection, which costs a second round trip."""


def _set_tcp_user_timeout(connection: Connection) -> None:
    """The client's side of tcp_user_timeout; asyncpg has no setting for it (a private attribute).

    Without this socket option, `ANSWER_SECONDS` bounds the wait.
    """
    raw = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    is_tcp = raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6)
    if is_tcp and hasattr(socket, "TCP_USER_TIMEOUT"):
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLISECONDS)


@contextmanager
def _or_unavailable(errors: tuple[type[Exception], ...] = CANT_CONNECT) -> Iterator[None]:
    try:
        yield
    except errors as error:
        # The message of a timeout, for example, is empty.
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise LogUnavailable(f"the event log is not available: {reason}") from error

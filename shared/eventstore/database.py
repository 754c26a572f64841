"""The event log's connections to PostgreSQL: what differs from the usual, and the log's error."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from shared.eventstore.errors import LogUnavailable
from shared.postgres.connection import Connection, First, connect, listen
from shared.postgres.errors import DatabaseUnavailable
from shared.postgres.pool import Pool

READ_SECONDS = 5  # a page of the log, or a case's history: milliseconds
READ_CONNECTIONS_MAX = 8
LISTENER_SECONDS = 2

# A batch takes milliseconds. The statement's timeout contains the wait for the lock.
LOCK_SECONDS = 3
STATEMENT_SECONDS = 5
ANSWER_SECONDS = STATEMENT_SECONDS + 2  # past it the network is dead, not the database slow
IDLE_IN_TRANSACTION_SECONDS = 5

WRITER_SETTINGS = {
    "default_transaction_isolation": "read committed",  # see append_events_v2
    "lock_timeout": f"{LOCK_SECONDS}s",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
    "synchronous_commit": "on",  # an append that has returned is on disk
}


async def connect_writer(database_url: str, *, name: str, first: First) -> Connection:
    """The connection that appends, with `WRITER_SETTINGS` in force. Raises LogUnavailable."""
    with as_log_unavailable():
        return await connect(
            database_url,
            name=f"{name} writer",
            answer_seconds=ANSWER_SECONDS,
            settings=WRITER_SETTINGS,
            first=first,
        )


async def connect_listener(
    database_url: str, channel: str, heard: Callable[..., None], *, name: str
) -> Connection:
    """The connection that listens. Raises LogUnavailable."""
    with as_log_unavailable():
        return await listen(
            database_url,
            name=f"{name} listener",
            answer_seconds=LISTENER_SECONDS,
            channel=channel,
            heard=heard,
        )


def read_pool(database_url: str, *, name: str, first: First | None = None) -> Pool:
    """For reads. Opening it raises DatabaseUnavailable: see `as_log_unavailable`."""
    return Pool(
        database_url,
        name=name,
        size_max=READ_CONNECTIONS_MAX,
        answer_seconds=READ_SECONDS,
        first=first,
    )


@asynccontextmanager
async def borrowed(pool: Pool) -> AsyncIterator[Connection]:
    """A connection of an open pool. Raises LogUnavailable."""
    with as_log_unavailable():
        async with pool.acquire() as connection:
            yield connection


@contextmanager
def as_log_unavailable() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise LogUnavailable(f"the event log is not available: {error}") from error

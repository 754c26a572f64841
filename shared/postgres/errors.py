"""The errors of a connection, by what they say of its last call."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

LOST = (
    OSError,  # TimeoutError too
    asyncpg.InterfaceError,
    # "cannot switch to state …": asyncpg, when called between the server's FATAL message and the
    # end of the socket. It derives from Exception alone.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
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
"""A wrong URL or password, no such database, no server, no more connections."""

CANT_READ = (*LOST, *POSTPONED, asyncpg.SyntaxOrAccessError)
"""The database is unavailable or overloaded, or its schema is not that of this release."""


class DatabaseUnavailable(Exception):
    """The database can't be reached, or doesn't answer; the message is one line."""


class NotDirect(DatabaseUnavailable):
    """The URL leads through a connection pooler, which breaks what belongs to a session."""

    def __init__(self, seen: str) -> None:
        super().__init__(
            "a direct connection to PostgreSQL is needed: through a pooler (pgbouncer) session"
            " locks, LISTEN and a session's timeouts don't hold. Give a URL of the server itself"
            f" ({seen})"
        )


@contextmanager
def as_unavailable(errors: tuple[type[Exception], ...]) -> Iterator[None]:
    """These errors as `DatabaseUnavailable`."""
    try:
        yield
    except errors as error:
        raise DatabaseUnavailable(in_one_line(error)) from error


def in_one_line(error: BaseException) -> str:
    """Its message, or its name: that of a timeout, for example, is empty."""
    return str(error).partition("\n")[0] or type(error).__name__

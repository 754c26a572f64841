"""Who publishes: one relay a service, by a lock that lives and dies with one connection.

The lock, the reads of the log and the position share **one** direct connection to PostgreSQL. So
whoever loses the connection has lost all three at once, and needs no luck and no clock to know
it: the next statement fails.

Three guards, each for a case that the others miss:

1. *The session lock*: two relays never lead at once while their connections live. A follower
   polls `pg_try_advisory_lock`; waiting in `pg_advisory_lock` would show a `backend_xmin` and
   hold back vacuum in the whole database for as long as it stands by.
2. *The timeouts of the session*: a leader that freezes (SIGSTOP, a stopped virtual machine, a
   lost network) would keep the lock for ever, since its kernel still answers. PostgreSQL ends
   its session when no statement came for `idle_session_timeout`; a living leader beats every
   `HEARTBEAT_SECONDS`. Each of the five covers a state of the session that the others don't.
3. *The term*: each takeover raises it, and the position moves only `where term = mine`. It
   guards against code that would reconnect and go on, and makes a thawed leader's last update
   a no-op even if the lock's connection were to survive.

What a stale leader can still do is publish the window it had begun: a repeat, never a loss.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import asyncpg

from shared.eventstore.database import LOST, Connection
from shared.eventstore.reader import READ, recorded_from
from shared.eventstore.records import Recorded

T = TypeVar("T")

HEARTBEAT_SECONDS = 0.5
"""How often a leader says that it lives, and a follower asks for the lock."""

STATEMENT_TIMEOUT_SECONDS = 10.0
CONNECT_TIMEOUT_SECONDS = 5.0
CANCEL_TIMEOUT_SECONDS = 5.0

SESSION_SETTINGS = {
    "application_name": "janji relay",
    "idle_session_timeout": "2500",  # ms; five heartbeats: frozen or gone between statements
    "idle_in_transaction_session_timeout": "2000",  # ms; frozen inside a transaction
    "tcp_user_timeout": "2000",  # ms; frozen while a large result was being sent to it
    "client_connection_check_interval": "500",  # ms; killed while its query runs
    "statement_timeout": "8000",  # ms; less than our own, so that the server's word comes first
}

_LOCK = "select pg_try_advisory_lock(hashtextextended('janji relay', 0))"

_TAKE_OVER = """
update relay_position
set term = term + 1
returning term, position
"""

_STORE = """
update relay_position
set position = $1, moved_at = clock_timestamp()
where term = $2 and position < $1
"""

_PROGRESS = """
select
    p.term,
    p.position,
    coalesce((select max(notification_id) from stored_events), 0) as head,
    coalesce(extract(epoch from clock_timestamp() - next.recorded_at), 0)::float8 as lag_seconds
from relay_position p
left join stored_events next on next.notification_id = p.position + 1
"""


class NotDirect(Exception):
    """The database URL leads through a connection pooler, where a session lock means nothing."""


class LeadershipLost(Exception):
    """The connection that holds the lock is gone, or its session was ended. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class RelayProgress:
    """The relay's place as the database shows it. head, position: positions in the log.

    lag_seconds: the age of the oldest event that is not published yet, by the database's clock.
    """

    term: int
    position: int
    head: int
    lag_seconds: float


@dataclass(frozen=True, slots=True)
class Term:
    """A leader's number and where the one before left off."""

    number: int
    position: int


class Leadership:
    """One connection that may hold the lock. Used by one task; an async context manager.

    Every method raises `LeadershipLost` when the connection is gone. Cancellation at any point
    leaves nothing half done: each statement is a transaction of its own, and on the way out the
    connection is closed, which frees the lock.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._term: int | None = None

    @classmethod
    async def connect(cls, url: str) -> Self:
        """Open the one connection.

        Raises:
            NotDirect: a pooler stands between, as far as that can be seen.
            LeadershipLost: the database can't be reached, or lets nobody in.
        """
        try:
            connection = await asyncpg.connect(
                url,
                server_settings=SESSION_SETTINGS,
                timeout=CONNECT_TIMEOUT_SECONDS,
                command_timeout=STATEMENT_TIMEOUT_SECONDS,
            )
        except (*_CONNECTION_ERRORS, asyncpg.PostgresError) as error:
            if "startup parameter" in str(error):  # pgbouncer lets few settings through
                raise NotDirect(_not_direct(str(error))) from error
            raise LeadershipLost(f"no connection to the database: {error!r}") from error
        lead = cls(connection)
        try:
            await lead._refuse_poolers()
        except BaseException:
            connection.terminate()
            raise
        return lead

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Free the lock by ending the connection, at once: nobody waits for a dead server."""
        self._connection.terminate()

    async def try_lead(self) -> Term | None:
        """Take the lock if it is free, and begin a new term. None: another leads."""
        if not await self._or_lost(self._connection.fetchval(_LOCK)):
            return None
        row = await self._or_lost(self._connection.fetchrow(_TAKE_OVER))
        assert row is not None, "relay_position has lost its row"
        self._term = row["term"]
        return Term(row["term"], row["position"])

    async def progress(self) -> RelayProgress:
        """Where the relay and the log stand; a leader's heartbeat at the same time."""
        row = await self._or_lost(self._connection.fetchrow(_PROGRESS))
        assert row is not None, "relay_position has lost its row"
        return RelayProgress(row["term"], row["position"], row["head"], row["lag_seconds"])

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        """Up to `limit` events after a position, in order."""
        rows = await self._or_lost(self._connection.fetch(READ, after, limit))
        return [recorded_from(row) for row in rows]

    async def store(self, position: int) -> bool:
        """Move the position forward. False: it belongs to another term now; nothing was stored."""
        assert self._term is not None, "only a leader stores"
        status = await self._or_lost(self._connection.execute(_STORE, position, self._term))
        return status == "UPDATE 1"

    async def with_heartbeat(self, work: Awaitable[T]) -> T:
        """Await something slow while the session is kept alive and watched.

        The work is cancelled if the leadership is lost meanwhile, or the caller is cancelled.
        """
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=HEARTBEAT_SECONDS))[0]:
                await self.progress()
            return task.result()
        finally:
            task.cancel()
            await asyncio.wait({task}, timeout=CANCEL_TIMEOUT_SECONDS)

    async def _or_lost(self, statement: Awaitable[T]) -> T:
        try:
            return await statement
        except _CONNECTION_ERRORS as error:
            raise LeadershipLost(f"the relay's database session ended: {error!r}") from error

    async def _refuse_poolers(self) -> None:
        """A pooler hands out made-up process numbers, or swallows the settings of the session."""
        row = await self._or_lost(
            self._connection.fetchrow(
                "select pg_backend_pid() as pid, current_setting('idle_session_timeout') as timeout"
            )
        )
        assert row is not None
        if row["pid"] != self._connection.get_server_pid() or row["timeout"] != "2500ms":
            raise NotDirect(_not_direct("the session's settings and process are another's"))


_CONNECTION_ERRORS = (
    *LOST,
    TimeoutError,  # a server that doesn't answer is as good as gone
    asyncpg.OperatorInterventionError,  # ended by idle_session_timeout, statement_timeout, a person
    asyncpg.IdleInTransactionSessionTimeoutError,
)


def _not_direct(seen: str) -> str:
    return (
        "the relay needs a direct connection to PostgreSQL: through a pooler (pgbouncer) neither"
        " its session lock nor LISTEN works. Give it a URL of the server itself"
        f" ({seen})"
    )

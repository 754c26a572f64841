"""Leader election: one relay a service publishes, by a lock that one connection holds.

The lock, the reads of the log and the position share **one** direct connection to PostgreSQL. A
relay that loses the connection has therefore lost all three at once, and its next statement fails;
no clock is involved.

Three guards, each for a case that the others miss:

1. *The session lock*: two relays never lead at once while their connections live. A follower
   polls `pg_try_advisory_lock`; waiting in `pg_advisory_lock` would show a `backend_xmin` and
   hold back vacuum in the whole database as long as the follower waits.
2. *The timeouts of the session*: a leader that freezes (SIGSTOP, a stopped virtual machine, a
   lost network) would keep the lock for ever, since its kernel still answers. PostgreSQL ends
   its session after `idle_session_timeout` without a statement; a living leader sends a heartbeat
   every `HEARTBEAT_SECONDS`. Each of the five covers a state of the session that the others don't.
3. *The term*, a fencing token: each takeover raises it, and the position moves only `where term =
   mine`. It guards against code that would reconnect and go on, and makes the last update of a
   leader that thaws a no-op even if its connection were to survive.

A stale leader can still publish the window that it had begun: a repeat, never a loss.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar
from uuid import UUID

from shared.eventstore.epochs import settled_epoch
from shared.eventstore.reader import EPOCHS, READ
from shared.eventstore.records import Epoch, Recorded, recorded_from
from shared.postgres.connection import Connection, connect
from shared.postgres.errors import LOST, POSTPONED, DatabaseUnavailable, NotDirect

T = TypeVar("T")

HEARTBEAT_SECONDS = 0.5
"""The interval of a leader's heartbeats, and of a follower's attempts to take the lock."""

ANSWER_SECONDS = 5.0
CANCEL_TIMEOUT_SECONDS = 5.0

SESSION_SETTINGS = {
    "idle_session_timeout": "2500",  # ms; five heartbeats: frozen or gone between statements
    "idle_in_transaction_session_timeout": "2000",  # ms; frozen inside a transaction
    "tcp_user_timeout": "2000",  # ms; frozen while a large result was being sent to it
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


class LeadershipLost(Exception):
    """The connection that holds the lock was lost, or its session ended. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class RelayProgress:
    """The relay's term and position, and the log's head, as the database has them.

    lag_seconds: the age of the oldest unpublished event, by the database's clock.
    """

    term: int
    position: int
    head: int
    lag_seconds: float


@dataclass(frozen=True, slots=True)
class LogSlice:
    """Events in order, and the newest epoch of the log that they were read from; None: no event."""

    recorded: Sequence[Recorded]
    epoch: UUID | None


@dataclass(frozen=True, slots=True)
class Term:
    """A leader's number, and the position that its predecessor stored."""

    number: int
    position: int


class Leadership:
    """One connection that may hold the lock. Used by one task; an async context manager.

    Every method raises `LeadershipLost` when the connection is lost. A cancellation leaves nothing
    half done: each statement is a transaction of its own, and the exit closes the connection, which
    frees the lock.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._term: int | None = None

    @classmethod
    async def connect(cls, url: str) -> Self:
        """Open the one connection.

        Raises:
            NotDirect: a pooler was detected.
            LeadershipLost: the database can't be reached, or refuses the login.
        """
        try:
            connection = await connect(
                url,
                name="janji relay",
                answer_seconds=ANSWER_SECONDS,
                settings=SESSION_SETTINGS,
                first=settled_epoch,
            )
        except NotDirect:
            raise
        except DatabaseUnavailable as error:
            raise LeadershipLost(f"no connection to the database: {error}") from error
        return cls(connection)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Free the lock by ending the connection at once, without waiting for a dead server."""
        self._connection.terminate()

    async def try_lead(self) -> Term | None:
        """Take the lock if it is free, and begin a new term. None: another relay leads."""
        if not await self._or_lost(self._connection.fetchval(_LOCK)):
            return None
        row = await self._or_lost(self._connection.fetchrow(_TAKE_OVER))
        assert row is not None, "relay_position has lost its row"
        self._term = row["term"]
        return Term(row["term"], row["position"])

    async def progress(self) -> RelayProgress:
        """Read the relay's position and the log's head; also a leader's heartbeat."""
        row = await self._or_lost(self._connection.fetchrow(_PROGRESS))
        assert row is not None, "relay_position has lost its row"
        return RelayProgress(row["term"], row["position"], row["head"], row["lag_seconds"])

    async def read(self, after: int, limit: int) -> LogSlice:
        """Up to `limit` events after a position, in order."""
        rows = await self._or_lost(self._connection.fetch(READ, after, limit))
        return LogSlice(
            [recorded_from(row) for row in rows], rows[0]["newest_epoch"] if rows else None
        )

    async def epochs(self) -> Sequence[Epoch]:
        """Oldest first."""
        rows = await self._or_lost(self._connection.fetch(EPOCHS))
        return [Epoch(row["id"], row["first_position"]) for row in rows]

    async def store(self, position: int) -> bool:
        """Move the position forward. False: another term owns it now; nothing was stored."""
        assert self._term is not None, "only a leader stores"
        status = await self._or_lost(self._connection.execute(_STORE, position, self._term))
        return status == "UPDATE 1"

    async def with_heartbeat(self, work: Awaitable[T]) -> T:
        """Await slow work while heartbeats keep the session alive.

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
        except (*LOST, *POSTPONED) as error:  # a server that doesn't answer counts as lost
            raise LeadershipLost(f"the relay's database session ended: {error!r}") from error

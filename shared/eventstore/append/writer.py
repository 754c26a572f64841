"""Group commit: all queued appends go to the database in one call, one transaction, one fsync.

While a call is under way, the next commands queue; so the load sets the size of a batch, without a
timer. One writer a process; several processes may write at once.

The errors of a call, and what follows each:

- **The answer is lost** (connection cut, server restarted): the same call again, with the same keys
  and versions. It waits for the lock, so for a commit that is still under way, and is then answered
  "replayed" or written. A read without the lock could miss that commit.
- **Rolled back** for an external reason (a timeout, a deadlock, a full disk): the same call again.
- **Refused** (any other error of the database): one command is at fault. The batch is halved until
  that command is alone and fails alone. Known faults are refused before queueing
  (`command_append.py`), so this is a safety net.
- **An unknown error**: a new connection and the same call again, a few times.

Retries end when no caller waits: every caller has a deadline (`log.py`).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from itertools import chain

import asyncpg

from shared.eventstore.append.command_append import Append, AppendOutcome
from shared.eventstore.append.pending import AppendQueue, PendingAppend
from shared.eventstore.errors import AppendFailed, LogClosed, LogUnavailable, OutcomeUnknown
from shared.postgres.connection import Connection
from shared.postgres.errors import LOST, POSTPONED

APPEND = """
    select outcome, originator_id, version, first_position, last_position, recorded_at
    from append_events_v2($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
APPEND_CLAIMING = """
    select outcome, originator_id, version, first_position, last_position, recorded_at
    from append_claiming_events_v2($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""

# A call costs about 0.4 ms and then 30 µs a command: past some hundred commands only latency
# grows. A megabyte takes a few ms to encode, which block the event loop.
BATCH_COMMANDS_MAX = 512
BATCH_BYTES_MAX = 1024 * 1024

PAUSE_SECONDS = 0.05
PAUSE_SECONDS_MAX = 1.0
UNKNOWN_ERRORS_MAX = 3

logger = logging.getLogger(__name__)


class Writer:
    """Owns the writing connection; only the task of `run` uses it."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        queue: AppendQueue,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._connect = connect
        self._now = now
        self._queue = queue
        self._connection: Connection | None = None
        self._batch: list[PendingAppend] = []

    async def open(self) -> None:
        """Connect before the first command. Raises LogUnavailable."""
        await self._connected()

    async def run(self) -> None:
        """Write until cancelled; no error of the database ends it.

        A cancellation during a call ends the connection (`shared/postgres/connection.py`: nobody
        asks the server to cancel the call), so the outcome of its commands is unknown; queued
        commands are certain not to be written. Each caller gets the matching error.
        """
        try:
            while True:
                await self._queue.filled()
                self._batch = self._queue.cut(
                    commands_max=BATCH_COMMANDS_MAX, bytes_max=BATCH_BYTES_MAX
                )
                await self._write(self._batch)
        finally:
            self.close()

    def close(self) -> None:
        """Fail every pending append with what is known of it, and accept no more."""
        for waiting in [*self._batch, *self._queue.close()]:
            if waiting.sent:
                waiting.fail(OutcomeUnknown("the event log was closed while this was written"))
            else:
                waiting.fail(LogClosed("the event log was closed before this was written"))
        self._drop_connection()

    async def _write(self, batch: list[PendingAppend]) -> None:
        """Retry until each append has its outcome, or no caller waits."""
        pause, unknown_errors = PAUSE_SECONDS, 0
        while batch := [waiting for waiting in batch if waiting.is_awaited]:
            try:
                outcomes = await self._call(batch)
            except POSTPONED as error:
                logger.warning("the event log's writer retries: %s", _named(error))
            except (*LOST, LogUnavailable) as error:
                self._drop_connection()
                logger.warning("the event log's writer reconnects: %s", _named(error))
            except asyncpg.PostgresError as error:
                await self._halve(batch, error)
                return
            except Exception as error:
                self._drop_connection()
                unknown_errors += 1
                logger.exception("an error unknown to the event log's writer")
                if unknown_errors == UNKNOWN_ERRORS_MAX:
                    self._fail_unknown(batch, error)
                    return
            else:
                for waiting, outcome in zip(batch, outcomes, strict=True):
                    waiting.answer(outcome)
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_SECONDS_MAX)

    async def _halve(self, batch: list[PendingAppend], error: asyncpg.PostgresError) -> None:
        if len(batch) > 1:
            middle = len(batch) // 2
            await self._write(batch[:middle])
            await self._write(batch[middle:])
            return
        failure = AppendFailed(f"the database refused the command: {type(error).__name__}")
        failure.__cause__ = error
        batch[0].fail(failure)

    def _fail_unknown(self, batch: list[PendingAppend], error: Exception) -> None:
        for waiting in batch:
            failure = OutcomeUnknown("the database could not be asked")
            failure.__cause__ = error
            waiting.fail(failure)

    async def _call(self, batch: list[PendingAppend]) -> list[AppendOutcome]:
        connection = await self._connected()
        now = self._now and self._now()
        query, arguments = call_of([waiting.append for waiting in batch], now)
        for waiting in batch:
            waiting.sent = True
        rows = await connection.fetch(query, *arguments)
        return [AppendOutcome(*row) for row in rows]

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def call_of(appends: list[Append], now: datetime | None = None) -> tuple[str, tuple[object, ...]]:
    """The call that writes the appends, and its arguments. Without claims it skips a look-up.

    now: what the caller's clock shows, which holds back a database's clock that runs ahead.
    """
    arguments = arguments_of(appends, now)
    claims = [append.claim for append in appends]
    if not any(claims):
        return APPEND, arguments
    names: list[object] = [None if claim is None else claim.name or "" for claim in claims]
    sharing: list[object] = [claim is not None and claim.shared for claim in claims]
    return APPEND_CLAIMING, (*arguments, names, sharing)


def arguments_of(appends: list[Append], now: datetime | None = None) -> tuple[object, ...]:
    """The arrays of append_events_v2, eight by command, two by event; and the caller's clock.

    Most batches make no key and erase nothing; an empty array is passed as null, which saves the
    database a statement.
    """
    return (
        [append.key.key for append in appends],
        [append.key.request_hash for append in appends],
        [append.originator_id for append in appends],
        [append.first_version for append in appends],
        [len(append.states) for append in appends],
        [append.trace for append in appends],
        _if_any([append.new_key for append in appends]),
        _if_any([append.erases for append in appends]),
        list(chain.from_iterable(append.topics for append in appends)),
        list(chain.from_iterable(append.states for append in appends)),
        now,
    )


def _if_any(values: Sequence[object]) -> list[object] | None:
    return list(values) if any(values) else None

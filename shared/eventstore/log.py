"""The event log of one service: load an aggregate, let it decide, append what it decided.

    case = await log.load(ServiceRequest, case_id(number))
    case.approve(…)
    appended = await log.append(case, key=key)

Positions are given in commit order and have no gaps: whoever has read up to N has read all that
will ever be up to N. What `append` has answered is on disk. From here the events go on to
`shared/messaging`, which reads the log in this order and publishes them.
"""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from functools import partial
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import asyncpg
from eventsourcing.domain import Aggregate, CanMutateAggregate

from shared.eventstore import database
from shared.eventstore.appends import Append, Outcome, append_of
from shared.eventstore.codec import Codec
from shared.eventstore.errors import (
    AggregateNotFound,
    KeyReused,
    LogBusy,
    OutcomeUnknown,
    VersionConflict,
)
from shared.eventstore.listener import Listener
from shared.eventstore.records import NO_HASH, Appended, CommandKey, Epoch, Head, Recorded
from shared.eventstore.sealing import WrappedKey
from shared.eventstore.waiting import RETRY_AFTER_SECONDS, Queue
from shared.eventstore.writer import Writer

A = TypeVar("A", bound=Aggregate)

QUEUE_COMMANDS_MAX = 2_000  # a tenth of a second's work at full load
QUEUE_BYTES_MAX = 32 * 1024 * 1024
APPEND_SECONDS = 10  # longer than a restart of PostgreSQL, shorter than a caller's patience

FORGET_AT_MOST = 5_000  # keys a call: some ten milliseconds
FORGET_EVERY_SECONDS = 3_600

HISTORY = """
    select e.notification_id, e.originator_id, e.originator_version, e.topic, e.state,
        e.recorded_at, e.hash, e.trace, k.wrapped_key
    from stored_events e
    left join sealing_keys k on k.originator_id = e.originator_id
    where e.originator_id = $1 and e.originator_version <= $2
    order by e.originator_version
"""
READ = """
    select notification_id, originator_id, originator_version, topic, state,
        recorded_at, hash, trace
    from stored_events
    where notification_id > $1
    order by notification_id
    limit $2
"""
HEAD = """
    select (select id from epochs order by number desc limit 1) as epoch,
        e.notification_id, e.hash, e.recorded_at
    from (values (1)) as always
    left join lateral (
        select notification_id, hash, recorded_at
        from stored_events
        order by notification_id desc
        limit 1
    ) e on true
"""
EPOCHS = "select id, first_position from epochs order by number"
FIND = """
    select l.request_hash, l.first_position, l.last_position,
        e.originator_id, e.originator_version, e.recorded_at
    from command_log l
    join stored_events e on e.notification_id = l.last_position
    where l.key = $1
"""
SEALING_KEY = """
    select (select wrapped_key from sealing_keys where originator_id = $1) as wrapped_key,
        exists (select from erasures where originator_id = $1) as is_erased
"""
RECORD_READING = "select record_reading_v1($1, $2)"
ERASE_AGAIN = "select erase_again_v1()"
FORGET = "select forget_commands_v1($1)"

VERSION_MAX = 2**63 - 1

logger = logging.getLogger(__name__)


class EventLog:
    """An append-only log on PostgreSQL. Safe for any number of tasks of one event loop.

    `database_url` is that of the application's role; it must lead to the server itself, since
    neither locks nor notifications survive a pooler. `name` shows in pg_stat_activity.

    `async with log:` opens it, and `run()` must run beside in a task that somebody owns: it
    writes what `append` queues. Let that task outlive those that append.
    """

    def __init__(self, database_url: str, *, codec: Codec, name: str = "events") -> None:
        self._codec = codec
        self._database_url = database_url
        self._name = name
        connect = partial(database.connect, database_url)
        self._queue = Queue(commands_max=QUEUE_COMMANDS_MAX, bytes_max=QUEUE_BYTES_MAX)
        self._writer = Writer(
            partial(connect, name=f"{name} writer", settings=database.WRITER_SETTINGS), self._queue
        )
        self._listener = Listener(partial(connect, name=f"{name} listener", settings={}))
        self._pool: database.Pool | None = None
        # Keys for commands that came without one. Counting up keeps the index's inserts together.
        self._own_keys = map(f"{secrets.token_hex(16)}-{{:012x}}".format, count())

    async def __aenter__(self) -> Self:
        """Raises LogUnavailable."""
        self._pool = await database.open_pool(self._database_url, name=self._name)
        await self.erase_again()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()
        if self._pool is not None:
            await database.close_pool(self._pool)

    async def run(self) -> None:
        """Write, listen, and forget old keys, until cancelled (see `Writer.run`)."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._writer.run(), name=f"{self._name}: writer")
            tasks.create_task(self._listener.run(), name=f"{self._name}: listener")
            tasks.create_task(self._forget(), name=f"{self._name}: old keys")

    # Aggregates.

    async def load(self, kind: type[A], id: UUID, *, version: int | None = None) -> A:  # noqa: A002
        """The aggregate as it stands, or as it stood at `version`. Raises AggregateNotFound."""
        aggregate: A | None = None
        for _, event in await self._history(kind, id, version):
            aggregate = event.mutate(aggregate)
        if not isinstance(aggregate, kind):
            raise AggregateNotFound(kind.__name__, id)
        return aggregate

    async def history(self, kind: type[Aggregate], id: UUID) -> list[tuple[Recorded, Any]]:  # noqa: A002
        """Every event of the aggregate, personal data unsealed. Raises AggregateNotFound."""
        return await self._history(kind, id, None)

    async def append(
        self,
        aggregate: Aggregate,
        *,
        key: CommandKey | None = None,
        trace: str | None = None,
        erases: bool = False,
    ) -> Appended:
        """Append what the aggregate decided since it was loaded: all of it or nothing.

        The aggregate has given its events away afterwards, whatever comes of it: throw it away
        and load it anew. `key` makes a repeat harmless. `erases`: delete the aggregate's sealing
        key in the same transaction; its personal data are gone for ever.

        Raises VersionConflict, KeyReused, LogBusy, LogClosed, CommandTooLarge, UnstorableEvent,
        UnsealedText, AppendFailed: nothing was written. OutcomeUnknown: after `APPEND_SECONDS`
        without an answer; the same command with the same key finds out.

        Cancelled while it queues, nothing is written. Cancelled later, the outcome is unknown in
        the same sense: the write goes on, whole or not at all, and its neighbours with it.
        """
        events = aggregate.collect_events()
        assert events, "the aggregate has decided nothing"
        append = await self._encoded(events, key=key, trace=trace, erases=erases)
        outcome = await self._written(append)
        match outcome.answer:
            case "appended":
                return _appended(append, outcome)
            case "replayed":
                return await self._replayed(append.key)
            case "key_reused":
                raise KeyReused("this idempotency key came before, with another request")
            case "conflict":
                raise VersionConflict(
                    append.originator_id, expected=append.first_version - 1, found=outcome.version
                )

    async def find(self, key: CommandKey) -> Appended | None:
        """The first outcome of this key, if it has one yet. Raises KeyReused.

        A commit that is under way isn't seen: None is no proof. `append` looks again, under the
        lock.
        """
        row = await self._reads.fetchrow(FIND, key.key)
        if row is None:
            return None
        if row["request_hash"] != key.request_hash:
            raise KeyReused("this idempotency key came before, with another request")
        return Appended(
            originator_id=row["originator_id"],
            version=row["originator_version"],
            first_position=row["first_position"],
            last_position=row["last_position"],
            recorded_at=row["recorded_at"],
            replayed=True,
        )

    # The log as a whole.

    async def read(self, after: int, limit: int) -> list[Recorded]:
        """The next events after a position, in order, without gaps, at most `limit`."""
        return [_recorded(row) for row in await self._reads.fetch(READ, after, limit)]

    async def head(self) -> Head:
        row = await self._reads.fetchrow(HEAD)
        assert row is not None, "one row, whatever the tables hold"
        return Head(
            epoch=row["epoch"],
            position=row["notification_id"] or 0,
            hash=row["hash"] or NO_HASH,
            recorded_at=row["recorded_at"],
        )

    async def epochs(self) -> list[Epoch]:
        """Oldest first."""
        return [Epoch(row["id"], row["first_position"]) for row in await self._reads.fetch(EPOCHS)]

    async def wait_beyond(self, position: int, timeout_seconds: float) -> bool:
        """Whether the log grew beyond `position` in time (see `Listener.wait_beyond`)."""
        return await self._listener.wait_beyond(position, timeout_seconds)

    # Personal data.

    async def record_reading(self, id: UUID, sub: str) -> None:  # noqa: A002
        """Note that `sub` was shown the personal data of this aggregate, now."""
        await self._reads.execute(RECORD_READING, id, sub)

    async def erase_again(self) -> int:
        """Delete the keys of everything ever erased; how many had come back.

        Opening the log does it: a restore may have brought keys back.
        """
        returned: int = await self._reads.fetchval(ERASE_AGAIN)
        if returned:
            logger.warning("erased again: %d sealing keys had come back", returned)
        return returned

    @property
    def _reads(self) -> database.Pool:
        assert self._pool is not None, "open the log first: async with log"
        return self._pool

    async def _history(
        self, kind: type[Aggregate], originator_id: UUID, version: int | None
    ) -> list[tuple[Recorded, Any]]:
        rows = await self._reads.fetch(
            HISTORY, originator_id, VERSION_MAX if version is None else version
        )
        if not rows:
            raise AggregateNotFound(kind.__name__, originator_id)
        key = self._codec.unwrapped(rows[0]["wrapped_key"], originator_id)
        history = map(_recorded, rows)
        return [(recorded, self._codec.decode(recorded, key)) for recorded in history]

    async def _encoded(
        self,
        events: Sequence[CanMutateAggregate[UUID]],
        *,
        key: CommandKey | None,
        trace: str | None,
        erases: bool,
    ) -> Append:
        originator_id = events[0].originator_id
        wrapped, is_new = None, False
        if not erases and any(map(self._codec.has_personal_data, events)):
            wrapped, is_new = await self._sealing_key(originator_id)
        sealing_key = self._codec.unwrapped(wrapped, originator_id)
        return append_of(
            [self._codec.encode(event, sealing_key) for event in events],
            key=key or CommandKey(next(self._own_keys), b""),
            trace=trace,
            new_key=wrapped if is_new else None,
            erases=erases,
        )

    async def _sealing_key(self, originator_id: UUID) -> tuple[WrappedKey | None, bool]:
        """The stream's key and whether it is new; None once it was erased.

        Still right when the append is written: only an append with a later version could have
        given or taken a key since, and then this one is a conflict.
        """
        row = await self._reads.fetchrow(SEALING_KEY, originator_id)
        assert row is not None, "one row, whatever the tables hold"
        if row["is_erased"]:
            return None, False
        if row["wrapped_key"] is not None:
            return WrappedKey(row["wrapped_key"]), False
        return self._codec.new_key(originator_id), True

    async def _written(self, append: Append) -> Outcome:
        """Wait for the writer. The future is only a letter box: cancelling it cancels no write."""
        waiting = self._queue.put(append)
        try:
            async with asyncio.timeout(APPEND_SECONDS):
                return await waiting.outcome
        except TimeoutError:
            if waiting.sent:
                raise OutcomeUnknown(f"no answer within {APPEND_SECONDS} s") from None
            raise LogBusy(RETRY_AFTER_SECONDS) from None

    async def _replayed(self, key: CommandKey) -> Appended:
        appended = await self.find(key)
        assert appended is not None, "a key found under the lock is committed"
        return appended

    async def _forget(self) -> None:
        """Keep the command log short; a failure waits for the next round."""
        while True:
            try:
                while await self._reads.fetchval(FORGET, FORGET_AT_MOST) == FORGET_AT_MOST:
                    pass
            except (*database.LOST, asyncpg.PostgresError, TimeoutError) as error:
                logger.warning("old command keys stay for now: %s", type(error).__name__)
            await asyncio.sleep(FORGET_EVERY_SECONDS)


def _recorded(row: asyncpg.Record) -> Recorded:
    return Recorded(
        position=row["notification_id"],
        originator_id=row["originator_id"],
        version=row["originator_version"],
        topic=row["topic"],
        state=row["state"],
        recorded_at=row["recorded_at"],
        hash=row["hash"],
        trace=row["trace"],
    )


def _appended(append: Append, outcome: Outcome) -> Appended:
    assert outcome.last_position is not None, "what was appended has a position"
    return Appended(
        originator_id=append.originator_id,
        version=append.last_version,
        first_position=outcome.last_position - len(append.states) + 1,
        last_position=outcome.last_position,
        recorded_at=outcome.recorded_at,
        replayed=False,
    )

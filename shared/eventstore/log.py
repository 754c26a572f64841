"""The event log of one service: load an aggregate, let it decide, append what it decided.

    request = await log.load(ServiceRequest, case_id(number))
    request.approve(…)
    appended = await log.append(request, key=key)

Positions follow commit order without gaps: a reader that has read up to N has read every event
that will ever have a position up to N. An append that has returned is on disk. `shared/messaging`
reads the log in this order and publishes the events.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import count
from types import TracebackType
from typing import Never, Self
from uuid import UUID

from eventsourcing.domain import Aggregate, CanMutateAggregate

from shared.eventstore import database
from shared.eventstore.append.command_append import Append, AppendOutcome, append_of
from shared.eventstore.append.pending import AppendQueue
from shared.eventstore.append.writer import Writer
from shared.eventstore.codec import Codec
from shared.eventstore.epochs import settled_epoch
from shared.eventstore.erasure_register import ErasureRegister
from shared.eventstore.errors import KeyReused, LogUnavailable, NameTaken, VersionConflict
from shared.eventstore.keys.master_keys import settle_keys
from shared.eventstore.listener import Listener
from shared.eventstore.reader import LogReader
from shared.eventstore.records import Appended, Claim, CommandKey
from shared.eventstore.sealing import WrappedKey
from shared.postgres.connection import Connection

QUEUE_COMMANDS_MAX = 2_000  # a tenth of a second's work at full load
QUEUE_BYTES_MAX = 32 * 1024 * 1024
APPEND_SECONDS = 10  # longer than a restart of PostgreSQL, shorter than a caller's patience

SETTLE_EVERY_SECONDS = 1.0  # how long a restored log can show what its register has erased

FORGET_AT_MOST = 5_000  # keys a call: some ten milliseconds
FORGET_EVERY_SECONDS = 3_600

SEALING_KEY = """
    select (select wrapped_key from sealing_keys where originator_id = $1) as wrapped_key,
        exists (select from erasures where originator_id = $1) as is_erased
"""
ERASE_AGAIN = "select erase_again_v1()"
CLOCK = "select clock_timestamp()"
FORGET = "select forget_commands_v2($1, $2)"

logger = logging.getLogger(__name__)


class EventLog(LogReader):
    """An append-only log on PostgreSQL. Safe for any number of tasks of one event loop.

    `database_url` is that of the application's role, without a pooler, which would break locks and
    notifications. `name` shows in pg_stat_activity.

    `async with log:` opens it, and a task must run `run()`, which writes the queued appends. That
    task must outlive the tasks that append.

    A log that has moved (restored, failed over) opens the next epoch and repeats the erasures of
    the register, before the first read or append there. One that is under another master key than
    the codec's ends `run()`, and opens for nobody (WrongMasterKey).
    """

    def __init__(
        self,
        database_url: str,
        *,
        codec: Codec,
        name: str = "events",
        now: Callable[[], datetime] | None = None,
        erasures: ErasureRegister | None = None,
    ) -> None:
        """now: holds back the clock of a database that runs ahead; None: that one is trusted.
        erasures: the register outside the database; None: a restore undoes erasures.
        """
        super().__init__(database_url, codec=codec, name=name)
        self._now = now
        self._erasures = erasures
        self._epoch: UUID | None = None  # None: not open yet
        self._queue = AppendQueue(commands_max=QUEUE_COMMANDS_MAX, bytes_max=QUEUE_BYTES_MAX)
        self._writer = Writer(
            partial(database.connect_writer, database_url, name=name, first=self._prepare),
            self._queue,
            now,
        )
        self._listener = Listener(partial(database.connect_listener, database_url, name=name))
        # Keys for commands without one. Ascending keys keep the index's inserts together.
        self._own_keys = map(f"{secrets.token_hex(16)}-{{:012x}}".format, count())

    async def __aenter__(self) -> Self:
        """Raises LogUnavailable, WrongMasterKey."""
        await super().__aenter__()
        try:
            await self._writer.open()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()
        await super().__aexit__(kind, error, trace)

    async def run(self) -> None:
        """Write, listen, and delete old keys, until cancelled (see `Writer.run`)."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._writer.run(), name=f"{self._name}: writer")
            tasks.create_task(self._listener.run(), name=f"{self._name}: listener")
            tasks.create_task(self._forget_old(), name=f"{self._name}: old keys")
            tasks.create_task(self._watch(), name=f"{self._name}: epoch")

    async def append(
        self,
        aggregate: Aggregate,
        *,
        key: CommandKey | None = None,
        trace: str | None = None,
        erases: bool = False,
        claim: Claim | None = None,
    ) -> Appended:
        """Append the aggregate's pending events, all or none.

        The aggregate has no pending events afterwards, also after an error: discard it and load it
        again. `key` makes a repeat harmless. `erases`: delete the aggregate's sealing key in the
        same transaction; its personal data are erased for ever, and the personal fields of these
        events are not stored. `claim`: the name that the aggregate holds from now on.

        Raises VersionConflict, NameTaken, KeyReused, LogBusy, LogClosed, CommandTooLarge,
        UnstorableEvent, UnsealedText, AppendFailed: nothing was written. OutcomeUnknown: after
        `APPEND_SECONDS` without an answer; repeat the command with the same key.

        Cancelled while it queues, nothing is written. Cancelled later, the outcome is unknown: the
        write continues, whole or not at all, and so do the other commands of its batch.
        """
        events = aggregate.collect_events()
        assert events, "the aggregate has decided nothing"
        wrapped, is_new = None, False
        if not erases and any(map(self._codec.has_personal_data, events)):
            wrapped, is_new = await self._sealing_key(events[0])
        sealing_key = self._codec.unwrapped(wrapped, aggregate.id)
        append = append_of(
            [self._codec.encode(event, sealing_key) for event in events],
            key=key or CommandKey(next(self._own_keys), b""),
            trace=trace,
            new_key=wrapped if is_new else None,
            erases=erases,
            claim=claim,
        )
        appended = _appended(append, await self.write(append))
        if erases:
            await self._register(aggregate.id)
        return appended

    async def write(self, append: Append) -> AppendOutcome:
        """Append encoded events, with the errors of `append`.

        The awaited future only receives the outcome: cancelling it cancels no write.
        """
        waiting = self._queue.put(append)
        # A timer, because asyncio.timeout costs four times as much, and here it counts.
        deadline = asyncio.get_running_loop().call_later(APPEND_SECONDS, waiting.expire)
        try:
            return await waiting.outcome
        finally:
            deadline.cancel()

    @property
    def queued(self) -> int:
        """The number of queued commands, for a gauge."""
        return len(self._queue)

    async def wait_beyond(self, position: int, timeout_seconds: float) -> bool:
        """Whether the log grew beyond `position` in time (see `Listener.wait_beyond`)."""
        return await self._listener.wait_beyond(position, timeout_seconds)

    async def clock(self) -> datetime:
        """What the database's clock shows."""
        async with self._connection() as connection:
            shown: datetime = await connection.fetchval(CLOCK)
        return shown

    async def _watch(self) -> Never:
        """A restore into the same database ends no connection, and may bring erased people back."""
        while True:
            await asyncio.sleep(SETTLE_EVERY_SECONDS)
            with suppress(LogUnavailable):  # the writer's own connection says so
                async with self._connection() as connection:
                    await self._prepare(connection)

    async def _prepare(self, connection: Connection) -> None:
        """Called with each new connection: notice a log that has moved, or has another key."""
        epoch = await settled_epoch(connection)
        if self._codec.keyring and await settle_keys(connection, self._codec.keyring):
            self._key_cache.forget_all()  # what they hold may be wrapped by a key that is gone
        if epoch == self._epoch:
            return
        erased_again = await connection.fetchval(ERASE_AGAIN)
        if self._erasures is not None:
            erased_again += await self._erasures.bring_together(connection)
        if erased_again:
            logger.warning("erased again: %d streams, which a restore brought back", erased_again)
        if self._epoch is not None:
            logger.warning("the event log has moved: epoch %s", epoch)
        self._key_cache.forget_all()  # the same stream and version may be another person's now
        self._snapshots.forget_all()
        self._epoch = epoch

    async def _register(self, erased: UUID) -> None:
        """Also for a repeat, since the first call may have ended between log and register."""
        if self._erasures is not None:
            async with self._connection() as connection:
                await self._erasures.add(connection, erased)

    async def _sealing_key(self, first: CanMutateAggregate[UUID]) -> tuple[WrappedKey | None, bool]:
        """The key for a stream's next events and whether it is new; None once it was erased.

        It is still valid when they are written: see `KnownKeys`.
        """
        originator_id, version = first.originator_id, first.originator_version
        if version == Aggregate.INITIAL_VERSION:
            return self._codec.new_key(originator_id), True
        known = self._key_cache.at(originator_id, version - 1)
        if known is not None:
            return known, False
        async with self._connection() as connection:
            row = await connection.fetchrow(SEALING_KEY, originator_id)
        assert row is not None, "one row, whatever the tables hold"
        if row["is_erased"]:
            return None, False
        if row["wrapped_key"] is not None:
            return row["wrapped_key"], False
        return self._codec.new_key(originator_id), True

    async def _forget_old(self) -> None:
        """Delete old command keys and all snapshots; a failure waits for the next round."""
        while True:
            self._snapshots.forget_all()  # another process may have erased what they hold
            try:
                while await self._delete_old_keys() == FORGET_AT_MOST:
                    pass
            except LogUnavailable as error:
                logger.warning("old command keys are not deleted: %s", error)
            await asyncio.sleep(FORGET_EVERY_SECONDS)

    async def _delete_old_keys(self) -> int:
        async with self._connection() as connection:
            forgotten: int = await connection.fetchval(
                FORGET, FORGET_AT_MOST, self._now and self._now()
            )
        return forgotten


def _appended(append: Append, outcome: AppendOutcome) -> Appended:
    """Raises VersionConflict, NameTaken, KeyReused."""
    match outcome.answer:
        case "conflict":
            raise VersionConflict(
                append.originator_id, expected=append.first_version - 1, found=outcome.version
            )
        case "taken":
            raise NameTaken(outcome.originator_id)
        case "key_reused":
            raise KeyReused
        case "appended" | "replayed":
            assert outcome.version is not None
            assert outcome.first_position is not None
            assert outcome.last_position is not None
            return Appended(
                originator_id=outcome.originator_id,
                version=outcome.version,
                first_position=outcome.first_position,
                last_position=outcome.last_position,
                recorded_at=outcome.recorded_at,
                replayed=outcome.answer == "replayed",
            )

"""Applies one batch of events in one transaction, and says what read models must provide.

The position's row is the fence. A process that applies locks it first, orders the events against
it, applies them, and moves it, all in one transaction. After a crash a batch is repeated, and the
repeat finds the position moved. Two consumers of one source take turns; it doesn't matter which of
them a queue prefers.

A cancellation leaves a batch applied whole or not at all; after one during the commit the position
tells which.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Protocol

from services.projections.ingest import quarantine
from services.projections.ingest.ordering import Checkpoint, Forked, Ordered, order
from services.projections.store import checkpoints, generations, log_heads
from services.projections.store.generations import Generation
from shared.messaging.subscription import Incoming
from shared.postgres.connection import Connection
from shared.postgres.pool import Pool


class ReadModels(Protocol):
    """Tables that answer questions, and how events change them.

    All methods run inside the consumer's transaction with the search path at one generation, so
    every name in their SQL is unqualified. No row is written for cases of two sources: sources are
    independent and may be applied at the same time.
    """

    @property
    def schema_sql(self) -> str:
        """Creates the tables of an empty generation: no types, no functions, no other schema."""

    def knows(self, event: Incoming) -> bool:
        """Whether `apply` can read this type and version; unknown events are only counted."""

    async def apply(
        self, connection: Connection, source: str, events: Sequence[Incoming], on: date
    ) -> None:
        """Apply these events, in their order, to figures that are as of the day `on`.

        The events are known, of one source and of several cases, and each comes exactly once. The
        events of a case that was in quarantine come later than those of other cases, but in order.
        Set-based: one statement a table. An event that can't be applied raises anything but an
        error of the connection; the consumer then halves the batch until it has found the event.
        Nothing may depend on the wall clock or on the size of batches: a rebuild must give the same
        bytes.
        """

    async def roll(self, connection: Connection, source: str, on: date) -> None:
        """Recompute the figures of this source's open cases as of the day `on`. Idempotent."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How many events of a batch were new, and the checkpoint after them.

    `in_order`: all others were repeats. If not, an event is missing or wrong: read the feed.
    """

    new_events: int
    checkpoint: Checkpoint
    in_order: bool


@dataclass(frozen=True, slots=True)
class _LockedSource:
    """One source's read models, locked by the connection's transaction."""

    connection: Connection
    checkpoint: Checkpoint
    on: date


class Projection:
    """One source's read models, in the live generation or in one that is being filled.

    It keeps no state between two calls: several may exist for one source, in several processes.
    """

    def __init__(
        self,
        pool: Pool,
        read_models: ReadModels,
        source: str,
        *,
        now: Callable[[], datetime],
        today: Callable[[], date],
        generation: Generation | None = None,
    ) -> None:
        """generation: the one to fill; None: the one that is live at each transaction."""
        self.source = source
        self._pool = pool
        self._read_models = read_models
        self._now = now
        self._today = today
        self._generation = generation

    async def checkpoint(self) -> Checkpoint:
        """Read the checkpoint, without a lock."""
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            if self._generation is None:
                await generations.enter_live(connection)
            else:
                await generations.enter(connection, self._generation)
            row = await connection.fetchrow(_CHECKPOINT, self.source)
        assert row is not None, f"no position of {self.source}: generations.ensure makes it"
        return Checkpoint(row["position"], row["epoch"], row["hash"])

    async def apply_batch(
        self,
        events: Sequence[Incoming],
        *,
        from_feed: bool = False,
        log_epoch: str | None = None,
    ) -> BatchResult:
        """Apply the new ones of these events, all or none. Idempotent.

        A new event is applied, held in quarantine, or counted if its type is unknown. The figures
        are first recomputed as of today. Raises errors that would hit every event alike, such as a
        lost connection or a full disk.
        """
        async with self._locked() as locked:
            ordered = order(locked.checkpoint, events, from_feed=from_feed, log_epoch=log_epoch)
            if ordered.new_events:
                await self._apply(locked, ordered.new_events)
                await _advance(locked.connection, self.source, ordered)
        return BatchResult(len(ordered.new_events), ordered.checkpoint, ordered.in_order)

    async def roll(self) -> None:
        """Recompute the figures as of today, without an event. Idempotent."""
        async with self._locked():
            pass

    async def record_head(self, head: int, applied: int) -> None:
        """A head check found the log's end at `head`, and our event at `applied`."""
        await checkpoints.record_head(
            self._pool, self.source, head=head, applied=applied, at=self._now()
        )

    async def record_fork(self, fork: Forked) -> None:
        """A head check found another event at the checkpoint."""
        await checkpoints.record_fork(
            self._pool, self.source, head=fork.head, forked_at=fork.position, at=self._now()
        )

    async def retry(self, aggregate: str) -> bool:
        """Apply a held case's events in order. True: all of them were applied."""
        async with self._locked() as locked:
            await locked.connection.execute(generations.NOTIFY)
            return await quarantine.retry(
                locked.connection, self._read_models.apply, self.source, aggregate, on=locked.on
            )

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[_LockedSource]:
        """A transaction that has locked this source's position; its figures are as of today.

        At READ COMMITTED each statement sees the commits that an earlier one waited for.
        """
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="read_committed"),
        ):
            if self._generation is None:
                await generations.enter_live_to_apply(connection)
            else:
                await generations.enter(connection, self._generation)
            row = await connection.fetchrow(_LOCK_CHECKPOINT, self.source)
            assert row is not None, f"no position of {self.source}: generations.ensure makes it"
            on = max(row["figures_on"], self._today())  # a clock that is set back changes nothing
            if on > row["figures_on"]:
                await self._read_models.roll(connection, self.source, on)
                await connection.execute(_SET_FIGURES_ON, self.source, on)
            checkpoint = Checkpoint(row["position"], row["epoch"], row["hash"])
            yield _LockedSource(connection, checkpoint, on)

    async def _apply(self, locked: _LockedSource, events: Sequence[Incoming]) -> None:
        known = [event for event in events if self._read_models.knows(event)]
        if len(known) < len(events):
            await self._count_unknown(locked.connection, events)
        await quarantine.apply_or_hold(
            locked.connection,
            self._read_models.apply,
            self.source,
            known,
            on=locked.on,
            at=self._now(),
        )

    async def _count_unknown(self, connection: Connection, events: Sequence[Incoming]) -> None:
        unknown = [event for event in events if not self._read_models.knows(event)]
        types = [str(event.body.get("type", event.type)) for event in unknown]
        await connection.execute(
            _COUNT_UNKNOWN, self.source, types, [event.position for event in unknown]
        )


_CHECKPOINT = "select position, epoch, hash from projection_position where source = $1"

_LOCK_CHECKPOINT = """
select position, epoch, hash, figures_on
from projection_position
where source = $1
for update
"""

# Both notify `response_cache/invalidation.py` once this transaction is committed.
_SET_FIGURES_ON = """
with moved as (update projection_position set figures_on = $2 where source = $1)
select pg_notify('figures_changed', '')
"""

_ADVANCE = """
with moved as (
    update projection_position
    set position = $2, epoch = $3, hash = $4, recorded_at = coalesce($5, recorded_at)
    where source = $1
)
select pg_notify('figures_changed', '')
"""

# Not idempotent: the position moves in the same transaction, so no event comes twice.
_COUNT_UNKNOWN = """
insert into unknown_event as u (source, type, events, last_position)
select $1, type, count(*), max(position)
from unnest($2::text[], $3::bigint[]) as t (type, position)
group by type
on conflict (source, type) do update
set events = u.events + excluded.events, last_position = excluded.last_position
"""


async def _advance(connection: Connection, source: str, ordered: Ordered) -> None:
    recorded_at = log_heads.recorded_at(ordered.new_events[-1])
    await connection.execute(_ADVANCE, source, *astuple(ordered.checkpoint), recorded_at)
    await log_heads.record(connection, ordered.new_events)

"""One batch, one transaction: what a read model must be, and how its events reach it.

The position's row is the fence. Whoever applies locks it first, orders what arrived against it,
applies, and moves it, all in one transaction: a crash anywhere repeats a batch, and the repeat
finds the position moved. Two consumers of one source take turns; which of them a queue prefers
doesn't matter.

A cancellation leaves all of a batch or nothing; which of the two, if it hits the commit, the
position tells.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from services.projections.ingest import quarantine
from services.projections.ingest.ordering import Forked, Ordered, Place, order
from services.projections.store import checkpoints, generations, log_heads

if TYPE_CHECKING:
    from services.projections.store.generations import Connection, Generation, Pool
    from shared.messaging.subscription import Incoming


class ReadModels(Protocol):
    """The tables that answer questions, and how events change them.

    All of it runs inside the consumer's transaction with the search path at one generation, so
    every name in its SQL is unqualified. Cases of different sources never meet in one row that
    both would write: sources are independent and may be applied at the same time.
    """

    @property
    def schema_sql(self) -> str:
        """Makes the tables of an empty generation: no types, no functions, no other schema."""

    def knows(self, event: Incoming) -> bool:
        """Whether `apply` can read this type and version; what it doesn't know is only counted."""

    async def apply(
        self, connection: Connection, source: str, events: Sequence[Incoming], on: date
    ) -> None:
        """Take in these events, in their order, into figures that speak of the day `on`.

        They are known, of one source, of several cases, each of them exactly once; after a case was
        held in quarantine its events come later than those of others, but in order. Set-based: one
        statement a table. An event that can't be applied raises anything but an error of the
        connection; the consumer then halves the batch until the event is alone. Nothing may depend
        on the wall clock or on how events are cut into batches: a rebuild must give the same bytes.
        """

    async def roll(self, connection: Connection, source: str, on: date) -> None:
        """Move the figures of this source's open cases on to the day `on`. Twice is harmless."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of some events: so many were new, and now the read models stand there.

    `in_order`: the rest were repeats. If not, something is missing or wrong: ask the feed.
    """

    fresh: int
    place: Place
    in_order: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    """Inside a transaction, alone with one source's read models."""

    connection: Connection
    place: Place
    on: date


class Projection:
    """One source's read models, in the live generation or in one that is being filled.

    Stateless between two calls: several may exist for one source, in several processes.
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
        """generation: the one to fill; without it, whichever is live at each transaction."""
        self.source = source
        self._pool = pool
        self._read_models = read_models
        self._now = now
        self._today = today
        self._generation = generation

    async def place(self) -> Place:
        """Where the read models stand, without waiting for anybody."""
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            if self._generation is None:
                await generations.enter_live(connection)
            else:
                await generations.enter(connection, self._generation)
            row = await connection.fetchrow(_PLACE, self.source)
        assert row is not None, f"no position of {self.source}: generations.ensure makes it"
        return Place(row["position"], row["epoch"], row["hash"])

    async def settle(self, events: Sequence[Incoming], *, vouched: bool = False) -> Settled:
        """Take in what is next among these events, whole or not at all; twice is harmless.

        Each new event is applied, held in quarantine, or, if its type isn't known, counted. It
        takes the read models on to today first. Raises what hits every event alike: the lost
        connection, the full disk.
        """
        async with self._alone() as here:
            ordered = order(here.place, events, vouched=vouched)
            if ordered.fresh:
                await self._apply(here, ordered.fresh)
                await _move(here.connection, self.source, ordered)
        return Settled(len(ordered.fresh), ordered.place, ordered.in_order)

    async def roll(self) -> None:
        """Take the figures on to today: with no event and no request, and harmless twice."""
        async with self._alone():
            pass

    async def note_head(self, head: int, applied: int) -> None:
        """A head check: the log ends at `head`, and what stands at `applied` is ours."""
        await checkpoints.note_head(
            self._pool, self.source, head=head, applied=applied, at=self._now()
        )

    async def note_fork(self, fork: Forked) -> None:
        """A head check: the log holds another event where we stand."""
        await checkpoints.note_fork(
            self._pool, self.source, head=fork.head, forked_at=fork.position, at=self._now()
        )

    async def retry(self, aggregate: str) -> bool:
        """Apply a held case's events in order; whether all of them went in."""
        async with self._alone() as here:
            await here.connection.execute(generations.NOTIFY)
            return await quarantine.retry(
                here.connection, self._read_models.apply, self.source, aggregate, on=here.on
            )

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[_Standing]:
        """A transaction that holds this source's position and whose figures speak of today.

        At READ COMMITTED each statement sees what was committed while an earlier one waited.
        """
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="read_committed"),
        ):
            if self._generation is None:
                await generations.enter_live_to_apply(connection)
            else:
                await generations.enter(connection, self._generation)
            row = await connection.fetchrow(_LOCK, self.source)
            assert row is not None, f"no position of {self.source}: generations.ensure makes it"
            on = max(row["figures_on"], self._today())  # a clock that runs back moves nothing
            if on > row["figures_on"]:
                await self._read_models.roll(connection, self.source, on)
                await connection.execute(_FIGURES_ON, self.source, on)
            yield _Standing(connection, Place(row["position"], row["epoch"], row["hash"]), on)

    async def _apply(self, here: _Standing, events: Sequence[Incoming]) -> None:
        known = [event for event in events if self._read_models.knows(event)]
        if len(known) < len(events):
            await self._count_unknown(here.connection, events)
        await quarantine.apply_or_hold(
            here.connection,
            self._read_models.apply,
            self.source,
            known,
            on=here.on,
            at=self._now(),
        )

    async def _count_unknown(self, connection: Connection, events: Sequence[Incoming]) -> None:
        unknown = [event for event in events if not self._read_models.knows(event)]
        types = [str(event.body.get("type", event.type)) for event in unknown]
        await connection.execute(
            _COUNT_UNKNOWN, self.source, types, [event.position for event in unknown]
        )


_PLACE = "select position, epoch, hash from projection_position where source = $1"

_LOCK = """
select position, epoch, hash, figures_on
from projection_position
where source = $1
for update
"""

# Both say that the figures change: heard once this transaction is committed, by `watch.py`.
_FIGURES_ON = """
with moved as (update projection_position set figures_on = $2 where source = $1)
select pg_notify('figures_changed', '')
"""

_MOVE = """
with moved as (
    update projection_position
    set position = $2, epoch = $3, hash = $4, recorded_at = coalesce($5, recorded_at)
    where source = $1
)
select pg_notify('figures_changed', '')
"""

# Harmless twice: the position, moved in the same transaction, keeps the events from coming again.
_COUNT_UNKNOWN = """
insert into unknown_event as u (source, type, events, last_position)
select $1, type, count(*), max(position)
from unnest($2::text[], $3::bigint[]) as t (type, position)
group by type
on conflict (source, type) do update
set events = u.events + excluded.events, last_position = excluded.last_position
"""


async def _move(connection: Connection, source: str, ordered: Ordered) -> None:
    place = ordered.place
    recorded_at = log_heads.recorded_at(ordered.fresh[-1])
    await connection.execute(_MOVE, source, place.position, place.epoch, place.hash, recorded_at)
    await log_heads.note(connection, ordered.fresh)

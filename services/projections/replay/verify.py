"""Verifies the read models: replays the logs and compares every row, byte by byte.

The live generation is read in one snapshot; its checkpoints and figures were written in the same
transactions, so they match. The logs are replayed up to exactly those checkpoints, as of the day of
the figures, into another generation. Then every row of every table must be in both. Neither readers
nor consumers are blocked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.projections.ingest.ordering import Checkpoint
from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.store import generations
from services.projections.store.generations import Generation
from shared.postgres.connection import Connection

ROWS_AT_ONCE = 1_000
EXAMPLES_MAX = 3

# The tables of `store/generation.sql`, which are compared in another way.
_MACHINERY = ("projection_position", "quarantine", "unknown_event")


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """How much was compared, and a sentence for every difference."""

    events: int
    rows: int
    differences: Sequence[str]


@dataclass(frozen=True, slots=True)
class _LivePosition:
    checkpoint: Checkpoint
    figures_on: date


async def verify(builder: GenerationBuilder) -> VerificationResult:
    """Replay the logs and compare. Leaves the live generation as it is, and no other.

    Raises `RebuildUnderWay`, `NoGeneration`, and the errors of `GenerationBuilder.fill`.
    """
    async with (
        builder.pool.acquire() as replayed,
        generations.exclusive_rebuild_lock(replayed),
        generations.live(builder.pool) as live,
    ):
        await generations.drop_abandoned(replayed, at=builder.now())
        live_positions = await _live_positions(live)
        generation = await generations.create(
            replayed,
            builder.read_models.schema_sql,
            sources=list(live_positions),
            on=min(each.figures_on for each in live_positions.values()),
            at=builder.now(),
        )
        try:
            events = await _replay(builder, generation, live_positions)
            async with replayed.transaction(isolation="repeatable_read", readonly=True):
                await generations.enter(replayed, generation)
                rows, differences = await _compare(live, replayed, live_positions)
        finally:
            await generations.drop(replayed, generation, at=builder.now())
    differences = [*_ahead(live_positions, builder.today()), *differences]
    return VerificationResult(events, rows, differences)


def _ahead(live_positions: Mapping[str, _LivePosition], today: date) -> list[str]:
    """Figures of a day that hasn't begun: a replay as of that day would be equal, and as wrong."""
    return [
        f"{source}: the figures are as of {live.figures_on}, and today is {today}: rebuild"
        for source, live in live_positions.items()
        if live.figures_on > today
    ]


_LIVE_POSITIONS = "select source, position, epoch, hash, figures_on from projection_position"


async def _live_positions(connection: Connection) -> Mapping[str, _LivePosition]:
    return {
        row["source"]: _LivePosition(
            Checkpoint(row["position"], row["epoch"], row["hash"]), row["figures_on"]
        )
        for row in await connection.fetch(_LIVE_POSITIONS)
    }


async def _replay(
    builder: GenerationBuilder, generation: Generation, live_positions: Mapping[str, _LivePosition]
) -> int:
    """Replay the events up to the live checkpoints, as of the days of the live figures."""
    events = 0
    for source, live in live_positions.items():
        of_that_day = replace(
            builder,
            feeds={source: builder.feeds[source]},
            today=_always(live.figures_on),
        )
        await of_that_day.projection(generation, source).roll()
        events += await of_that_day.fill(generation, to={source: live.checkpoint.position})
    return events


def _always(on: date) -> Callable[[], date]:
    return lambda: on


async def _compare(
    live: Connection, replayed: Connection, live_positions: Mapping[str, _LivePosition]
) -> tuple[int, Sequence[str]]:
    differences = await _compare_checkpoints(replayed, live_positions)
    differences += await _compare_held(live, replayed)
    tables = await _tables(live)
    if tables != await _tables(replayed):
        return 0, [*differences, "the tables are not those of this release: rebuild"]
    rows = 0
    for table in tables:
        compared, found = await _compare_rows(live, replayed, table)
        rows += compared
        differences += found
    return rows, differences


async def _compare_checkpoints(
    replayed: Connection, live_positions: Mapping[str, _LivePosition]
) -> list[str]:
    reached = await _live_positions(replayed)
    return [
        f"{source}: the figures stand at {live.checkpoint.position}, "
        f"where the log holds another event or none: rebuild"
        for source, live in live_positions.items()
        if reached[source].checkpoint != live.checkpoint
    ]


async def _compare_held(live: Connection, replayed: Connection) -> list[str]:
    """A held case isn't in the figures, so they aren't what the log says."""
    held = "select source, number, position from quarantine order by source, position"
    return [
        f"{row['source']}: {row['number']} is held since its event at {row['position']} ({which})"
        for which, connection in (("live", live), ("replayed", replayed))
        for row in await connection.fetch(held)
    ]


_TABLES = """
select c.relname as name, array_agg(a.attname || ' ' || a.atttypid::regtype order by a.attnum)
           as columns
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
  and c.relname <> all($1)
group by c.relname
order by c.relname
"""


async def _tables(connection: Connection) -> Mapping[str, Sequence[str]]:
    """Each table's columns, with their types."""
    rows = await connection.fetch(_TABLES, _MACHINERY)
    return {row["name"]: row["columns"] for row in rows}


async def _compare_rows(
    live: Connection, replayed: Connection, table: str
) -> tuple[int, list[str]]:
    """How many rows there are, and the differences."""
    rows, differing, examples = 0, 0, list[str]()
    async for row, is_in_both, where in _merged(_rows(live, table), _rows(replayed, table)):
        rows += 1
        if not is_in_both:
            differing += 1
            examples += [f"only {where}: {row}"] if differing <= EXAMPLES_MAX else []
    if not differing:
        return rows, []
    return rows, [f"{table}: {differing} rows differ, such as {'; '.join(examples)}"]


async def _merged(
    live: AsyncIterator[str], replayed: AsyncIterator[str]
) -> AsyncIterator[tuple[str, bool, str]]:
    """Merge two sorted streams: a row, whether both have it, and if not, which one does."""
    ours, theirs = await anext(live, None), await anext(replayed, None)
    while ours is not None or theirs is not None:
        if ours == theirs and ours is not None:
            yield ours, True, ""
            ours, theirs = await anext(live, None), await anext(replayed, None)
        elif theirs is None or (ours is not None and ours < theirs):
            assert ours is not None
            yield ours, False, "live"
            ours = await anext(live, None)
        else:
            yield theirs, False, "replayed"
            theirs = await anext(replayed, None)


async def _rows(connection: Connection, table: str) -> AsyncIterator[str]:
    """As text, in the order of its bytes, which is also that of Python's strings."""
    query = f'select t::text from "{table}" t order by t::text collate "C"'  # noqa: S608 (catalogue)
    async for row in connection.cursor(query, prefetch=ROWS_AT_ONCE):
        yield row[0]

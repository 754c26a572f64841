"""Read models live in generations: one schema each, one of them live, all of them disposable.

A generation is a schema (`rm_0007`) that holds read models and their checkpoints. Readers resolve
the live one per request, in the transaction in which they read; a rebuild fills the next one beside
it and switches one row. So a reader sees one whole generation, and never a half-filled one.

Names inside a generation are unqualified and found by the search path; tables about all generations
lie in `public` and are qualified. asyncpg's prepared statements must survive a switch, so a
generation has no types of its own and no query says `select *`.

`ingest/projector.py` moves the checkpoints of a generation, `replay/rebuild.py` fills the next one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NewType

from shared.postgres.connection import Connection
from shared.postgres.pool import Pool

Generation = NewType("Generation", int)

SCHEMA_SQL = Path(__file__).with_name("generation.sql").read_text(encoding="utf-8")

# A consumer holds the first lock shared for the length of a transaction, a switch exclusively. They
# are advisory, since waiters queue fairly there, while shared row locks can starve a switch for
# ever. The second is held while generations are created, filled or dropped.
_SWITCH_LOCK = 0x4A616E6A_00000001
_REBUILD_LOCK = 0x4A616E6A_00000002

# Notified in each transaction that changes live figures; the response cache listens.
CHANNEL = "figures_changed"
NOTIFY = f"select pg_notify('{CHANNEL}', '')"

RETIRED_FOR = timedelta(minutes=1)  # a reader's transaction ends long before
DROP_LOCK_SECONDS_MAX = 2  # for a reader that is still in there; the next tick tries again


class NoGeneration(Exception):
    """There are no read models yet: the consumer creates the first generation at its start."""

    def __init__(self) -> None:
        super().__init__("there are no read models yet: start the projection service")


class RebuildUnderWay(Exception):
    """Another process creates or fills a generation: only one may at a time."""

    def __init__(self) -> None:
        super().__init__("another rebuild or verification is under way: wait for it to end")


def schema_of(generation: Generation) -> str:
    return f"rm_{generation:04d}"


@asynccontextmanager
async def live(pool: Pool) -> AsyncIterator[Connection]:
    """A reader's transaction on the live generation: read only, one snapshot for all its queries.

    Raises `NoGeneration`.
    """
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await enter_live(connection)
        yield connection


_ENTER_LIVE = """
select generation, set_config('search_path', 'rm_' || to_char(generation, 'FM0000'), true)
from public.projection_live
"""


async def enter_live(connection: Connection) -> Generation:
    """Set the search path to the live generation until the transaction ends: one round trip."""
    row = await connection.fetchrow(_ENTER_LIVE)
    if row is None:
        raise NoGeneration
    return Generation(row["generation"])


async def enter(connection: Connection, generation: Generation) -> None:
    """Set the search path to this generation until the transaction ends."""
    await connection.execute("select set_config('search_path', $1, true)", schema_of(generation))


async def enter_live_to_apply(connection: Connection) -> Generation:
    """As `enter_live`, and the live one stays live until the transaction ends.

    The lock is a statement of its own: at READ COMMITTED the next statement sees a switch for which
    this one has waited.
    """
    await connection.execute("select pg_advisory_xact_lock_shared($1)", _SWITCH_LOCK)
    return await enter_live(connection)


async def block_consumers(connection: Connection) -> None:
    """Let no consumer apply events until the transaction ends. Readers go on."""
    await connection.execute("select pg_advisory_xact_lock($1)", _SWITCH_LOCK)


@asynccontextmanager
async def exclusive_rebuild_lock(connection: Connection) -> AsyncIterator[None]:
    """Exclude other rebuilds and verifications. Raises `RebuildUnderWay`.

    It is a session's lock and ends with the connection: a killed rebuild never blocks the next.
    """
    if not await connection.fetchval("select pg_try_advisory_lock($1)", _REBUILD_LOCK):
        raise RebuildUnderWay
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("select pg_advisory_unlock($1)", _REBUILD_LOCK)


_ADD_SOURCE = """
insert into projection_position (source, figures_on)
values ($1, $2)
on conflict (source) do nothing
"""


async def create(
    connection: Connection, schema_sql: str, *, sources: Sequence[str], on: date, at: datetime
) -> Generation:
    """Create an empty generation whose figures are as of `on`; after an error there is none."""
    async with connection.transaction():
        generation = Generation(await connection.fetchval("select make_generation_v1($1)", at))
        await enter(connection, generation)
        await connection.execute(SCHEMA_SQL)
        await connection.execute(schema_sql)
        await connection.executemany(_ADD_SOURCE, [(source, on) for source in sources])
        # Another login of the same service may apply events to it later.
        await connection.execute(
            f"grant all on all tables in schema {schema_of(generation)} to janji_app"
        )
    return generation


async def ensure(
    pool: Pool, schema_sql: str, *, sources: Sequence[str], on: date, at: datetime
) -> None:
    """At the very first start, make an empty generation live, for the consumer to fill.

    Later, add sources that the live generation doesn't have yet.
    """
    async with pool.acquire() as connection, connection.transaction():
        await block_consumers(connection)
        if await connection.fetchval("select 1 from public.projection_live") is None:
            made = await create(connection, schema_sql, sources=sources, on=on, at=at)
            await switch(connection, made, at=at)
        await enter_live(connection)
        await connection.executemany(_ADD_SOURCE, [(source, on) for source in sources])


_RETIRE = """
update public.projection_generation g
set retired_at = $2, kept = $3
from public.projection_live l
where g.generation = l.generation and l.generation <> $1
"""

_SWITCH = """
insert into public.projection_live (generation, switched_at)
values ($1, $2)
on conflict (only_row) do update set generation = excluded.generation, switched_at = $2
"""


async def switch(
    connection: Connection, generation: Generation, *, at: datetime, keep: bool = False
) -> None:
    """Make it the live one, inside a transaction that blocks the consumers.

    The one that was live is dropped a minute later, or kept for a rollback (`keep`). One that was
    kept before is kept no longer.
    """
    await connection.execute("update public.projection_generation set kept = false where kept")
    await connection.execute(_RETIRE, generation, at, keep)
    await connection.execute(_SWITCH, generation, at)
    await connection.execute(NOTIFY)
    await connection.execute(
        "update public.projection_generation set retired_at = null, kept = false"
        " where generation = $1",
        generation,
    )


_RETIRED = """
select generation from public.projection_generation
where retired_at < $1 and not kept and dropped_at is null
order by generation
"""


async def drop_retired(connection: Connection, *, at: datetime) -> None:
    """Drop generations that were retired a minute ago; one with a reader: at the next tick."""
    for _ in await connection.fetch(_RETIRED, at - RETIRED_FOR):
        async with connection.transaction():
            await connection.execute(f"set local lock_timeout = '{DROP_LOCK_SECONDS_MAX}s'")
            # Locked and read again: a rollback may be making it live just now.
            if row := await connection.fetchrow(f"{_RETIRED} limit 1 for update", at - RETIRED_FOR):
                await drop(connection, Generation(row["generation"]), at=at)


_KEEP_LAST_RETIRED = """
update public.projection_generation set kept = true
where dropped_at is null and generation = (
    select g.generation from public.projection_generation g
    where g.retired_at is not null and g.dropped_at is null
    order by g.retired_at desc
    limit 1
)
returning generation
"""


async def keep_last_retired(connection: Connection) -> Generation | None:
    """Keep the generation that was live before, if there is one still."""
    generation = await connection.fetchval(_KEEP_LAST_RETIRED)
    return None if generation is None else Generation(generation)


async def drop(connection: Connection, generation: Generation, *, at: datetime) -> None:
    """Drop one that isn't live; for the live one the database raises an error."""
    await connection.execute("select drop_generation_v1($1, $2)", generation, at)


_ABANDONED = """
select g.generation from public.projection_generation g
where g.retired_at is null and g.dropped_at is null
  and g.generation not in (select l.generation from public.projection_live l)
"""


async def drop_abandoned(connection: Connection, *, at: datetime) -> None:
    """Drop what a killed rebuild left half filled. The caller holds `exclusive_rebuild_lock`."""
    for row in await connection.fetch(_ABANDONED):
        await drop(connection, Generation(row["generation"]), at=at)

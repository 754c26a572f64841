"""Makes the next generation of read models from the feeds while the live one is still read.

The next generation is filled beside the live one, then catches up under the lock that consumers
take, and one row is switched. Readers notice nothing, consumers go on from the new checkpoints. A
killed rebuild leaves a half-filled generation that no reader sees, and the next rebuild drops it. A
rebuild also repairs a source that has forked (`healing.py` begins it by itself), and gives the read
models another schema.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import asyncpg

from services.projections.ingest import quarantine
from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.store import generations
from services.projections.store.generations import Generation
from shared.postgres.connection import Connection

CONSUMERS_BLOCKED_SECONDS_MAX = 30  # so long no consumer applies events; readers never wait

# The switch waits for the disk, and so for all that was filled; a rebuild that freezes here must
# not block the consumers for ever.
_SWITCH_SETTINGS = f"""
set local synchronous_commit = on;
set local idle_in_transaction_session_timeout = '{CONSUMERS_BLOCKED_SECONDS_MAX + 5}s'
"""

_RECORD_LOST = "select record_lost_cases_v1($1, $2)"


class NoPreviousGeneration(Exception):
    """No earlier generation is left: without `keep` it is dropped after a minute."""

    def __init__(self) -> None:
        super().__init__("no earlier generation is left to switch back to: rebuild")


class NeverCaughtUp(Exception):
    """The sources wrote faster than this could read, even while consumers were blocked."""

    def __init__(self) -> None:
        super().__init__(
            f"not caught up within {CONSUMERS_BLOCKED_SECONDS_MAX} s: rebuild at a quieter hour"
        )


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """The generation that is live now.

    held: its cases that are held for checking. lost: cases of a forked source that were published
    and are gone.
    """

    generation: Generation
    events: int
    held: int
    lost: int


async def rebuild(builder: GenerationBuilder, *, keep: bool = False) -> RebuildResult:
    """Make the read models anew and switch to them.

    keep: the generation that was live is kept for a rollback.

    An error or a cancellation leaves the live generation as it is, and nothing of the new one.
    Raises `RebuildUnderWay`, `NeverCaughtUp`, and the errors of `GenerationBuilder.fill`.
    """
    async with builder.pool.acquire() as connection, generations.exclusive_rebuild_lock(connection):
        await generations.drop_abandoned(connection, at=builder.now())
        generation = await generations.create(
            connection,
            builder.read_models.schema_sql,
            sources=list(builder.feeds),
            on=builder.today(),
            at=builder.now(),
        )
        try:
            return await _catch_up_and_switch(builder, connection, generation, keep=keep)
        except BaseException:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await generations.drop(connection, generation, at=builder.now())
            raise


async def rollback(builder: GenerationBuilder) -> RebuildResult:
    """Bring the generation that was live before up to date, and switch to it. Both are kept.

    Raises `NoPreviousGeneration`, and the errors of `rebuild`.
    """
    async with builder.pool.acquire() as connection, generations.exclusive_rebuild_lock(connection):
        generation = await generations.keep_last_retired(connection)
        if generation is None:
            raise NoPreviousGeneration
        return await _catch_up_and_switch(builder, connection, generation, keep=True)


async def _catch_up_and_switch(
    builder: GenerationBuilder, connection: Connection, generation: Generation, *, keep: bool
) -> RebuildResult:
    events = await builder.catch_up(generation)
    try:
        async with connection.transaction(), asyncio.timeout(CONSUMERS_BLOCKED_SECONDS_MAX):
            await connection.execute(_SWITCH_SETTINGS)
            await generations.block_consumers(connection)
            events += await builder.fill(generation)
            lost = await connection.fetchval(_RECORD_LOST, generation, builder.now())
            await generations.switch(connection, generation, at=builder.now(), keep=keep)
            await generations.enter(connection, generation)
            held = len(await quarantine.held_cases(connection))
    except TimeoutError as error:
        raise NeverCaughtUp from error
    return RebuildResult(generation, events, held, lost)

"""The next generation of read models, made from the feeds while the live one goes on being read.

It is filled beside the live one, then catches up under the lock that the consumers honour, and one
row is switched: readers notice nothing, consumers go on from where the new one watermark. Killed
half-way, it leaves a half-filled generation that nobody reads, and the next rebuild drops it. This
is also how a source that forked is healed, and how read models get another schema.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import asyncpg

from services.projections.ingest import quarantine
from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.store import generations
from services.projections.store.generations import Connection, Generation

CONSUMERS_BLOCKED_SECONDS_MAX = 30  # for so long no consumer applies anything; readers never wait

# The switch waits for the disk, and with it all that was filled; a rebuild that freezes here must
# not hold up the consumers for ever.
_SWITCH_SETTINGS = f"""
set local synchronous_commit = on;
set local idle_in_transaction_session_timeout = '{CONSUMERS_BLOCKED_SECONDS_MAX + 5}s'
"""


class NoPreviousGeneration(Exception):
    """No earlier generation is left: unless it is kept it is dropped after a minute."""

    def __init__(self) -> None:
        super().__init__("no earlier generation is left to switch back to: rebuild")


class NeverCaughtUp(Exception):
    """The sources wrote faster than this could read, even while no consumer applied anything."""

    def __init__(self) -> None:
        super().__init__(
            f"not caught up within {CONSUMERS_BLOCKED_SECONDS_MAX} s: rebuild at a quieter hour"
        )


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """What is live now. `held`: cases that are held for checking in it."""

    generation: Generation
    events: int
    held: int


async def rebuild(workshop: GenerationBuilder, *, keep: bool = False) -> RebuildResult:
    """Make the read models anew and switch to them.

    keep: the generation that was live stays, to be switched back to.

    A failure or a cancellation leaves the live generation as it is, and nothing of the new one.
    Raises `RebuildUnderWay`, `NeverCaughtUp`, and what `GenerationBuilder.fill` does.
    """
    async with workshop.pool.acquire() as maker, generations.exclusive_rebuild_lock(maker):
        await generations.drop_abandoned(maker, at=workshop.now())
        generation = await generations.create(
            maker,
            workshop.read_models.schema_sql,
            sources=list(workshop.feeds),
            on=workshop.today(),
            at=workshop.now(),
        )
        try:
            return await _catch_up_and_switch(workshop, maker, generation, keep=keep)
        except BaseException:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await generations.drop(maker, generation, at=workshop.now())
            raise


async def rollback(workshop: GenerationBuilder) -> RebuildResult:
    """Bring the generation that was live before up to date, and switch to it. Both are kept.

    Raises `NoPreviousGeneration`, and what `rebuild` does.
    """
    async with workshop.pool.acquire() as maker, generations.exclusive_rebuild_lock(maker):
        generation = await generations.keep_last_retired(maker)
        if generation is None:
            raise NoPreviousGeneration
        return await _catch_up_and_switch(workshop, maker, generation, keep=True)


async def _catch_up_and_switch(
    workshop: GenerationBuilder, maker: Connection, generation: Generation, *, keep: bool
) -> RebuildResult:
    events = await workshop.catch_up(generation)
    try:
        async with maker.transaction(), asyncio.timeout(CONSUMERS_BLOCKED_SECONDS_MAX):
            await maker.execute(_SWITCH_SETTINGS)
            await generations.block_consumers(maker)
            events += await workshop.fill(generation)
            for source in workshop.feeds:
                await workshop.projection(generation, source).roll()
            await generations.switch(maker, generation, at=workshop.now(), keep=keep)
            await generations.enter(maker, generation)
            held = len(await quarantine.held_cases(maker))
    except TimeoutError as error:
        raise NeverCaughtUp from error
    return RebuildResult(generation, events, held)

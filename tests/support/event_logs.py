"""An event log that runs, and what a test looks at behind its back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from shared.eventstore.chain import first_broken
from shared.eventstore.codec import Codec
from shared.eventstore.log import EventLog
from shared.eventstore.records import NO_HASH, Recorded
from tests.support.notes import notes

ALL = 1_000_000


@asynccontextmanager
async def running(
    url: str, *, codec: Codec | None = None, name: str = "events"
) -> AsyncIterator[EventLog]:
    """As a service's main runs it: open, with its loops in a task that outlives the appends."""
    async with EventLog(url, codec=codec or notes(), name=name) as log:
        loops = asyncio.create_task(log.run())
        try:
            yield log
        finally:
            loops.cancel()
            with suppress(asyncio.CancelledError):
                await loops


async def sound_history(log: EventLog) -> list[Recorded]:
    """Everything in the log, after checking what must always hold of it."""
    history = await log.read(0, ALL)
    assert [event.position for event in history] == list(range(1, len(history) + 1))
    assert first_broken(NO_HASH, history) is None
    assert sorted(event.recorded_at for event in history) == [e.recorded_at for e in history]
    return history


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()

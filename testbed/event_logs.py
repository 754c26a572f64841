"""A running event log, and direct looks into its tables."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import asyncpg

from shared.eventstore.codec import Codec
from shared.eventstore.database import LOCK_SECONDS
from shared.eventstore.erasure_register import ErasureRegister
from shared.eventstore.integrity.chain import first_broken_link
from shared.eventstore.log import EventLog
from shared.eventstore.reader import LogReader
from shared.eventstore.records import NO_HASH, Recorded
from testbed.eventually import eventually
from testbed.notes import notes
from testbed.proxy import Proxy

ALL = 1_000_000

# The lock of append_events, held by another session.
LOCK = "select pg_advisory_lock(5786073428119874121)"
UNLOCK = "select pg_advisory_unlock(5786073428119874121)"
KEYS_OF_EVENTS = """
    select l.key from stored_events e
    left join command_log l on l.last_position = e.notification_id
    order by e.notification_id
"""
WAITS_FOR_LOCK = """
    select exists (
        select from pg_locks l join pg_database d on d.oid = l.database
        where l.locktype = 'advisory' and not l.granted and d.datname = current_database()
    )
"""


@asynccontextmanager
async def running(
    url: str,
    *,
    codec: Codec | None = None,
    name: str = "events",
    erasures: ErasureRegister | None = None,
) -> AsyncIterator[EventLog]:
    """As a service's main runs it: open, with its loops in a task that outlives the appends."""
    async with EventLog(url, codec=codec or notes(), name=name, erasures=erasures) as log:
        loops = asyncio.create_task(log.run())
        try:
            yield log
        finally:
            loops.cancel()
            with suppress(asyncio.CancelledError):
                await loops


async def sound_history(log: LogReader) -> list[Recorded]:
    """Everything in the log, after checking what must always hold of it."""
    history = await log.read(0, ALL)
    assert [event.position for event in history] == list(range(1, len(history) + 1))
    assert first_broken_link(NO_HASH, history) is None
    assert sorted(event.recorded_at for event in history) == [e.recorded_at for e in history]
    return history


async def call_in_flight(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Until a call of append_events waits for the lock."""

    async def waits() -> bool:
        return bool(await connection.fetchval(WAITS_FOR_LOCK))

    await eventually(waits)


async def no_call_in_flight(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Until no call of append_events waits for the lock any more; sooner than its lock_timeout."""

    async def is_free() -> bool:
        return not await connection.fetchval(WAITS_FOR_LOCK)

    await eventually(is_free, seconds=LOCK_SECONDS - 1)


async def stored_keys(url: str) -> list[str]:
    """For each event, in the log's order, the key of the command that it is the last of.

    With commands of one event each, an event that no command accounts for shows as None.
    """
    async with connected(url) as connection:
        rows = await connection.fetch(KEYS_OF_EVENTS)
    return [row["key"] for row in rows]


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """A network that misbehaves on command, and the URL that leads through it."""
    parts = urlsplit(url)
    async with Proxy(parts.hostname or "127.0.0.1", parts.port or 5432) as proxy:
        yield proxy, proxy.url(url)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()

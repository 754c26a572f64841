"""Cases that a restored log no longer holds are kept for those who have to tell people."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime

import pytest

from services.projections.replay.sources import current_read_models
from services.projections.store import generations
from services.projections.store.generations import Generation
from services.projections.store.lost_cases import lost_cases
from services.projections.store.pools import readers_of
from shared.postgres.connection import Connection
from shared.postgres.pool import Pool
from testbed.databases import Database

AT = datetime(2026, 12, 4, tzinfo=UTC)
TODAY = date(2026, 12, 4)
SOURCES = ("complaints", "requests")
KEPT, GONE, OTHER = "PRM-0000-0001-1", "PRM-0000-0002-2", "ADU-0000-0001-1"


@pytest.fixture
async def pool(database: Callable[[str], Database]) -> AsyncIterator[Pool]:
    async with readers_of(database("projections").app_url) as pool:
        yield pool


async def filled(connection: Connection, *numbers: str) -> Generation:
    """A generation that holds these cases."""
    schema = current_read_models().schema_sql
    made = await generations.create(connection, schema, sources=SOURCES, on=TODAY, at=AT)
    async with connection.transaction():
        await generations.enter(connection, made)
        services = {"PRM": "requests", "ADU": "complaints"}
        rows = [(number, services[number[:3]], AT, TODAY) for number in numbers]
        await connection.executemany(INSERT, rows)
    return made


INSERT = """
insert into cases (number, service, status, version, received_at, standard, channel, received_on,
    days_allowed, days_used, days_elapsed, state, due_soon, provisional, calendar, known_on,
    backdated, waited, reopenings, reclassified, known_part)
values ($1, $2, 'submitted', 1, $3, 'x', 'counter', $4, 1, 0, 0, 'running', false, false, 'x', $4,
    false, false, 0, false, 0)
"""


async def switch(pool: Pool, generation: Generation) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await connection.fetchval("select record_lost_cases_v1($1, $2)", generation, AT)
        await generations.switch(connection, generation, at=AT)


async def test_case_that_a_restored_log_no_longer_holds_is_named(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await switch(pool, await filled(connection, KEPT, GONE, OTHER))

        await switch(pool, await filled(connection, KEPT, OTHER))

    assert await lost_cases(pool) == [("requests", GONE)]


async def test_case_that_is_held_for_checking_is_not_lost(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await switch(pool, await filled(connection, KEPT, OTHER))

        made = await filled(connection, KEPT)
        async with connection.transaction():
            await generations.enter(connection, made)
            await connection.execute(HOLD, OTHER, AT)
        await switch(pool, made)

    assert await lost_cases(pool) == []


HOLD = """
insert into quarantine (source, position, aggregate, number, type, epoch, hash, body, held_at)
values ('complaints', 1, 'x', $1, 'complaints.received', 'x', '', '', $2)
"""

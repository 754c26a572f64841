"""However an import ends, each case is in whole or not at all; the next run adds the rest."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from tests.support.databases import Database
from tests.support.event_logs import sound_history
from tests.support.eventually import eventually
from tests.support.imports import MASTER_KEY, answered, doors_with, settings_for, spreadsheet

APPENDS = 5786073428119874121
"""The lock of those who append, as in `append_events_v1`."""

WAITING = """
    select exists (
        select from pg_locks
        join pg_database on pg_database.oid = pg_locks.database
        where locktype = 'advisory' and not granted and datname = current_database()
    )
"""

CASES = 1_500
ROWS_A_CASE = 6


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT], ids=lambda each: each.name)
async def test_a_killed_import_is_run_again(
    database: Callable[[str], Database], tmp_path: Path, ending: signal.Signals
) -> None:
    databases = {service: database(service) for service in ("requests", "complaints")}
    rows = [row for number in range(CASES) for row in answered(f"P-{number}")]
    file = spreadsheet(tmp_path / "history.csv", rows)

    async with doors_with(settings_for(databases.__getitem__)) as doors:
        log = doors["requests"].log

        async with held_up(databases["requests"]) as is_waiting:
            first = await importing(file, databases)
            await eventually(is_waiting, seconds=60)
            first.send_signal(ending)
        await first.wait()
        half = len(await sound_history(log))

        again = await importing(file, databases)
        assert await again.wait() == 0

        assert half % ROWS_A_CASE == 0
        assert half < CASES * ROWS_A_CASE
        assert len(await sound_history(log)) == CASES * ROWS_A_CASE


@asynccontextmanager
async def held_up(database: Database) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Nobody can append meanwhile; gives a question, whether somebody is waiting to."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", APPENDS)

            async def is_waiting() -> bool:
                return bool(await connection.fetchval(WAITING))

            yield is_waiting
    finally:
        await connection.close()


async def importing(file: Path, databases: Mapping[str, Database]) -> asyncio.subprocess.Process:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("JANJI_")}
    urls = {f"JANJI_{name.upper()}_DATABASE_URL": each.app_url for name, each in databases.items()}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "janji", "import", str(file)),
        env={**inherited, **urls, "JANJI_MASTER_KEY": MASTER_KEY},
        stdout=asyncio.subprocess.DEVNULL,
    )

"""However an import ends, each case is in whole or not at all; the next run adds the rest."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import asyncpg
import pytest

from testbed.databases import Database
from testbed.event_logs import sound_history
from testbed.eventually import eventually
from testbed.imports import MASTER_KEY, answered, settings_for, spreadsheet, targets_with

APPENDS = 5786073428119874121
"""The lock of those who append, as in `append_events_v2`."""

WAITING = """
    select count(*) from pg_locks
    join pg_database on pg_database.oid = pg_locks.database
    where locktype = 'advisory' and not granted and datname = current_database()
"""

CASES = 1_500
ROWS_A_CASE = 6


@pytest.mark.system
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT], ids=lambda each: each.name)
async def test_a_killed_import_is_run_again(
    database: Callable[[str], Database], tmp_path: Path, ending: signal.Signals
) -> None:
    databases = {service: database(service) for service in ("requests", "complaints")}
    rows = [row for number in range(CASES) for row in answered(f"P-{number}")]
    file = spreadsheet(tmp_path / "history.csv", rows)

    async with targets_with(settings_for(databases.__getitem__)) as targets:
        log = targets["requests"].log

        async with Gate.shut(databases["requests"]) as gate:
            first = await importing(file, databases)
            await gate.let_one_through()
            await gate.is_waited_at()
            first.send_signal(ending)
        await first.wait()
        half = len(await sound_history(log))

        again = await importing(file, databases)
        assert await again.wait() == 0

        assert half % ROWS_A_CASE == 0
        assert 0 < half < CASES * ROWS_A_CASE
        assert len(await sound_history(log)) == CASES * ROWS_A_CASE


class Gate:
    """The lock of those who append, held by the test: they come through one call at a time."""

    def __init__(self, holds: asyncpg.Connection, waits: asyncpg.Connection) -> None:
        self._holds = holds
        self._waits = waits

    @classmethod
    @asynccontextmanager
    async def shut(cls, database: Database) -> AsyncIterator[Self]:
        """Until the block ends, nobody appends unless he is let through."""
        holds = await asyncpg.connect(database.owner_url)
        waits = await asyncpg.connect(database.owner_url)
        try:
            await holds.execute("select pg_advisory_lock($1)", APPENDS)
            yield cls(holds, waits)
        finally:
            await holds.close()
            await waits.close()

    async def is_waited_at(self, by: int = 1) -> None:
        async def waiting() -> bool:
            return bool(await self._holds.fetchval(WAITING) == by)

        await eventually(waiting, seconds=60)

    async def let_one_through(self) -> None:
        """Whoever waits first; the test queues behind him, and holds the lock again after him."""
        await self.is_waited_at()
        again = asyncio.create_task(self._waits.execute("select pg_advisory_lock($1)", APPENDS))
        await self.is_waited_at(by=2)
        await self._holds.execute("select pg_advisory_unlock($1)", APPENDS)
        await again
        self._holds, self._waits = self._waits, self._holds


async def importing(file: Path, databases: Mapping[str, Database]) -> asyncio.subprocess.Process:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("JANJI_")}
    urls = {f"JANJI_{name.upper()}_DATABASE_URL": each.app_url for name, each in databases.items()}
    heard = ("env", "--default-signal=INT")  # a shell's background job is started deaf to Ctrl-C
    return await asyncio.create_subprocess_exec(
        *(*heard, sys.executable, "-m", "janji", "import", str(file)),
        env={**inherited, **urls, "JANJI_MASTER_KEY": MASTER_KEY},
        stdout=asyncio.subprocess.DEVNULL,
    )

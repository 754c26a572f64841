"""However an import ends, each case is in whole or not at all; the next run adds the rest."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support.databases import Database
from tests.support.event_logs import sound_history
from tests.support.eventually import eventually
from tests.support.imports import MASTER_KEY, answered, doors_with, settings_for, spreadsheet

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

        async def is_under_way() -> bool:
            return (await log.head()).position > 0

        first = await importing(file, databases)
        await eventually(is_under_way, seconds=30)
        first.send_signal(ending)
        await first.wait()
        half = len(await sound_history(log))

        again = await importing(file, databases)
        assert await again.wait() == 0

        assert half % ROWS_A_CASE == 0
        assert half < CASES * ROWS_A_CASE
        assert len(await sound_history(log)) == CASES * ROWS_A_CASE


async def importing(file: Path, databases: Mapping[str, Database]) -> asyncio.subprocess.Process:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("JANJI_")}
    urls = {f"JANJI_{name.upper()}_DATABASE_URL": each.app_url for name, each in databases.items()}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "janji", "import", str(file)),
        env={**inherited, **urls, "JANJI_MASTER_KEY": MASTER_KEY},
        stdout=asyncio.subprocess.DEVNULL,
    )

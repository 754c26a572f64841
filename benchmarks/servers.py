"""The measured servers: those that the environment names, else private ones.

A private PostgreSQL syncs to a disk, like an office's: it lies in the project's folder, because
/tmp may be memory.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.postgres import installed
from testbed.own_postgres import own_postgres

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Servers:
    """postgres_url: that of its administrator. binaries: the folder of pgbench."""

    postgres_url: str
    binaries: Path


@asynccontextmanager
async def started() -> AsyncIterator[Servers]:
    """JANJI_BENCH_POSTGRES_URL, or a private PostgreSQL as long as the block lasts."""
    binaries = installed()[0].folder
    named = os.environ.get("JANJI_BENCH_POSTGRES_URL")
    if named:
        yield Servers(named, binaries)
        return
    home = ROOT / ".janji"
    home.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(prefix="benchmark-", dir=home) as folder:
        async with own_postgres(Path(folder)) as postgres:
            yield Servers(postgres.url, binaries)

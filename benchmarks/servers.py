"""The servers that are measured: those that the environment names, else private ones.

A private PostgreSQL syncs to a disk, as an office's would: it lives in the project's folder,
because /tmp may be memory.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.commands import wait_until
from deploy.local.ports import free_ports
from deploy.local.postgres import Postgres, installed
from deploy.local.supervisor import supervising

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS_MAX = 60
PASSWORD = "benchmark"


@dataclass(frozen=True, slots=True)
class Servers:
    """postgres_url: its administrator's. binaries: where pgbench lies."""

    postgres_url: str
    binaries: Path


@asynccontextmanager
async def started() -> AsyncIterator[Servers]:
    """JANJI_BENCH_POSTGRES_URL, or a PostgreSQL of our own for as long as the block lasts."""
    binaries = installed()[0].folder
    named = os.environ.get("JANJI_BENCH_POSTGRES_URL")
    if named:
        yield Servers(named, binaries)
        return
    home = ROOT / ".janji"
    home.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(prefix="benchmark-", dir=home) as folder:
        async with _postgres(Path(folder)) as url:
            yield Servers(url, binaries)


@asynccontextmanager
async def _postgres(folder: Path) -> AsyncIterator[str]:
    server = Postgres(folder=folder / "postgres", port=free_ports(1)[0], password=PASSWORD)
    async with supervising(logs=folder, run=folder, say=print) as supervisor:
        supervisor.keep(await server.program())
        log = supervisor.log_of("postgres")
        await wait_until(server.answers, seconds=START_SECONDS_MAX, otherwise=log.read_text)
        yield server.url

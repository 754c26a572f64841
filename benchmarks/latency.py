"""From a command to the page: milliseconds until the command is counted in public.

A whole installation as `janji up` runs it, with a private PostgreSQL and broker. 200 requests a
second are submitted at their due times, whether or not earlier ones are answered; a poller reads
the position of the read models. A command's time runs from its due time until the projection
service reports its position: HTTP, log, relay, broker, follower and HTTP again.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import aiohttp

from benchmarks.harness import Benchmark, Comparison
from benchmarks.http_command import request
from benchmarks.servers import ROOT, Servers
from testbed.office import Office

SECONDS = 5
COMMANDS_A_SECOND = 200
LOOK_AGAIN_SECONDS = 0.002
SHOWN_SECONDS_MAX = 30
CONNECTIONS_MAX = 64
SOURCE = "requests"


@dataclass
class Page:
    """The position that the page shows, as the poller last read it."""

    session: aiohttp.ClientSession
    requests: str
    projections: str
    position: int = 0
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def watch(self) -> None:
        while True:
            async with self.session.get(f"{self.projections}/v1/positions") as answer:
                shown = await answer.json()
            async with self.moved:
                self.position = shown[SOURCE]["applied"]
                self.moved.notify_all()
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def submit(self, due_at: float) -> float:
        """Milliseconds from its due time until it was shown."""
        await asyncio.sleep(due_at - time.perf_counter())
        async with self.session.post(f"{self.requests}/v1/requests", json=request()) as answer:
            assert answer.status == 201, await answer.text()
            position = int(answer.headers["Janji-Position"].removeprefix(f"{SOURCE}:"))
        async with self.moved:
            await self.moved.wait_for(lambda: self.position >= position)
        return (time.perf_counter() - due_at) * 1_000


async def percentile(page: Page, n: int) -> float:
    started_at = time.perf_counter()
    due_at = [started_at + n / COMMANDS_A_SECOND for n in range(SECONDS * COMMANDS_A_SECOND)]
    async with asyncio.timeout(SECONDS + SHOWN_SECONDS_MAX), asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(page.watch())
        times = await asyncio.gather(*map(page.submit, due_at))
        watching.cancel()
    return quantiles(times, n=100)[n - 1]


@asynccontextmanager
async def shown(_servers: Servers, *, n: int) -> AsyncIterator[Comparison]:
    home = ROOT / ".janji"
    home.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(prefix="benchmark-", dir=home, ignore_cleanup_errors=True) as folder:
        office = Office(Path(folder) / "office")
        await asyncio.to_thread(office.open)
        try:
            headers = {"Authorization": f"Bearer {office.token('supervisor')}"}
            connector = aiohttp.TCPConnector(limit=CONNECTIONS_MAX)
            async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
                page = Page(session, office.url("requests"), office.url("projections"))
                await percentile(page, n)  # warms up
                yield Comparison(f"ms, p{n}", partial(percentile, page, n))
        finally:
            await asyncio.to_thread(office.close)


BENCHMARKS = (
    Benchmark("latency", partial(shown, n=50)),
    Benchmark("latency_p99", partial(shown, n=99)),
)

"""The requests and the projection service, as their main.py builds them, behind a bad network.

A question is asked of all paths at once, so that every connection of a pool is in use.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from testbed.databases import Database
from testbed.event_logs import proxied
from testbed.eventually import eventually
from testbed.http import Answer, Client
from testbed.proxy import Proxy
from tests.support.alerts.alerting_office import alerting_office
from tests.support.cases.requests_service import SUPERVISOR, requests_service, submitted

Databases = Callable[[str], Database]
READY = "/health/ready"
TIMES = 8  # each path at once: more than any pool has connections


@dataclass
class AskedService:
    """`database` is past the network; `paths` are answered from it."""

    client: Client
    network: Proxy
    database: Database
    paths: Sequence[str]
    token: str

    async def asked(self) -> list[tuple[str, Answer, float]]:
        """Each path's answers, and the seconds that each took."""
        paths = [READY, *self.paths] * TIMES
        return await asyncio.gather(*(self._asked(path) for path in paths))

    async def is_well(self) -> bool:
        answers = [answer for _, answer, _ in await self.asked()]
        return all(answer.status == 200 for answer in answers)

    async def until_well(self, *, seconds: float) -> float:
        """How long it took."""
        began = time.monotonic()
        await eventually(self.is_well, seconds=seconds)
        return time.monotonic() - began

    async def _asked(self, path: str) -> tuple[str, Answer, float]:
        began = time.monotonic()
        answer = await self.client.get(path, token=self.token)
        return path, answer, time.monotonic() - began


Service = Callable[[Databases, Path], AbstractAsyncContextManager[AskedService]]


@asynccontextmanager
async def requests(database: Databases, folder: Path) -> AsyncIterator[AskedService]:
    """It reads a case."""
    made = database("requests")
    async with (
        proxied(made.app_url) as (network, url),
        requests_service(replace(made, app_url=url), folder) as client,
    ):
        number = await submitted(client)
        yield AskedService(client, network, made, [f"/v1/requests/{number}"], SUPERVISOR)


@asynccontextmanager
async def projections(database: Databases, folder: Path) -> AsyncIterator[AskedService]:
    """It reads positions, the statistics and the staff's list."""
    async with alerting_office(database, folder) as office:
        made = office.database
        async with proxied(made.app_url) as (network, url):
            office.database = replace(made, app_url=url)
            async with office.projections("Wed 25 Nov 12:00") as service:
                paths = ["/v1/positions", "/v1/public/statistics?period=2026", "/v1/sla/cases"]
                token = service.token("supervisor")
                yield AskedService(service.client, network, made, paths, token)

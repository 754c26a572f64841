"""An office of real processes: two replicas of requests, complaints, and projections that follow.

A network that fails lies before each database connection, the broker and the feed of each.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from testbed.blocking import blocking
from testbed.databases import Database, clone
from testbed.dumps import dump, restore
from testbed.own_postgres import OwnPostgres, own_postgres
from testbed.proxy import Proxy
from testbed.surface import token
from tests.support.clocks.shifted_clock import ShiftedClock, shifted_clock
from tests.support.machines.programs import is_missing
from tests.support.nemesis.history import History
from tests.support.nemesis.moves import Hold, Move, on_network, on_process
from tests.support.nemesis.service_process import MONTHS, ServiceProcess
from tests.support.processes.requests_process import settings_of

SOURCES = ("requests", "complaints")


@dataclass
class NemesisOffice:
    """`replicas` take commands; `figures` shows them. `networks` by the names of their two ends."""

    replicas: list[ServiceProcess]
    figures: ServiceProcess
    complaints: ServiceProcess
    networks: Mapping[str, Proxy]
    databases: Mapping[str, Database]
    server: OwnPostgres
    folder: Path
    history: History

    @property
    def processes(self) -> list[ServiceProcess]:
        return [*self.replicas, self.figures, self.complaints]

    def moves(self) -> dict[str, Move]:
        found: dict[str, Move] = {"restore server": self._restore, "kill server": self._kill}
        for name, network in self.networks.items():
            found |= on_network(name, network)
        for number, process in enumerate([*self.replicas, self.figures], start=1):
            found |= on_process(f"{process.name} {number}", process)
        return found

    async def _kill(self, _: Hold) -> None:
        await self.server.kill()

    async def _restore(self, hold: Hold) -> None:
        """The log of requests comes back from a backup of some seconds ago."""
        backup, database = self.folder / "backup", self.databases["requests"]
        began = time.monotonic()
        await asyncio.to_thread(blocking, dump(self.server.url, database, backup))
        await hold()
        await asyncio.to_thread(blocking, restore(self.server.url, database, backup))
        self.history.restores.append((began, time.monotonic()))


@asynccontextmanager
async def nemesis_office(broker_url: str, folder: Path) -> AsyncIterator[NemesisOffice]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(own_postgres(folder / "server"))
        databases = {name: await clone(server.url, name) for name in (*SOURCES, "projections")}
        wiring = _Wiring(stack, databases, broker_url, folder)
        replicas = [
            await wiring.service("requests", "requests-1", None),
            await wiring.service("requests", "requests-2", _clock(folder / "requests-2")),
        ]
        complaints = await wiring.service("complaints", "complaints", None)
        clock = _clock(folder / "projections")
        figures = await wiring.service("projections", "projections", clock)
        feed = await wiring.through("feed", replicas[0].url)
        figures.settings = {**figures.settings, **_followed(feed, complaints.url, folder)}
        for each in (*replicas, complaints, figures):
            await stack.enter_async_context(each.running())
        networks = wiring.networks
        yield NemesisOffice(
            replicas, figures, complaints, networks, databases, server, folder, History()
        )


@dataclass
class _Wiring:
    """Puts a network before everything that a service reaches."""

    stack: AsyncExitStack
    databases: Mapping[str, Database]
    broker_url: str
    folder: Path
    networks: dict[str, Proxy] = field(default_factory=dict)

    async def through(self, name: str, url: str) -> str:
        """The URL through a network of that name."""
        parts = urlsplit(url)
        network = Proxy(str(parts.hostname), parts.port or 80)
        self.networks[name] = await self.stack.enter_async_context(network)
        return network.url(url)

    async def service(self, name: str, label: str, clock: ShiftedClock | None) -> ServiceProcess:
        database = self.databases[name]
        url = await self.through(f"{label}-database", database.app_url)
        broker = await self.through(f"{label}-broker", self.broker_url)
        settings = settings_of(replace(database, app_url=url), self.folder) | {
            "JANJI_BROKER_URL": broker,
            "JANJI_ERASURE_REGISTER": str(self.folder / "erasures"),
        }
        return ServiceProcess(name, settings, clock)


def _clock(folder: Path) -> ShiftedClock | None:
    if is_missing("faketime"):
        return None
    folder.mkdir()
    return shifted_clock(folder)


def _followed(requests_url: str, complaints_url: str, folder: Path) -> Mapping[str, str]:
    now = int(time.time())
    (folder / "token").write_text(token("subscriber", iat=now - MONTHS, exp=now + MONTHS))
    return {
        "JANJI_REQUESTS_URL": requests_url,
        "JANJI_COMPLAINTS_URL": complaints_url,
        "JANJI_COMPLAINTS_PUBLIC_URL": complaints_url,
        "JANJI_FEED_TOKEN_FILE": str(folder / "token"),
    }

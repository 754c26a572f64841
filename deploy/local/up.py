"""Starts everything on one machine in order (servers, databases, services) and keeps it running.

epmd starts first, then PostgreSQL and RabbitMQ concurrently, then the databases are migrated, then
the services start. The stop has the reverse order.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

from deploy.databases import SERVICES, Database, Passwords, provide
from deploy.failures import CannotStart
from deploy.local import broker as rabbitmq
from deploy.local import demonstration
from deploy.local.addresses import Addresses
from deploy.local.broker import BrokerNode, Ports, Software
from deploy.local.home import Home
from deploy.local.issuer import issuer, write_feed_token
from deploy.local.postgres import PostgresServer
from deploy.local.processes import kill_group, noted
from deploy.local.services import accounts, is_ready, program
from deploy.local.supervisor import Supervisor, ended, supervising

START_SECONDS_MAX = 60.0
LEFTOVER_SECONDS_MAX = 20.0  # RabbitMQ takes six to stop

Say = Callable[[str], None]


@asynccontextmanager
async def running(
    home: Home, say: Say, *, as_demonstration: bool = False
) -> AsyncIterator[Addresses]:
    """Run everything until the block ends, which begins when all is ready. `home` must be held.

    Raises CannotStart.
    """
    await let_go(home, say)
    async with supervising(logs=home.logs, run=home.run, say=say) as supervisor:
        run = Run(home, supervisor, say)
        async with asyncio.TaskGroup() as servers:
            postgres = servers.create_task(run.postgres())
            broker = servers.create_task(run.broker())
        url, management = broker.result()
        databases = await run.databases(postgres.result())
        if as_demonstration:
            await demonstration.begin(home, databases)
        addresses = Addresses(
            postgres=postgres.result(),
            databases=databases,
            broker=url,
            management=management,
            services={name: f"http://127.0.0.1:{home.port(name)}" for name in SERVICES},
        )
        addresses.save(home)
        await run.services(addresses)
        yield addresses


async def let_go(home: Home, say: Say) -> None:
    """Wait for the programs of a killed run, which still hold ports and folders while they stop."""
    for path in home.run.glob("*.pid"):
        pid = noted(path)
        if pid is None or pid == os.getpid():
            continue
        say(f"Waiting for {path.stem} of an earlier run to end")
        try:
            async with asyncio.timeout(LEFTOVER_SECONDS_MAX):
                await ended(pid)
        except TimeoutError:
            kill_group(pid)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of everything: each method starts a part and returns when it is ready."""

    home: Home
    supervisor: Supervisor
    say: Say

    async def postgres(self) -> str:
        """The administrator's URL of the named server, else of a private one."""
        if named := os.environ.get("JANJI_POSTGRES_URL"):
            if not named.startswith(("postgres://", "postgresql://")):
                raise CannotStart(
                    "JANJI_POSTGRES_URL: give a URL like postgres://user:password@host:5432/postgres"
                )
            return named
        server = PostgresServer(
            self.home.postgres, self.home.port("postgres"), self.home.password("postgres")
        )
        with self._step("PostgreSQL"):
            self.supervisor.keep(await server.program())
            await self._ready("postgres", holds=server.accepts_login)
        return server.url

    async def broker(self) -> tuple[str | None, str | None]:
        """The URLs of the administrator and of the management page; None without a broker."""
        if (named := os.environ.get("JANJI_BROKER_URL")) is not None:
            if named and not await rabbitmq.accepts_login(named):
                raise CannotStart(
                    f"JANJI_BROKER_URL: {rabbitmq.place(named)} lets nobody in: start it, correct"
                    " the URL, or leave it empty to run without a broker"
                )
            return named or None, None
        software = await self._broker_software()
        if software is None:
            return None, None
        node = BrokerNode(
            folder=self.home.broker,
            software=software,
            ports=Ports(*map(self.home.port, ("broker", "management", "epmd", "distribution"))),
            password=self.home.password("broker"),
            accounts=accounts(self.home),
        )
        with self._step("RabbitMQ"):
            for each in node.programs():
                self.supervisor.keep(each)
            await self._ready("epmd", "broker", holds=node.accepts_login)
        return node.url, node.management_url

    async def databases(self, admin_url: str) -> Mapping[str, Database]:
        """The databases of all services, with the schema of this release."""
        with self._step("Databases"):
            return {service: await self._database(admin_url, service) for service in SERVICES}

    async def services(self, addresses: Addresses) -> None:
        """The three services, concurrently."""
        write_feed_token(issuer(self.home.folder), self.home.feed_token, time.time())
        with self._step("Services"):
            self.supervisor.keep(*(program(self.home, addresses, each) for each in SERVICES))
            for service, url in addresses.services.items():
                await self._ready(service, holds=partial(self._answers, service, url))

    async def _broker_software(self) -> Software | None:
        """The installed or fetched server; None if neither is possible: then services use feeds."""
        if (software := rabbitmq.installed()) is not None:
            return software
        packages = self.home.packages
        try:
            if not packages.exists():
                with self._step("RabbitMQ, fetched as Debian's packages (35 MB)"):
                    await rabbitmq.fetch(packages)
        except CannotStart as failure:
            self.say(
                f"No RabbitMQ: {failure}. The services follow each other's feeds instead;"
                " to have one, install rabbitmq-server or set JANJI_BROKER_URL"
            )
            return None
        return rabbitmq.unpacked(packages)

    async def _database(self, admin_url: str, service: str) -> Database:
        of = self.home.password
        return await provide(
            admin_url,
            service,
            Passwords(owner=of(f"postgres_{service}_owner"), app=of(f"postgres_{service}_app")),
            rotating="JANJI_POSTGRES_URL" not in os.environ,  # a private server is nobody else's
        )

    async def _answers(self, service: str, url: str) -> bool:
        return await is_ready(url, noted(self.home.run / f"{service}.pid"))

    async def _ready(self, *names: str, holds: Callable[[], Awaitable[bool]]) -> None:
        await self.supervisor.ready(*names, holds=holds, seconds=START_SECONDS_MAX)

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        self.say(f"{what} …")
        yield
        self.say(f"{what}: ready after {time.monotonic() - began:.1f} s")

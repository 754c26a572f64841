"""A PostgreSQL of one test's own, to be killed: it is started again, as `janji up` would."""

import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from deploy.local.ports import free_ports
from deploy.local.postgres import PostgresServer, choose, installed
from deploy.local.processes import noted
from deploy.local.subprocesses import run, wait_until
from deploy.local.supervisor import supervising

PATIENCE_SECONDS = 60


class OwnPostgres:
    """Syncs to disk like a real one. `url` is its administrator's."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.url = server.url
        self.port = server.port

    async def copy_to(self, folder: Path, *, as_replica: bool = False) -> None:
        """What a replica has that gets nothing from now on; `own_postgres(folder)` starts it.

        as_replica: it only reads until it is promoted. Else it takes itself for this very server.
        """
        copy = folder / "postgres/data"
        copy.parent.mkdir(parents=True)
        made_by = int((self._server.data / "PG_VERSION").read_text())
        binaries = choose(installed(), made_by)
        await run(binaries.folder / "pg_basebackup", "-c", "fast", "-D", copy, "-d", self.url)
        if as_replica:
            (copy / "standby.signal").touch()

    async def kill(self) -> None:
        """SIGKILL; returns when it answers again."""
        postmaster = noted(self._server.folder / "postgres.pid")
        assert postmaster is not None
        os.kill(postmaster, signal.SIGKILL)
        await self.answers()

    async def answers(self) -> None:
        log = self._server.folder / "postgres.log"
        await wait_until(
            self._server.accepts_login, seconds=PATIENCE_SECONDS, otherwise=log.read_text
        )


@asynccontextmanager
async def own_postgres(
    folder: Path,
    *,
    port: int | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[OwnPostgres]:
    """port: any, unless it is given. environment: of its process, beside its own."""
    server = PostgresServer(
        folder=folder / "postgres", port=port or free_ports(1)[0], password="own"
    )
    async with supervising(logs=server.folder, run=server.folder, say=print) as supervisor:
        program = await server.program()
        supervisor.keep(replace(program, environment={**program.environment, **environment}))
        postgres = OwnPostgres(server)
        await postgres.answers()
        yield postgres

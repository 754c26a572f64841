"""A PostgreSQL of one test's own, to be killed: it is started again, as `janji up` would."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.local.ports import free_ports
from deploy.local.postgres import PostgresServer
from deploy.local.processes import noted
from deploy.local.subprocesses import wait_until
from deploy.local.supervisor import supervising

PATIENCE_SECONDS = 60


class OwnPostgres:
    """Syncs to disk like a real one. `url` is its administrator's."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.url = server.url

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
async def own_postgres(folder: Path) -> AsyncIterator[OwnPostgres]:
    server = PostgresServer(folder=folder / "postgres", port=free_ports(1)[0], password="own")
    async with supervising(logs=server.folder, run=server.folder, say=print) as supervisor:
        supervisor.keep(await server.program())
        postgres = OwnPostgres(server)
        await postgres.answers()
        yield postgres

"""The pages on complaints as a browser finds them: two services at two addresses of this machine.

The projections' page shows the channels and the empty form, the complaints service takes it.
"""

import asyncio
import json
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import uvicorn
from starlette.types import ASGIApp

from services.projections.page.complaint import ComplaintPage, shell_of
from shared.promise.standard import load_standards
from testbed.databases import clone, drop
from testbed.surface import NOW, standard, surface
from tests.support.cases.complaints_service import (
    BODIES,
    COMPLAINT,
    SUPERVISOR,
    WAY_TO,
    complaints_service,
)

READY_SECONDS_MAX = 60
ANSWER_SECONDS_MAX = 10


@dataclass(frozen=True, slots=True)
class Site:
    """`pages` and `complaints` are the addresses of the two services."""

    pages: str
    complaints: str

    def in_status(self, status: str, **changes: Any) -> dict[str, Any]:
        """A new complaint that the office led to this status, with its secret."""
        complaint = self._post("/v1/complaints", {**COMPLAINT, **changes})
        for command in WAY_TO[status]:
            self.give(complaint["number"], command)
        return complaint

    def give(self, number: str, command: str) -> None:
        """A supervisor's command, with the usual body."""
        self._post(f"/v1/complaints/{number}/{command}", BODIES[command])

    def _post(self, path: str, body: Any) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {SUPERVISOR}"}
        request = Request(self.complaints + path, json.dumps(body).encode(), headers)
        with urlopen(request, timeout=ANSWER_SECONDS_MAX) as answer:
            said: dict[str, Any] = json.load(answer)
            return said


def complaint_page(complaints_url: str) -> ASGIApp:
    """The projections' page alone."""
    shell = shell_of(standard(), complaints_url)
    page = ComplaintPage(load_standards(), shell, complaints_url, now=lambda: NOW)
    return surface(page.router(), shell=shell).app


@contextmanager
def complaint_site(postgres: str, folder: Path, *, host: str = "127.0.0.1") -> Iterator[Site]:
    """Both services, in a thread of their own: the browser blocks this one.

    `host` is a name of this machine, for a browser that knows it.
    """
    ready: Future[list[uvicorn.Server]] = Future()
    with _listening() as pages, _listening() as complaints:
        site = Site(_url(host, pages), _url(host, complaints))
        run = _serve(postgres, folder, site, pages, complaints, ready)
        thread = Thread(target=asyncio.run, args=(run,))
        thread.start()
        try:
            servers = ready.result(READY_SECONDS_MAX)
            try:
                yield site
            finally:
                for server in servers:
                    server.should_exit = True
        finally:
            thread.join()


def _listening() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def _url(host: str, listening: socket.socket) -> str:
    return f"http://{host}:{listening.getsockname()[1]}"


async def _serve(
    postgres: str,
    folder: Path,
    site: Site,
    pages: socket.socket,
    complaints: socket.socket,
    ready: Future[list[uvicorn.Server]],
) -> None:
    """Until both should exit; what fails before they are ready is raised where it is waited for."""
    database = await clone(postgres, "complaints")
    try:
        async with complaints_service(database, folder, pages_url=site.pages) as client:
            servers = [_server(complaint_page(site.complaints)), _server(client.app)]
            ready.set_result(servers)
            await asyncio.gather(
                servers[0].serve(sockets=[pages]), servers[1].serve(sockets=[complaints])
            )
    except Exception as error:
        if not ready.done():
            ready.set_exception(error)
        raise
    finally:
        await drop(postgres, database)


def _server(app: ASGIApp) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))

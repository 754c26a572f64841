"""Runs a service as one process: its server and its background tasks, shut down in order.

On SIGTERM the server accepts no new connections, long polls end, and requests in flight are
answered; then the loops end, then the writers, so that the last command is stored before its
response is sent. A background task that fails ends the process with exit code 1, because half a
service is worse than none and the supervisor starts it again. Decision 5 explains uvicorn.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp

from shared.runtime.exception_groups import collected
from shared.runtime.settings import WebSettings, load
from shared.runtime.telemetry import configure_logs
from shared.web.protocol import BoundedProtocol

DRAIN_SECONDS_MAX = 7  # supervisors wait ten; a client that is cut off repeats with its key
WAITING_CONNECTIONS_MAX = 2_048

log = structlog.get_logger()

Loop = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Service:
    """A wired service: what `main.build` makes.

    `resources` are opened in order before all else and closed in reverse after it. `writers` and
    `loops` run until they are cancelled; writers outlive the server, loops end with it.
    SIGTERM sets `stopping`: every long poll watches it.
    """

    app: ASGIApp
    resources: Sequence[AbstractAsyncContextManager[Any]] = ()
    writers: Sequence[Loop] = ()
    loops: Sequence[Loop] = ()
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


S = TypeVar("S", bound=WebSettings)


def run(
    name: str,
    settings: type[S],
    build: Callable[[S, Callable[[], datetime]], Service],
    now: Callable[[], datetime],
) -> None:
    """The main program of every service: read the settings, wire, serve until SIGTERM."""
    given = load(settings)
    configure_logs(name)

    async def wired() -> None:  # inside the event loop, to which pools and locks belong
        await operate(build(given, now), given.host, given.port)

    with collected(Exception) as failures:
        uvloop.run(wired())
    for error in failures:  # of no request, so the message holds no personal data
        log.critical("background task failed", words=str(error), exc_info=error)
    if failures:
        sys.exit(1)


async def operate(service: Service, host: str, port: int) -> None:
    """Run a service from its first connection to its last.

    Raises the failure of a background task. Cancellation cuts off the requests in flight; only the
    log knows their outcome.
    """
    async with AsyncExitStack() as opened:
        for resource in service.resources:
            await opened.enter_async_context(resource)
        async with running(service.writers), running(service.loops):
            await serve(service.app, host, port, service.stopping)


@asynccontextmanager
async def running(loops: Sequence[Loop]) -> AsyncIterator[None]:
    """Run the loops while the block runs; the end of a loop, even without an error, ends it."""

    async def for_ever(loop: Loop) -> None:
        await loop()
        raise RuntimeError(f"{loop.__qualname__} ended by itself")

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(for_ever(loop)) for loop in loops]
        yield
        for task in tasks:
            task.cancel()


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    """We bind the socket ourselves, so that a port in use raises an error that names it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server(
        (host, port), family=family, backlog=WAITING_CONNECTIONS_MAX
    ) as listening:
        yield listening


async def serve(app: ASGIApp, host: str, port: int, stopping: asyncio.Event | None = None) -> None:
    """Answer requests until SIGTERM or SIGINT, then until those in flight are answered."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS_MAX,
    )
    server = _Server(config)
    with _bound(host, port) as listening, _signals(server, stopping or asyncio.Event()):
        log.info("listening", port=listening.getsockname()[1], pid=os.getpid())
        await server.serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Ignores signals: the process handles them, since it has more to end than its server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _signals(server: uvicorn.Server, stopping: asyncio.Event) -> Iterator[None]:
    """The first signal drains the server, the second one stops it at once."""

    def stop() -> None:
        server.force_exit = stopping.is_set()
        server.should_exit = True
        stopping.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

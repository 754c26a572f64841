"""Runs a service as one process: its server and its background tasks, ended in order.

SIGTERM: no new connections; long polls are told to end; requests in flight are answered; then the
loops end, then the writers, so that the last command is stored before its answer leaves. A
background task that dies ends the process with exit code 1: half a service is worse than none,
and whoever supervises it starts a whole one. Why uvicorn: decision 5.
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
from shared.runtime.settings import Web, load
from shared.runtime.telemetry import configure_logs
from shared.web.protocol import BoundedProtocol

DRAIN_SECONDS_MAX = 7  # supervisors wait ten; whoever is cut off repeats with his key
WAITING_CONNECTIONS_MAX = 2_048

log = structlog.get_logger()

Loop = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Service:
    """A wired service: what `main.build` makes.

    `resources` are opened in order before all else and closed in reverse after it. `writers` and
    `loops` run until they are cancelled; writers outlive the server, loops end with it.
    `stopping` is set by SIGTERM: whatever waits for long on a caller's behalf watches it.
    """

    app: ASGIApp
    resources: Sequence[AbstractAsyncContextManager[Any]] = ()
    writers: Sequence[Loop] = ()
    loops: Sequence[Loop] = ()
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


S = TypeVar("S", bound=Web)


def run(
    name: str,
    settings: type[S],
    build: Callable[[S, Callable[[], datetime]], Service],
    now: Callable[[], datetime],
) -> None:
    """What the main.py of every service does: read the settings, wire, serve until SIGTERM."""
    given = load(settings)
    configure_logs(name)

    async def wired() -> None:  # inside the loop, to which pools and locks belong from the first
        await operate(build(given, now), given.host, given.port)

    with collected(Exception) as failures:
        uvloop.run(wired())
    for error in failures:  # no request's: its words are nobody's
        log.critical("died", words=str(error), exc_info=error)
    if failures:
        sys.exit(1)


async def operate(service: Service, host: str, port: int) -> None:
    """Everything of a service, from the first connection to the last.

    Raises what a background task died of. Cancelled, it cuts the requests in flight off: their
    outcome is known to the log alone.
    """
    async with AsyncExitStack() as opened:
        for resource in service.resources:
            await opened.enter_async_context(resource)
        async with running(service.writers), running(service.loops):
            await serve(service.app, host, port, service.stopping)


@asynccontextmanager
async def running(loops: Sequence[Loop]) -> AsyncIterator[None]:
    """The loops run while the block does; when one ends, by an error or not, so does the block."""

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
    """Bound by us, so that a taken port is an error with a name."""
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
    """A signal is for the process, which has more to end than its server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _signals(server: uvicorn.Server, stopping: asyncio.Event) -> Iterator[None]:
    """The first signal drains, a second one doesn't wait."""

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

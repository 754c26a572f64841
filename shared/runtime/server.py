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
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp

from shared.runtime.exception_groups import collected
from shared.runtime.settings import WebSettings, load
from shared.runtime.telemetry import configure_logs
from shared.web.bounds.connections import ConnectionTable, room
from shared.web.bounds.protocol import BoundedProtocol
from shared.web.bounds.refusals import ConnectionRefusals

DRAIN_SECONDS_MAX = 7  # supervisors wait ten; a client that is cut off repeats with its key
TICKS_OF_A_SECOND = 10

log = structlog.get_logger()

Loop = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Service:
    """A wired service: what `main.build` makes.

    `resources` are opened in order before all else and closed in reverse after it. `writers` and
    `loops` run until they are cancelled; writers outlive the server, loops end with it.
    SIGTERM sets `stopping`: every long poll watches it. `registry` holds its metrics.
    """

    app: ASGIApp
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
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
        service = build(given, now)
        await operate(service, given.host, given.port, is_proxied=given.proxies_in_front > 0)

    with collected(Exception) as failures:
        uvloop.run(wired())
    for error in failures:  # of no request, so the message holds no personal data
        log.critical("background task failed", words=str(error), exc_info=error)
    if failures:
        sys.exit(1)


async def operate(service: Service, host: str, port: int, *, is_proxied: bool = False) -> None:
    """Run a service from its first connection to its last.

    Raises the failure of a background task. Cancellation cuts off the requests in flight; only the
    log knows their outcome.
    """
    async with AsyncExitStack() as opened:
        for resource in service.resources:
            await opened.enter_async_context(resource)
        async with running(service.writers), running(service.loops):
            connections = connection_table(service.registry, is_proxied=is_proxied)
            await serve(service.app, host, port, service.stopping, connections)


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


def connection_table(registry: CollectorRegistry, *, is_proxied: bool = False) -> ConnectionTable:
    """Bounded by what this process may open."""
    return ConnectionTable(ConnectionRefusals(registry), total_max=room(), is_proxied=is_proxied)


@contextmanager
def _bound(host: str, port: int, backlog: int) -> Iterator[socket.socket]:
    """We bind the socket ourselves, so that a port in use raises an error that names it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=backlog) as listening:
        yield listening


async def serve(
    app: ASGIApp,
    host: str,
    port: int,
    stopping: asyncio.Event | None = None,
    connections: ConnectionTable | None = None,
) -> None:
    """Answer requests until SIGTERM or SIGINT, then until those in flight are answered."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # a warning for each malformed request would be a flood; we count them
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS_MAX,
    )
    connections = connections or connection_table(CollectorRegistry())
    server = _Server(config, connections)
    with (
        _bound(host, port, connections.backlog) as listening,
        _signals(server, stopping or asyncio.Event()),
    ):
        log.info("listening", port=listening.getsockname()[1], pid=os.getpid())
        await server.serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Ignores signals: the process handles them, since it has more to end than its server."""

    def __init__(self, config: uvicorn.Config, connections: ConnectionTable) -> None:
        super().__init__(config)
        self.server_state = self._connections = connections

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS_OF_A_SECOND == 0:
            self._connections.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

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

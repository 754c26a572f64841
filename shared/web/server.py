"""Runs a service as one process: its server and its background tasks, and ends them in order.

The writers outlive the server, so that the last command is stored before its answer leaves; a
background task that dies takes the whole process down with exit code 1.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import structlog
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp

from shared.settings import Web, load
from shared.telemetry import configure_logs

log = structlog.get_logger()

Loop = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Service:
    """A wired service. `resources` are opened in order and closed in reverse around the rest;
    `writers` end after the server, `loops` with it. All of them run until they are cancelled."""

    name: str
    app: ASGIApp
    resources: Sequence[AbstractAsyncContextManager[Any]] = ()
    writers: Sequence[Loop] = ()
    loops: Sequence[Loop] = ()


async def serve(app: ASGIApp, host: str, port: int) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish those in flight."""
    server = Server(app, address=host, port=port, interface=Interfaces.ASGINL, log_enabled=False)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


S = TypeVar("S", bound=Web)


def run(
    name: str,
    settings: type[S],
    build: Callable[[S, Callable[[], datetime]], Service],
    now: Callable[[], datetime],
) -> None:
    """What every service's main.py does: read the settings, wire, serve."""
    given = load(settings)
    configure_logs(name)
    try:
        uvloop.run(operate(build(given, now), given.host, given.port))
    except BaseExceptionGroup as group:
        for error in _leaves(group):
            log.critical("background task died", error=type(error).__name__, words=str(error))
        sys.exit(1)


async def operate(service: Service, host: str, port: int) -> None:
    async with AsyncExitStack() as stack:
        for resource in service.resources:
            await stack.enter_async_context(resource)
        async with asyncio.TaskGroup() as writers:
            writing = [writers.create_task(_forever(loop)) for loop in service.writers]
            async with asyncio.TaskGroup() as loops:
                looping = [loops.create_task(_forever(loop)) for loop in service.loops]
                await serve(service.app, host, port)
                _cancel(looping)
            _cancel(writing)


async def _forever(loop: Loop) -> None:
    await loop()
    raise RuntimeError(f"{loop} ended by itself")


def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()


def _leaves(group: BaseExceptionGroup[BaseException]) -> Sequence[BaseException]:
    return [
        leaf
        for error in group.exceptions
        for leaf in (_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]

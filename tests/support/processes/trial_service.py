"""The smallest service, as its main.py would run it.

`python -m tests.support.processes.trial_service` tells on stderr what ends when; `TRIAL_DIES`
names the loop that dies when /die is asked.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
from fastapi import APIRouter
from prometheus_client import CollectorRegistry

from shared.runtime.server import Loop, Service, run
from shared.runtime.settings import WebSettings
from shared.text import Text
from shared.web.app import create_app
from shared.web.health import Health
from testbed.eventually import eventually
from testbed.surface import office_shell, verifier

RELEASE_SECONDS_MAX = 60.0
log = structlog.get_logger()


class Settings(WebSettings):
    folder: Path


def build(settings: Settings, _now: object) -> Service:
    stopping, dying = asyncio.Event(), asyncio.Event()
    registry = CollectorRegistry()
    app = create_app(
        Text(id="Percobaan", en="Trial"),
        [routes(settings.folder, stopping, dying)],
        shell=office_shell(),
        health=Health("trial", {}),
        verifier=verifier(),
        registry=registry,
    )
    return Service(
        app,
        registry,
        resources=[resource()],
        writers=[loop("writer", dying)],
        loops=[loop("relay", dying)],
        stopping=stopping,
    )


def routes(folder: Path, stopping: asyncio.Event, dying: asyncio.Event) -> APIRouter:
    router = APIRouter()

    async def is_released() -> bool:
        return (folder / "released").exists()

    @router.get("/until-released")
    async def until_released() -> str:
        (folder / "asked").touch()
        await eventually(is_released, seconds=RELEASE_SECONDS_MAX)
        return "released"

    @router.get("/until-stopping")
    async def until_stopping() -> str:
        (folder / "asked").touch()
        await stopping.wait()
        return "stopping"

    @router.get("/die")
    async def die() -> None:
        dying.set()

    return router


@asynccontextmanager
async def resource() -> AsyncIterator[None]:
    try:
        yield
    finally:
        log.info("ended", what="resource")


def loop(name: str, dying: asyncio.Event) -> Loop:
    async def run_for_ever() -> None:
        try:
            await dying.wait()
            match os.environ.get("TRIAL_DIES", "").partition(" "):
                case (dead, _, "of an error") if dead == name:
                    raise ConnectionError("lost")
                case (dead, _, "by itself") if dead == name:
                    return
            await asyncio.Event().wait()
        finally:
            log.info("ended", what=name)

    return run_for_ever


if __name__ == "__main__":
    run("trial", Settings, build, lambda: datetime.now(UTC))

"""`janji up --detach` returns when all is ready, whoever started it."""

import asyncio
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any

import pytest

from deploy.local.commands import CannotStart
from deploy.local.demonstration import Demonstration
from deploy.local.home import Home
from janji.commands import up
from tests.support.published_notes import eventually
from tests.support.sources import ended

BEGUN = Demonstration("2026-11-24T03:15:00+00:00")
WAIT_SECONDS_MAX = 30.0
LOOKS = 3  # after its own process has ended


class Looks:
    """What runs is ready whenever somebody looks; how often that was."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, _here: Home, **_options: float) -> dict[str, None]:
        self.count += 1
        return {}


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    looks = Looks()
    monkeypatch.setattr(up, "status", looks)
    monkeypatch.setattr(up, "LOOK_AGAIN_SECONDS", 0.01)
    return looks


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    folder = tmp_path / "home"
    monkeypatch.setenv("JANJI_HOME", str(folder))
    return Home(folder)


@pytest.fixture
async def started(monkeypatch: pytest.MonkeyPatch) -> asyncio.Future[Process]:
    """The process that was started for it."""
    started: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
    start = asyncio.create_subprocess_exec

    async def start_and_tell(*command: Any, **options: Any) -> Process:
        process = await start(*command, **options)
        started.set_result(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start_and_tell)
    return started


async def test_a_demonstration_that_another_one_fills_is_waited_for(
    here: Home, looks: Looks, started: asyncio.Future[Process]
) -> None:
    with here.held():
        BEGUN.save(here)
        detached = asyncio.create_task(up.in_background(here, demo=True))
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            assert await (await started).wait() == 0
        so_far = looks.count
        await eventually(lambda: looks.count >= so_far + LOOKS)
        assert not detached.done()

        BEGUN.filled(here)

        async with asyncio.timeout(WAIT_SECONDS_MAX):
            await detached


async def test_half_a_demonstration_is_waited_for_by_whoever_starts_it(
    here: Home, looks: Looks
) -> None:
    with here.held():
        BEGUN.save(here)
        detached = asyncio.create_task(up.in_background(here, demo=False))

        await eventually(lambda: looks.count >= LOOKS)

        assert not detached.done()
        await ended(detached)


async def test_what_runs_and_is_no_demonstration_is_not_taken_for_one(
    here: Home, looks: Looks
) -> None:
    with here.held(), pytest.raises(CannotStart, match="is no demonstration: name another folder"):
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            await up.in_background(here, demo=True)

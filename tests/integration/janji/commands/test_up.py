"""`janji up --detach` returns when all is ready, whoever started it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from deploy.failures import CannotStart
from deploy.local.demonstration import Demonstration
from deploy.local.home import Home
from janji.commands import up
from tests.support.messaging.event_source import assert_ends_soon
from tests.support.messaging.published_notes import eventually

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
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Popen[bytes]]]:
    """The processes that were started for it, none of which outlives the test."""
    started: list[Popen[bytes]] = []

    def start_and_tell(*command: Any, **options: Any) -> Popen[bytes]:
        started.append(Popen(*command, **options))
        return started[-1]

    monkeypatch.setattr(up, "Popen", start_and_tell)
    yield started
    for process in started:
        process.terminate()
        process.wait(WAIT_SECONDS_MAX)


async def test_a_demonstration_that_another_one_fills_is_waited_for(
    here: Home, looks: Looks, started: list[Popen[bytes]]
) -> None:
    with here.held():
        BEGUN.save(here)
        detached = asyncio.create_task(up.in_background(here, demo=True))
        await eventually(
            lambda: [each.poll() for each in started] == [0], within_seconds=WAIT_SECONDS_MAX
        )
        so_far = looks.count
        await eventually(lambda: looks.count >= so_far + LOOKS)
        assert not detached.done()

        BEGUN.filled(here)

        async with asyncio.timeout(WAIT_SECONDS_MAX):
            await detached


async def test_half_a_demonstration_is_waited_for_by_whoever_starts_it(
    here: Home, looks: Looks, started: list[Popen[bytes]]
) -> None:
    with here.held():
        BEGUN.save(here)
        detached = asyncio.create_task(up.in_background(here, demo=False))

        await eventually(lambda: looks.count >= LOOKS)

        assert not detached.done()
        await assert_ends_soon(detached)


async def test_started_processes_end_when_the_command_is_interrupted(
    here: Home, looks: Looks, started: list[Popen[bytes]]
) -> None:
    detached = asyncio.create_task(up.in_background(here, demo=True))
    await eventually(lambda: bool(started) and looks.count > 0)

    await assert_ends_soon(detached)

    assert [each.poll() is None for each in started] == [False]
    assert here.holder() is None


async def test_running_programs_are_not_taken_for_a_demonstration(
    here: Home, looks: Looks, started: list[Popen[bytes]]
) -> None:
    with here.held(), pytest.raises(CannotStart, match="is no demonstration: name another folder"):
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            await up.in_background(here, demo=True)

"""A service process shuts down in order, and ends when a background task fails."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from shared.web.bounds.protocol import HEAD_BYTES_MAX
from testbed.eventually import eventually

SECONDS_MAX = 30.0

Start = Callable[..., Awaitable["Trial"]]


class Trial:
    """The trial service in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, folder: Path) -> None:
        self.process = process
        self.port = port
        self.folder = folder

    async def asked(self) -> None:
        """Until a request is in its hands."""

        async def is_asked() -> bool:
            return (self.folder / "asked").exists()

        await eventually(is_asked, seconds=SECONDS_MAX)

    async def ended(self) -> tuple[int, list[dict[str, Any]]]:
        """Its exit code and its log."""
        async with asyncio.timeout(SECONDS_MAX):
            _, log = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, [json.loads(line) for line in log.splitlines()]

    async def get(self, path: str) -> str:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.get(url) as answer,
        ):
            return await answer.text()


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    started: list[asyncio.subprocess.Process] = []

    async def starting(*, port: int = 0, dies: str = "") -> Trial:
        settings = {"JANJI_FOLDER": str(tmp_path), "JANJI_PORT": str(port), "TRIAL_DIES": dies}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.processes.trial_service"),
            env=os.environ | settings,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        assert process.stderr is not None
        async with asyncio.timeout(SECONDS_MAX):
            line = json.loads(await process.stderr.readline())
        return Trial(process, line.get("port", 0), tmp_path)

    yield starting
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


def ends(log: list[dict[str, Any]]) -> list[str]:
    return [line["what"] for line in log if line["event"] == "ended"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_request_in_flight_is_answered_before_the_end(
    start: Start, number: signal.Signals
) -> None:
    trial = await start()
    in_flight = asyncio.create_task(trial.get("/until-released"))
    await trial.asked()

    trial.process.send_signal(number)
    await refused(trial.port)
    (trial.folder / "released").touch()

    assert await in_flight == '"released"'
    code, log = await trial.ended()
    assert code == 0
    assert ends(log) == ["relay", "writer", "resource"]


async def refused(port: int) -> None:
    """Until no new connection is taken."""

    async def is_refused() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return True
        writer.close()
        return False

    await eventually(is_refused, seconds=SECONDS_MAX)


async def test_a_long_poll_ends_when_the_service_does(start: Start) -> None:
    trial = await start()
    polling = asyncio.create_task(trial.get("/until-stopping"))
    await trial.asked()

    trial.process.terminate()

    assert await polling == '"stopping"'
    assert (await trial.ended())[0] == 0


@pytest.mark.parametrize(
    "dies", ["relay of an error", "relay by itself", "writer of an error", "writer by itself"]
)
async def test_a_background_task_that_ends_takes_the_service_down_loudly(
    start: Start, dies: str
) -> None:
    trial = await start(dies=dies)
    in_flight = asyncio.create_task(trial.get("/until-released"))
    await trial.asked()

    await trial.get("/die")

    code, log = await trial.ended()
    assert code == 1
    assert [line["event"] for line in log if line["level"] == "critical"] == [
        "background task failed"
    ]
    assert ends(log)[-1] == "resource"
    with pytest.raises(aiohttp.ClientError):
        await in_flight


async def test_a_port_that_is_taken_is_an_error_and_never_shared(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        trial = await start(port=taken.getsockname()[1])

        code, _ = await trial.ended()

    assert code == 1


async def test_a_head_that_never_ends_is_cut_off(start: Start) -> None:
    trial = await start()
    reader, writer = await asyncio.open_connection("127.0.0.1", trial.port)

    writer.write(b"GET / HTTP/1.1\r\nx: " + b"a" * (HEAD_BYTES_MAX + 1))

    assert b"431" in await reader.readline()
    writer.close()


async def test_the_second_signal_does_not_wait(start: Start) -> None:
    trial = await start()
    in_flight = asyncio.create_task(trial.get("/until-released"))
    await trial.asked()

    trial.process.terminate()
    await refused(trial.port)
    trial.process.terminate()

    await trial.ended()
    with pytest.raises(aiohttp.ClientError):
        await in_flight

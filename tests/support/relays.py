"""Relay processes, as seen by the test that starts, stops and kills them."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
ANSWER_SECONDS_MAX = 60.0


class RelayProcess:
    """One process with a relay in it."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def says(self, word: str) -> str:
        """Until it says a line that begins so; the line."""
        assert self._process.stdout is not None
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while line := (await self._process.stdout.readline()).decode():
                if line.startswith(word):
                    return line.strip()
        raise AssertionError(f"the relay ended before it said {word!r}")

    async def dies(self) -> None:
        """Until it is dead by its own hand."""
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            assert await self._process.wait() == -signal.SIGKILL

    async def kill(self) -> None:
        self._process.kill()
        await self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def relay_process(
    database_url: str, broker_url: str, *, dies_when: str | None = None, window: int = 1
) -> AsyncIterator[RelayProcess]:
    """`dies_when`: published, confirmed, storing or stored, at its `window`-th window."""
    end = () if dies_when is None else (dies_when, str(window))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.relaying_process", database_url, broker_url, *end),
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        yield RelayProcess(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()

"""Processes that a test starts, listens to, freezes and kills."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.support.processes.forked import Forked, forked

ANSWER_SECONDS_MAX = 60.0


class Child:
    """One of them. It says what it does in lines on its standard output."""

    def __init__(self, process: Forked, name: str) -> None:
        self._process = process
        self._name = name

    async def says(self, word: str) -> str:
        """Until it says a line that begins so; the line."""
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while line := (await self._process.stdout.readline()).decode():
                if line.startswith(word):
                    return line.strip()
        raise AssertionError(f"{self._name} ended before it said {word!r}")

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
async def child(module: str, *arguments: str) -> AsyncIterator[Child]:
    """`python -m MODULE ARGUMENTS`, killed at the end at the latest."""
    process = await forked(module, *arguments, environment=os.environ)
    try:
        yield Child(process, module)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()

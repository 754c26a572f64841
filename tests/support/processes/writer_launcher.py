"""Starts writer processes that a test kills, and reads what they say."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.support.messaging.ledger import Ledger
from tests.support.processes.forked import Forked, forked

FOR_EVER = 1_000_000


class WritingProcess:
    """One API process with its writers; whatever it says goes into the ledger."""

    def __init__(self, process: Forked, ledger: Ledger) -> None:
        self._process = process
        self._ledger = ledger

    async def accept(self, commands: int) -> None:
        """Until so many more commands of it were answered."""
        while commands and (line := await self._line()):
            commands -= self._note(line)
        assert commands == 0, "the process ended before"

    async def end(self) -> None:
        """Until it ends of itself, everything done."""
        while line := await self._line():
            self._note(line)
        assert await self._process.wait() == 0

    async def kill(self) -> None:
        """SIGKILL; then read what it had said by then."""
        self._process.kill()
        while line := await self._line():
            self._note(line)
        await self._process.wait()

    async def _line(self) -> str:
        async with asyncio.timeout(60):
            return (await self._process.stdout.readline()).decode()

    def _note(self, line: str) -> bool:
        said, key, *_ = line.split()
        if said == "sent":
            self._ledger.sent(key)
            return False
        self._ledger.accepted(key)
        return True


@asynccontextmanager
async def writing(
    url: str, ledger: Ledger, *, writers: int, commands: int = FOR_EVER
) -> AsyncIterator[WritingProcess]:
    told = (url, str(writers), str(commands))
    module = "tests.support.processes.writer_process"
    process = await forked(module, *told, environment=os.environ)
    try:
        yield WritingProcess(process, ledger)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()

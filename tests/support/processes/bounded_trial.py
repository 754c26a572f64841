"""The trial service with few descriptors and short times, and strangers who connect to it."""

import asyncio
import json
import os
import re
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from testbed.eventually import eventually

DESCRIPTORS = 1_024
START_SECONDS_MAX = 30.0
HURRY = """
from shared.web.bounds import protocol
for name in ("FIRST_BYTE", "NEXT_BYTE", "HEAD", "RECEIVE", "TAKE"):
    setattr(protocol, f"{name}_SECONDS_MAX", 0.5)
"""
RUN = """
import runpy
runpy.run_module("tests.support.processes.trial_service", run_name="__main__")
"""
PAGE = "/problems/not-found"


@dataclass(frozen=True, slots=True)
class Stranger:
    """A connection that is opened and says no more than it is told to."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def is_ended(self, seconds: float) -> bool:
        """Whether the server ends it within that time, whatever it sends before."""
        try:
            async with asyncio.timeout(seconds):
                while await self.reader.read(65_536):
                    pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True


@dataclass(frozen=True, slots=True)
class BoundedTrial:
    process: asyncio.subprocess.Process
    port: int
    log: Path

    @property
    def memory_mb(self) -> int:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 2**20

    async def stranger(self, said: bytes = b"") -> Stranger:
        """They take little at once, so that responses soon lie in the service."""
        connected = socket.socket()
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connected.connect(("127.0.0.1", self.port))
        reader, writer = await asyncio.open_connection(sock=connected, limit=4_096)
        writer.write(said)
        return Stranger(reader, writer)

    async def style_path(self) -> str:
        """The largest answer that it has."""
        url = f"http://127.0.0.1:{self.port}{PAGE}"
        headers = {"accept": "text/html"}
        async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as page:
            found = re.search(r"/static/janji-\w+\.css", await page.text())
        assert found is not None
        return found[0]

    async def first_byte_seconds(self) -> float:
        """Of a page, by somebody who comes now."""
        began = time.perf_counter()
        url = f"http://127.0.0.1:{self.port}{PAGE}"
        headers = {"accept": "text/html"}
        async with (
            aiohttp.ClientSession(headers=headers, raise_for_status=True) as session,
            session.get(url),
        ):
            return time.perf_counter() - began

    def refused(self) -> Counter[str]:
        """The connections refused so far, by reason, as the log tells them."""
        told = [line for line in _lines(self.log) if line["event"] == "connections were refused"]
        return sum((Counter(line["reasons"]) for line in told), Counter())


@asynccontextmanager
async def bounded_trial(folder: Path, *, hurried: bool = False) -> AsyncIterator[BoundedTrial]:
    log = folder / "log"
    program = f'ulimit -n {DESCRIPTORS}; exec {sys.executable} -c "$TRIAL"'
    settings = {"JANJI_FOLDER": str(folder), "TRIAL": HURRY * hurried + RUN}
    with log.open("w") as written:
        process = await asyncio.create_subprocess_exec(
            *("bash", "-c", program),
            env=os.environ | settings | {"JANJI_PORT": "0"},
            stderr=written,
        )
    try:
        yield BoundedTrial(process, await _port(log), log)
    finally:
        process.kill()
        await process.wait()


async def _port(log: Path) -> int:
    async def is_listening() -> bool:
        return bool(_lines(log))

    await eventually(is_listening, seconds=START_SECONDS_MAX)
    port: int = _lines(log)[0]["port"]
    return port


def _lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]

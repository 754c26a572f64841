"""A replica of a service as an operator starts it: killed, frozen, and started again."""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from testbed.eventually import eventually
from testbed.http import Answer
from testbed.surface import token
from tests.support.clocks.shifted_clock import ShiftedClock
from tests.support.processes.forked import Forked, forked

START_SECONDS_MAX = 60.0
ANSWER_SECONDS_MAX = 20.0
MONTHS = 90 * 86_400  # whatever its clock shows, a token is neither too old nor too new for it


@dataclass
class ServiceProcess:
    """`python -m services.NAME.main`, always at the same port. It keeps no state but its database.

    `clock` is its own one; None: the machine's.
    """

    name: str
    settings: Mapping[str, str]
    clock: ShiftedClock | None = None
    starts: int = 0
    _process: "Forked | Process | None" = None
    _http: aiohttp.ClientSession | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings['JANJI_PORT']}"

    async def start(self) -> None:
        self.starts += 1
        module = f"services.{self.name}.main"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("JANJI_")}
        environment = {**inherited, **self.settings}
        if self.clock is None:
            self._process = await forked(module, environment=environment)
        else:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", module),
                env={**environment, **self.clock.environment},
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
            )

    async def kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def is_ready(self) -> bool:
        try:
            return (await self.get("/health/ready")).status == 200
        except (OSError, TimeoutError, aiohttp.ClientError):
            return False

    async def until_ready(self) -> None:
        await eventually(self.is_ready, seconds=START_SECONDS_MAX)

    async def part(self, name: str) -> str:
        """What its health says of one of its parts."""
        said: str = (await self.get("/health/ready")).json["parts"][name]["detail"]
        return said

    async def get(self, target: str, *, role: str = "supervisor") -> Answer:
        return await self.send("GET", target, role=role)

    async def post(
        self, target: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        content = {"Content-Type": "application/json", **(headers or {})}
        return await self.send("POST", target, json.dumps(body).encode(), headers=content)

    async def send(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        *,
        role: str = "supervisor",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Raises OSError, TimeoutError or aiohttp.ClientError when nothing is answered."""
        assert self._http is not None
        now = int(time.time())
        login = {"Authorization": f"Bearer {token(role, iat=now - MONTHS, exp=now + MONTHS)}"}
        async with self._http.request(
            method, self.url + target, data=body, headers={**login, **(headers or {})}
        ) as answer:
            content = await answer.read()
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, found, content)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ServiceProcess"]:
        """Started; ready when the block begins, killed at its end."""
        patience = aiohttp.ClientTimeout(total=ANSWER_SECONDS_MAX)
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(timeout=patience, connector=connector) as self._http:
            try:
                await self.start()
                await self.until_ready()
                yield self
            finally:
                await self.kill()

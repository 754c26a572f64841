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

    `clock` is its own one; None: the machine's. What ends is started again, as on any machine;
    `ended`: how often it ended by itself though it had answered, which it never may.
    """

    name: str
    settings: Mapping[str, str]
    clock: ShiftedClock | None = None
    ended: int = 0
    _process: "Forked | Process | None" = None
    _http: aiohttp.ClientSession | None = field(default=None, repr=False)
    _has_answered: bool = False
    _is_killed: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings['JANJI_PORT']}"

    async def _keep(self) -> None:
        while True:
            self._process = await self._started()
            self._has_answered = self._is_killed = False
            await self._process.wait()
            self.ended += self._has_answered and not self._is_killed

    async def _started(self) -> "Forked | Process":
        module = f"services.{self.name}.main"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("JANJI_")}
        environment = {**inherited, **self.settings}
        if self.clock is None:
            return await forked(module, environment=environment)
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module),
            env={**environment, **self.clock.environment},
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )

    def kill(self) -> None:
        self._is_killed = True
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        """To whichever is there at this moment, or to none."""
        with suppress(ProcessLookupError):
            if self._process is not None:
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
            self._has_answered = True
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, found, content)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ServiceProcess"]:
        """Started; ready when the block begins, killed at its end."""
        patience = aiohttp.ClientTimeout(total=ANSWER_SECONDS_MAX)
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(timeout=patience, connector=connector) as self._http:
            keeping = asyncio.create_task(self._keep())
            try:
                await self.until_ready()
                yield self
            finally:
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)
                self.kill()
                if self._process is not None:
                    await self._process.wait()

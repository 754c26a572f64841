"""The callers of a nemesis office: they send commands, copies and repeats, and read figures."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp

from services.requests.domain import STEPS
from shared.office_time import local_date
from testbed.http import Answer
from tests.support.cases.requests_service import BODIES, a_letter, submission
from tests.support.nemesis.history import READ, SUBMIT, Call, History
from tests.support.nemesis.service_process import ServiceProcess

COMMANDS = ("review", "return", "resume", "approve", "process", "complete", "withdraw")
KNOWN_MAX = 40  # cases that commands go to, so that they meet
COPIED, REPEATED, READS, SUBMITS = 0.2, 0.5, 0.3, 0.2
FIGURES = f"/v1/public/statistics?period={local_date(datetime.now(UTC)).year}"

assert set(COMMANDS) <= set(STEPS)


@dataclass
class Clients:
    """They go on until `over`, and know only what they were answered."""

    replicas: list[ServiceProcess]
    figures: ServiceProcess
    history: History
    chance: random.Random
    over: asyncio.Event = field(default_factory=asyncio.Event)
    known: list[str] = field(default_factory=list)
    keys: int = 0
    bodies: dict[str, object] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    async def call_on(self) -> None:
        """One client."""
        while not self.over.is_set():
            if self.known and self.chance.random() < READS:
                await self.send(Call(READ, "", self.chance.choice(self.known), time.monotonic()))
                continue
            first = self._write()
            copies = 2 if self.chance.random() < COPIED else 1
            made = [first, *(self.again(first) for _ in range(copies - 1))]
            await asyncio.gather(*map(self.send, made))
            if made[-1].outcome == "unknown" and self.chance.random() < REPEATED:
                await self.send(self.again(first))

    async def watch(self) -> None:
        """Somebody looks at the figures: how many cases were received."""
        while not self.over.is_set():
            try:
                answer = await self.figures.get(FIGURES)
            except (OSError, TimeoutError, aiohttp.ClientError):
                await self._pause()
                continue
            self._judge(answer)
            if answer.status == 200:
                self.seen.append(received(answer))
            await self._pause()

    def again(self, call: Call) -> Call:
        return Call(call.command, call.key, call.number, time.monotonic())

    async def send(self, call: Call) -> None:
        self.history.calls.append(call)
        call.invoked_at = time.monotonic()
        replica = self.chance.choice(self.replicas)
        try:
            answer = await self._asked(replica, call)
        except (OSError, TimeoutError, aiohttp.ClientError):
            call.outcome = "unknown"
            await self._pause()
            return
        call.ended_at = time.monotonic()
        self._judge(answer)
        self._note(call, answer)

    async def _asked(self, replica: ServiceProcess, call: Call) -> Answer:
        target = "/v1/requests" if call.command == SUBMIT else f"/v1/requests/{call.number}"
        if call.command == READ:
            return await replica.get(target)
        if call.command != SUBMIT:
            target += f"/{call.command}"
        headers = {"Idempotency-Key": call.key}
        return await replica.post(target, self.bodies[call.key], headers=headers)

    def _note(self, call: Call, answer: Answer) -> None:
        if answer.status >= 500:
            call.outcome, call.ended_at = "unknown", float("inf")
        elif answer.status < 300:
            said = answer.json
            call.outcome, call.said = "ok", f"{answer.status} {answer.text}"
            call.number, call.version = said["number"], said["version"]
            call.status = said["status"]
            call.is_repeated = "idempotency-replayed" in answer.headers
            if call.command == SUBMIT and call.number not in self.known:
                self.known = [*self.known[1 - KNOWN_MAX :], call.number]
        elif answer.status in (404, 409):
            call.outcome, call.said = "fail", f"{answer.status}"
            if answer.status == 404 and call.number in self.known:
                self.known.remove(call.number)
        else:
            self.odd.append(f"{call}: {answer}")

    def _judge(self, answer: Answer) -> None:
        is_named = answer.status == 503 and int(answer.headers.get("retry-after", 0)) > 0
        if answer.status >= 500 and not is_named:
            self.odd.append(str(answer))

    def _write(self) -> Call:
        self.keys += 1
        key = f"nemesis-key-{self.keys}"
        if not self.known or self.chance.random() < SUBMITS:
            sent = submission()
            self.bodies[key] = {k: v for k, v in sent.items() if k != "received_at"}
            return Call(SUBMIT, key, "", time.monotonic())
        command = self.chance.choice(COMMANDS)
        self.bodies[key] = BODIES[command] | (
            {"letter": a_letter()} if command == "resubmit" else {}
        )
        return Call(command, key, self.chance.choice(self.known), time.monotonic())

    async def _pause(self) -> None:
        """Whom nothing answers, that one comes again in a moment."""
        await asyncio.wait({asyncio.ensure_future(self.over.wait())}, timeout=0.05)


def received(answer: Answer) -> int:
    """How many requests the figures count."""
    return int(answer.json["services"]["requests"]["received"])

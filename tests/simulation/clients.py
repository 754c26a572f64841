"""Those who send commands, and what they write down: invoked, answered, never answered.

Each command has a key and is repeated with it until an answer comes, at times six times at once.
What it stores bears a mark of its own, so that the log tells how often it was carried out.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from services.requests.application import RequestResult
from services.requests.domain import ServiceRequest
from services.requests.refusals import SameLetter
from shared.cases.case import Actor
from shared.cases.repository import CommandContext, StaleVersion
from shared.eventstore.errors import AggregateNotFound, EventLogError, VersionConflict
from shared.eventstore.records import CommandKey
from shared.refusals import NotAllowed
from testbed.service_requests import LETTER, SUBMISSION
from tests.simulation.postgres.read_models import POISON
from tests.simulation.processes import RequestsProcess

SUPERVISOR = Actor("supervisor-1", "supervisor")
COPIES = 6
TRIES_MAX = 40


@dataclass(frozen=True)
class Replied:
    """An answer. outcome: "ok", or the name of the refusal. version: of the case, as it says."""

    outcome: str
    number: str | None
    version: int | None
    at: float
    life: int


@dataclass
class Command:
    """One command of a client with all its tries. `life` counts the log's restores."""

    key: str
    kind: str
    number: str | None
    expected: int | None
    at: float
    life: int
    answers: list[Replied] = field(default_factory=list)

    @property
    def first(self) -> Replied | None:
        return self.answers[0] if self.answers else None

    def __str__(self) -> str:
        expected = "" if self.expected is None else f" if at {self.expected}"
        found = ", ".join(
            f"{each.outcome} {each.number or ''}@{each.version} at {each.at:.3f}"
            for each in self.answers
        )
        return (
            f"{self.at:8.3f} {self.key} {self.kind} {self.number or ''}{expected}: {found or '…'}"
        )


class Office(Protocol):
    """What clients see of the world."""

    rng: random.Random
    life: int
    commands: list[Command]

    @property
    def sources(self) -> Sequence[RequestsProcess]: ...

    def seconds(self) -> float: ...

    def latency(self) -> float: ...

    def say(self, what: str) -> None: ...


class Client:
    """Sends one command after another, to whichever replica."""

    def __init__(self, office: Office, name: str, cases: list[tuple[str, int]]) -> None:
        self._office = office
        self._name = name
        self._cases = cases  # all clients know the same ones, as last seen
        self._sent = 0

    async def send(self, count: int) -> None:
        for _ in range(count):
            await asyncio.sleep(self._office.rng.random() * 0.6)
            command = self._next()
            self._office.commands.append(command)
            copies = COPIES if self._office.rng.random() < 0.25 else 1
            await asyncio.gather(*(self._until_answered(command) for _ in range(copies)))

    def _next(self) -> Command:
        rng = self._office.rng
        self._sent += 1
        key = f"{self._name}-{self._sent}"
        kinds = ["assign"] * 5 + ["submit", "review", "withdraw", "read"]
        kind = rng.choice(kinds) if self._cases else "submit"
        number, seen = rng.choice(self._cases) if kind != "submit" else (None, None)
        expected = seen if kind == "assign" and rng.random() < 0.5 else None
        return Command(key, kind, number, expected, self._office.seconds(), self._office.life)

    async def _until_answered(self, command: Command) -> None:
        """Again with the same key, until an answer says what became of it."""
        for _ in range(TRIES_MAX):
            answer = await self._try(command)
            if answer is not None:
                command.answers.append(answer)
                self._learn(answer)
                return
            await asyncio.sleep(0.05 + self._office.rng.random() * 0.5)

    async def _try(self, command: Command) -> Replied | None:
        """None: no answer, or one that says nothing of its outcome."""
        office = self._office
        await asyncio.sleep(office.latency() + office.rng.random() * 0.005)
        source = office.rng.choice(office.sources)
        try:
            async with asyncio.timeout(15):
                outcome, number, version = await source.call(self._carried_out(source, command))
        except (OSError, EventLogError):  # a timeout too
            return None
        if office.rng.random() < 0.03:
            return None  # the answer is lost on its way
        return Replied(outcome, number, version, office.seconds(), office.life)

    async def _carried_out(
        self, source: RequestsProcess, command: Command
    ) -> tuple[str, str | None, int | None]:
        try:
            result = await self._use_case(source, command)()
            return "ok", result.case.number, result.case.version
        except StaleVersion as stale:
            return "StaleVersion", command.number, stale.version
        except SameLetter as same:
            return "SameLetter", same.number, None
        except (NotAllowed, AggregateNotFound, VersionConflict) as refused:
            return type(refused).__name__, command.number, None

    def _use_case(
        self, source: RequestsProcess, command: Command
    ) -> Callable[[], Awaitable[RequestResult | Any]]:
        requests = source.requests
        expected = None if command.expected is None else [command.expected]
        key = CommandKey(command.key, command.key.encode())
        context = CommandContext(SUPERVISOR, expected, key)
        match command.kind:
            case "submit":
                letter = replace(LETTER, number=f"800/{command.key}")
                submission = replace(SUBMISSION, letter=letter, received_at=None)
                return lambda: requests.submit(context, submission)
            case "assign":
                mark = f"{POISON}-{command.key}" if self._is_poison(command) else command.key
                return lambda: requests.assign(context, command.number or "", mark)
            case "read":
                return lambda: self._read(requests.cases.load, context, command.number or "")
            case _:
                by = {"review": (ServiceRequest.review, {}), "withdraw": _WITHDRAW}[command.kind]
                decide, facts = by
                return lambda: requests.carry_out(context, command.number or "", decide, **facts)

    async def _read(
        self, load: Callable[..., Awaitable[ServiceRequest]], context: CommandContext, number: str
    ) -> Any:
        return _Seen(await load(context, number))

    def _is_poison(self, command: Command) -> bool:
        return hash_of(command.key) % 12 == 0

    def _learn(self, answer: Replied) -> None:
        if answer.version is None or answer.number is None:
            return
        known = dict(self._cases)
        known[answer.number] = answer.version
        self._cases[:] = known.items()


@dataclass
class _Seen:
    case: ServiceRequest


_WITHDRAW: tuple[Callable[..., None], dict[str, str]] = (
    ServiceRequest.withdraw,
    {"reason": "Tidak jadi"},
)


def hash_of(text: str) -> int:
    """The same in each process."""
    return sum(ord(each) * (n + 7) for n, each in enumerate(text))

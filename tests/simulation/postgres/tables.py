"""The tables of a simulated database, as plain values."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.eventstore.records import NO_HASH, Recorded
from shared.messaging.subscription import Incoming


@dataclass(frozen=True)
class Outcome:
    """A row of `command_log`."""

    request_hash: bytes
    first_position: int
    last_position: int


@dataclass
class Log:
    """The log of a service, and the position of its relay."""

    events: list[Recorded] = field(default_factory=list)
    keys: dict[str, Outcome] = field(default_factory=dict)
    streams: dict[UUID, list[Recorded]] = field(default_factory=dict)
    claims: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    sealing_keys: dict[UUID, bytes] = field(default_factory=dict)
    epochs: list[tuple[UUID, int, str | None]] = field(default_factory=list)
    term: int = 0
    relayed: int = 0

    @property
    def head_hash(self) -> bytes:
        return self.events[-1].hash if self.events else NO_HASH

    def copy(self) -> "Log":
        return replace(
            self,
            events=list(self.events),
            keys=dict(self.keys),
            streams={key: list(stream) for key, stream in self.streams.items()},
            claims=dict(self.claims),
            sealing_keys=dict(self.sealing_keys),
            epochs=list(self.epochs),
        )


@dataclass
class HeldEvent:
    """A row of `quarantine`."""

    event: Incoming
    aggregate: str
    number: str
    body: bytes
    error: str | None
    held_at: datetime


@dataclass
class Figures:
    """One source's read models in one generation. A commit replaces them whole."""

    figures_on: date
    position: int = 0
    epoch: str = ""
    hash: bytes = b""
    recorded_at: datetime | None = None
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    passed: list[tuple[int, bytes]] = field(default_factory=list)  # applied or held, in order
    quarantine: dict[int, HeldEvent] = field(default_factory=dict)

    def copy(self) -> "Figures":
        return replace(
            self,
            cases=dict(self.cases),
            passed=list(self.passed),
            quarantine=dict(self.quarantine),
        )


@dataclass
class SourceStatus:
    """A row of `projection_source`."""

    head: int
    checked_at: datetime
    at_head_at: datetime | None = None
    behind_since: datetime | None = None
    forked_at: int | None = None


@dataclass
class Generations:
    """All generations; `live` is read, one of `retired` was."""

    figures: dict[int, dict[str, Figures]] = field(default_factory=dict)
    live: int | None = None
    made: int = 0
    retired: dict[int, datetime] = field(default_factory=dict)
    sources: dict[str, SourceStatus] = field(default_factory=dict)

"""The values that go into the log and come out of it, without behaviour.

Two different numbers: a *version* counts the events of one aggregate, a *position* those of the
whole log. Both start at 1 and have no gaps.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

NO_HASH = bytes(32)
"""The predecessor of the first event's hash."""


@dataclass(frozen=True, slots=True)
class CommandKey:
    """Identifies a command, so that the log recognises a repeated one.

    `key` is the caller's idempotency key, scoped by caller and path and hashed, so that two
    callers never collide. `request_hash` is an HMAC of the request: bodies hold personal data, and
    a plain hash of a short text can be guessed.
    """

    key: str
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """The unique name that a stream holds from an append on, in place of its last; None: no name.

    No second stream takes a held name, unless its claim is `shared`.
    """

    name: str | None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Appended:
    """The outcome of one command: its events are in the log, at these positions.

    `version` is that of the last event. `replayed`: the same key wrote them before; load the
    aggregate at `version` to give the first answer again.
    """

    originator_id: UUID
    version: int
    first_position: int
    last_position: int
    recorded_at: datetime
    replayed: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """One stored event, with personal data sealed. `trace` is a traceparent.

    previous_hash: that of the event before it in the log; None where only some events were read.
    """

    position: int
    originator_id: UUID
    version: int
    topic: str
    state: bytes
    recorded_at: datetime
    hash: bytes
    trace: str | None
    previous_hash: bytes | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log. An empty log has position 0, `NO_HASH`, and recorded_at None."""

    epoch: UUID
    position: int
    hash: bytes
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Epoch:
    """The positions from `first_position` to the next epoch's, written between two restores.

    Of two epochs with the same first position (two restores without a write between) the later
    holds.
    """

    id: UUID
    first_position: int


def recorded_from(row: asyncpg.Record) -> Recorded:
    """A row of `READ` or of a query like it, from any connection."""
    return Recorded(
        position=row["notification_id"],
        originator_id=row["originator_id"],
        version=row["originator_version"],
        topic=row["topic"],
        state=row["state"],
        recorded_at=row["recorded_at"],
        hash=row["hash"],
        trace=row["trace"],
        previous_hash=row.get("previous_hash"),
    )

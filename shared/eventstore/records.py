"""What the log takes and gives: plain values, no behaviour.

Two numbers, never to be mixed up: a *version* counts the events of one aggregate, a *position*
those of the whole log. Both start at 1 and have no gaps.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

NO_HASH = bytes(32)
"""What the first event's hash is chained to."""


@dataclass(frozen=True, slots=True)
class CommandKey:
    """Tells a repeated command from a new one.

    `key` is the caller's idempotency key, scoped by caller and path and hashed, so that two
    callers never meet. `request_hash` is an HMAC of the request: bodies hold personal data, and
    a plain hash of a short text can be guessed.
    """

    key: str
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """The name that a stream holds from an append on, instead of the one that it held; None: none.

    No second stream takes a name that one holds, unless it says so: `shared`.
    """

    name: str | None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Appended:
    """The outcome of one command: its events are in the log, at these positions.

    `version` is that of the last of them. `replayed`: they were there already, written under the
    same key; load the aggregate at `version` to give the first answer again.
    """

    originator_id: UUID
    version: int
    first_position: int
    last_position: int
    recorded_at: datetime
    replayed: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """One stored event as it lies in the log, personal data sealed. `trace` is a traceparent."""

    position: int
    originator_id: UUID
    version: int
    topic: str
    state: bytes
    recorded_at: datetime
    hash: bytes
    trace: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends. An empty log: position 0, `NO_HASH`, recorded_at None."""

    epoch: UUID
    position: int
    hash: bytes
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Epoch:
    """From `first_position` on, until the next epoch, events were written in this life of the log.

    Of two that start at the same position (a restore before anything was written after the last
    one) the later holds.
    """

    id: UUID
    first_position: int

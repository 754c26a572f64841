"""One command's append: the parameters of the call, and its outcome.

Every reason for which the database could refuse a single command is checked here, before the
command joins a batch: a batch that fails for one bad command delays its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.eventstore.codec import Encoded
from shared.eventstore.errors import CommandTooLarge, UnstorableEvent
from shared.eventstore.records import Claim, CommandKey
from shared.eventstore.sealing import WrappedKey

EVENT_BYTES_MAX = 4 * 1024 * 1024  # more than a body of 1 MiB, sealed and in base64
COMMAND_BYTES_MAX = 16 * 1024 * 1024  # a stream's whole history in one import
COMMAND_EVENTS_MAX = 10_000
TEXT_BYTES_MAX = 255  # of a key, a topic, a trace; as in the tables
HASH_BYTES_MAX = 64
OVERHEAD_BYTES = 300  # an append's share of memory besides its texts, roughly


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """The events of one command on one stream, with consecutive versions from `first_version`.

    `size_bytes` counts in the queue and in a batch. `new_key`: the stream gets this sealing key.
    `erases`: its sealing key is deleted for ever. `claim`: None leaves the stream's name as it is.
    """

    key: CommandKey
    originator_id: UUID
    first_version: int
    topics: tuple[str, ...]
    states: tuple[bytes, ...]
    size_bytes: int
    trace: str | None = None
    new_key: WrappedKey | None = None
    erases: bool = False
    claim: Claim | None = None

    @property
    def last_version(self) -> int:
        return self.first_version + len(self.states) - 1


Answer = Literal["appended", "replayed", "key_reused", "conflict", "taken"]


@dataclass(frozen=True, slots=True)
class AppendOutcome:
    """One row of append_events: the outcome of one command. Its migration lists the answers."""

    answer: Answer
    originator_id: UUID
    version: int | None
    first_position: int | None
    last_position: int | None
    recorded_at: datetime


def append_of(
    events: Sequence[Encoded],
    *,
    key: CommandKey,
    trace: str | None = None,
    new_key: WrappedKey | None = None,
    erases: bool = False,
    claim: Claim | None = None,
) -> Append:
    """The append of one command, whose events are of one stream and in order.

    Raises CommandTooLarge, UnstorableEvent.
    """
    topics = tuple([event.topic for event in events])
    states = tuple([event.state for event in events])
    append = Append(
        key=key,
        originator_id=events[0].originator_id,
        first_version=events[0].version,
        topics=topics,
        states=states,
        size_bytes=OVERHEAD_BYTES + sum(map(len, topics)) + sum(map(len, states)),
        trace=trace,
        new_key=new_key,
        erases=erases,
        claim=claim,
    )
    _check_sizes(append)
    _check_texts(append)
    return append


def _check_sizes(append: Append) -> None:
    if len(append.states) > COMMAND_EVENTS_MAX:
        raise CommandTooLarge(f"{len(append.states)} events, over {COMMAND_EVENTS_MAX}")
    if append.size_bytes > COMMAND_BYTES_MAX:
        raise CommandTooLarge(f"{append.size_bytes} bytes, over {COMMAND_BYTES_MAX}")
    if len(max(append.states, key=len)) > EVENT_BYTES_MAX:
        raise CommandTooLarge(f"an event of more than {EVENT_BYTES_MAX} bytes")
    if len(append.key.request_hash) > HASH_BYTES_MAX:
        raise UnstorableEvent(f"a request hash of more than {HASH_BYTES_MAX} bytes")
    if append.first_version < 0:
        raise UnstorableEvent(f"version {append.first_version}")


def _check_texts(append: Append) -> None:
    _check_text("key", append.key.key)
    for topic in append.topics:
        _check_text("topic", topic)
    if append.claim is not None and append.claim.name is not None:
        _check_text("claim", append.claim.name)
    if append.trace is not None:
        _check_text("trace", append.trace)


def _check_text(name: str, text: str) -> None:
    """PostgreSQL stores no NUL and no lone surrogate, and indexes no long text."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise UnstorableEvent(f"a {name} with half a character") from None
    if not 0 < size <= TEXT_BYTES_MAX or "\0" in text:
        raise UnstorableEvent(f"a {name} of {size} bytes, or with a NUL")

"""Following a source: its events arrive in batches, and are acknowledged once they are applied.

Two implementations lead from a source's log to its followers, and a follower cannot tell them
apart: the broker (`broker_subscription.py`) or, without one, a long poll of the source's feed
(`feed_subscription.py`). One contract suite runs over both.

Both guarantee order of position within a source, and delivery at least once. After a loss or
`close`, every event handed out and not acknowledged is delivered again, in order. Neither
guarantees that no event is missing (a broker may lose its queue): the follower compares positions,
reads the log's head, and fills a gap from the feed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import msgspec

from shared.event_names import event_name, source_name
from shared.messaging.envelope import event_id

BATCH_SIZE_MAX = 500
"""Events in one batch at most: as many as a transaction applies in a few tens of milliseconds."""

WAIT_SECONDS = 5.0
"""How long `batch` waits for a first event before it returns an empty batch."""


class SubscriptionLost(Exception):
    """The connection to the source was lost. `batch` opens a new one; call it after a pause.

    Events handed out and not acknowledged are delivered again.
    """


class MalformedEvent(Exception):
    """The message is no event of Janji: no CloudEvent, or without source, position or hash."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event as it arrived.

    source: the service whose log holds it, "requests". position: in that log, from 1, contiguous.
    epoch: the log's epoch in which that position was written, a UUID.
    hash: the log's hash of this event: the same position with another hash is another history.
    previous_hash: of the event before it; None of an event that an older release published.
    type: the event's name, "submitted". body: the CloudEvent, its `data` the payload.
    """

    source: str
    position: int
    epoch: str
    hash: bytes
    type: str
    body: Mapping[str, Any]
    previous_hash: bytes | None = None


class Subscription(Protocol):
    """One task's subscription to a source. Its methods must not run concurrently.

    refused_messages: what arrived and was no event that this source has published.
    declared_again: how often its queue was lost.
    """

    refused_messages: int
    declared_again: int

    async def batch(self) -> Sequence[Incoming]:
        """The next events: up to `BATCH_SIZE_MAX`, in order.

        Opens the connection if there is none. Waits for a first event at most `WAIT_SECONDS`, then
        returns an empty batch, so that its caller can read the head. A cancellation loses nothing:
        the next call returns what had arrived.

        Raises:
            SubscriptionLost: see there.
        """
        ...

    async def acknowledge(self) -> None:
        """Acknowledge every event handed out so far.

        Call it after the commit. After a crash between the two these events are delivered again,
        and skipped by the checkpoint that moved in that transaction.

        Raises:
            SubscriptionLost: not acknowledged; the events are delivered again.
        """
        ...

    async def close(self) -> None:
        """Return unacknowledged events, and close. The next `batch` opens again."""
        ...

    async def redeclare(self) -> None:
        """Declare the queue again, because it stayed silent while the log's head moved.

        Its messages are lost; the follower reads them from the feed. Harmless without a queue.
        """
        ...


def parse(body: bytes) -> Incoming:
    """Parse one structured CloudEvent.

    Raises:
        MalformedEvent: it is no event of Janji.
    """
    try:
        return incoming(_DECODER.decode(body))
    except UNREADABLE as error:
        raise MalformedEvent(str(error)) from error


def incoming(body: Mapping[str, Any]) -> Incoming:
    """The attributes that a follower orders by, out of a decoded CloudEvent.

    Raises:
        MalformedEvent: it is no event of Janji.
    """
    try:
        epoch, position = UUID(body["logepoch"]), int(body["sequence"])
        if body["id"] != event_id(epoch, position):
            raise ValueError(f"{body['id']} is another event")
        return Incoming(
            source=source_name(body["source"]),
            position=position,
            epoch=str(epoch),
            hash=bytes.fromhex(body["loghash"]),
            type=event_name(body["type"]),
            body=body,
            previous_hash=bytes.fromhex(body["logprevious"]) if "logprevious" in body else None,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise MalformedEvent(f"not an event of ours: {error!r}") from error


_DECODER = msgspec.json.Decoder(dict[str, Any])
UNREADABLE = (msgspec.DecodeError, RecursionError, ValueError)
"""Raised by decoding JSON of a stranger. Nested deeply, it is no DecodeError."""

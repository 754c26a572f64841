"""Following a source: its events arrive in batches, and are acknowledged once they took effect.

Two ways lead from a source's log to its followers, and a follower cannot tell them apart: over
the broker (`broker_subscription.py`) or, where there is none, by long poll of the source's feed
(`feed_subscription.py`). One contract suite runs over both.

What both promise: in order of position within a source, at least once. After a loss or `close`,
everything handed out and not acknowledged comes again, still in order. Neither promises that
nothing is missing in between (a broker may lose its queue): the follower compares positions, and
asks for the log's head, and heals a gap from the feed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import msgspec

from shared.messaging.envelope import event_id, event_name, source_name

BATCH_SIZE_MAX = 500
"""Events in one batch at most: as many as a transaction applies in a few tens of milliseconds."""

WAIT_SECONDS = 5.0
"""How long `batch` waits for a first event before it comes back empty."""


class SubscriptionLost(Exception):
    """The way to the source broke. Call `batch` again, after a pause: it makes a new one.

    What was handed out and not acknowledged comes again.
    """


class MalformedEvent(Exception):
    """What arrived is no event of Janji: no CloudEvent, or without source, place or hash."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event as it arrived.

    source: whose log, "requests". position: its place there, from 1, contiguous.
    epoch: the log's life in which that position was written, a UUID.
    hash: the log's hash of this event: the same position with another hash is another history.
    type: the event's name, "submitted". body: the CloudEvent, its `data` the payload.
    """

    source: str
    position: int
    epoch: str
    hash: bytes
    type: str
    body: Mapping[str, Any]


class Subscription(Protocol):
    """A source being followed by one task. No method may run beside another."""

    async def batch(self) -> Sequence[Incoming]:
        """What has arrived since: up to `BATCH_SIZE_MAX` events, in order.

        Opens the way if there is none. Waits for a first event at most `WAIT_SECONDS`, then
        comes back empty, so that its caller can ask for the head. A cancellation leaves what
        had arrived where it is: the next call hands it out.

        Raises:
            SubscriptionLost: see there.
        """
        ...

    async def acknowledge(self) -> None:
        """All that was handed out so far took effect, and need not come again.

        To be called after the commit. A crash between the two repeats these events: the
        position, moved in that transaction, skips them.

        Raises:
            SubscriptionLost: it could not be said; they will come again.
        """
        ...

    async def close(self) -> None:
        """Give back what is not acknowledged, and end. The next `batch` opens anew."""
        ...

    async def redeclare(self) -> None:
        """Make the way itself anew, for it stayed silent while the log's head moved on.

        Whatever was on the way is lost; the follower heals it from the feed. Harmless where
        there is nothing to remake.
        """
        ...


def parse(body: bytes) -> Incoming:
    """Read one structured CloudEvent as it came.

    Raises:
        MalformedEvent: it is none of ours.
    """
    try:
        return incoming(_DECODER.decode(body))
    except msgspec.DecodeError as error:
        raise MalformedEvent(str(error)) from error


def incoming(body: Mapping[str, Any]) -> Incoming:
    """A decoded CloudEvent with what a follower orders by picked out.

    Raises:
        MalformedEvent: it is none of ours.
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
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise MalformedEvent(f"not an event of ours: {error!r}") from error


_DECODER = msgspec.json.Decoder(dict[str, Any])

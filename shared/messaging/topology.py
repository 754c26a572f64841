"""The topology of the broker: one exchange, and two queues a source, one of ours and a stream.

Every argument whose default differs between 3.10 and 4.x is written out, so that both behave
alike: delivery limit, overflow, length, expiry. Declaring is idempotent; the broker refuses (406)
to declare an existing queue with other arguments.

A confirm waits for every queue that is bound to the exchange. So no queue of a subscriber is: one
with `reject-publish`, or one that has lost its leader, would stop the relay for all.

* *The projections' queue* of a source may lose its oldest messages when it is full, since its
  follower reads the feed, and must never lose an event to crashes. The delivery limit is a large
  positive number: −1 means "unlimited" on 4.x, but 3.10 drops the message at its first return.
* *The stream* of a source is for subscribers. Reading it needs no right but to read it; an absent
  reader costs nothing, a slow one holds up nobody. History older than a stream is the feed's.

A relay declares both, so that events published before the first run of a projection wait for it.
`deploy/accounts.py` lets a service touch the names of its own source and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aio_pika.abc import AbstractChannel

from shared.event_names import FOLLOWED_SOURCES

Arguments = Mapping[str, str | int | bool]

EXCHANGE = "janji.events"

DECLARE_TIMEOUT_SECONDS = 10.0
"""A queue without a leader never answers a declare (3.10, killed soon after the declaration)."""

PROJECTION_DELIVERY_LIMIT = 1_000_000
"""Out of reach: a projection that crashes a hundred times an hour needs a year for it."""

PROJECTION_BYTES_MAX = 256 * 1024 * 1024
"""About 150,000 events: away for longer, a projection reads the feed."""

STREAM_AGE_MAX = "30D"
STREAM_BYTES_MAX = 1024 * 1024 * 1024
STREAM_SEGMENT_BYTES = 16 * 1024 * 1024
"""Age and bytes are bounded by whole segments. With the default (500 MB) a small office's stream
would never forget anything."""


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """A queue to declare: durable, with these arguments, bound for this source's events."""

    name: str
    source: str
    arguments: Arguments

    @property
    def routing_key(self) -> str:
        return f"{self.source}.#"


def projection_queue(source: str) -> QueuePlan:
    """The queue of the projections for one source: all its events, in order."""
    return QueuePlan(
        f"projections.{source}",
        source,
        MappingProxyType(
            {
                "x-queue-type": "quorum",
                "x-delivery-limit": PROJECTION_DELIVERY_LIMIT,
                "x-overflow": "drop-head",
                "x-max-length-bytes": PROJECTION_BYTES_MAX,
                "x-single-active-consumer": True,  # avoids repeats; the checkpoint is the fence
            }
        ),
    )


def stream(source: str) -> QueuePlan:
    """The stream of a source, for those who subscribe to it."""
    return QueuePlan(
        f"events.{source}",
        source,
        MappingProxyType(
            {
                "x-queue-type": "stream",
                "x-max-age": STREAM_AGE_MAX,
                "x-max-length-bytes": STREAM_BYTES_MAX,
                "x-stream-max-segment-size-bytes": STREAM_SEGMENT_BYTES,
            }
        ),
    )


def queues_of(source: str) -> tuple[QueuePlan, ...]:
    """All that a source's events are routed to."""
    return (stream(source), *([projection_queue(source)] if source in FOLLOWED_SOURCES else []))


async def declare(channel: AbstractChannel, plan: QueuePlan) -> None:
    """Declare the exchange and this queue, bound; harmless when they exist.

    Raises:
        aio_pika.exceptions.ChannelPreconditionFailed: one exists with another argument; the
            message names it and both values. The channel is closed.
        TimeoutError: the broker does not answer, or the queue has no leader.
    """
    await channel.declare_exchange(EXCHANGE, "topic", durable=True, timeout=DECLARE_TIMEOUT_SECONDS)
    await _bind(channel, plan, passive=False)


async def declare_anew(channel: AbstractChannel, plan: QueuePlan) -> None:
    """Delete the queue with all its messages, and declare it again. Raises as `declare`.

    The deletion is unconditional: `if_unused` on a quorum queue closes the whole connection (540),
    and a queue without a leader doesn't know whether it is empty.
    """
    await channel.queue_delete(
        plan.name, if_unused=False, if_empty=False, timeout=DECLARE_TIMEOUT_SECONDS
    )
    await declare(channel, plan)


async def check(channel: AbstractChannel, plan: QueuePlan) -> None:
    """See that both are still there, and bind the queue again if it was unbound.

    Raises:
        aio_pika.exceptions.ChannelNotFoundEntity: one is missing; the message names it. The
            channel is closed.
        TimeoutError: as `declare`.
    """
    await _bind(channel, plan, passive=True)


async def _bind(channel: AbstractChannel, plan: QueuePlan, *, passive: bool) -> None:
    try:
        queue = await channel.declare_queue(
            plan.name,
            durable=True,
            passive=passive,
            arguments=dict(plan.arguments),
            timeout=DECLARE_TIMEOUT_SECONDS,
        )
        await queue.bind(EXCHANGE, plan.routing_key, timeout=DECLARE_TIMEOUT_SECONDS)
    except TimeoutError as error:
        raise TimeoutError(f"{plan.name} does not answer: it may have no leader") from error

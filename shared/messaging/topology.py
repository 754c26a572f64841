"""The topology of the broker: one exchange, and a queue for each subscriber.

Every argument whose default differs between 3.10 and 4.x is written out, so that both behave
alike: delivery limit, overflow, length, expiry. Declaring is idempotent; the broker refuses (406)
to declare an existing queue with other arguments.

Two kinds of queues:

* *the projections' queues*, one a source, may grow without a bound and must never lose an event to
  crashes. The delivery limit is a large positive number: −1 means "unlimited" on 4.x, but 3.10
  drops the message at its first return.
* *an external subscriber's queue* (`sub.<name>.<what>`) may neither block the relay nor fill the
  broker: it has a byte limit that drops the oldest messages, an expiry without a consumer, and a
  dead-letter queue with the same limits. The subscriber reads lost events again from the feed.

`python -m shared.messaging.topology` prints `deploy/rabbitmq/definitions.json`: the same topology
for a broker that is configured before the services run.
"""

import json
import sys
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

SUBSCRIBER_BYTES_MAX = 256 * 1024 * 1024
SUBSCRIBER_EXPIRES_MS = 14 * 24 * 3600 * 1000  # two weeks without a consumer
SUBSCRIBER_DELIVERY_LIMIT = 20


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """A queue to declare: durable, quorum, with these arguments and bindings."""

    name: str
    arguments: Arguments
    routing_keys: tuple[str, ...] = ()


def projection_queue(source: str) -> QueuePlan:
    """The queue of the projections for one source: all its events, in order."""
    return QueuePlan(
        name=f"projections.{source}",
        arguments=MappingProxyType(
            {
                "x-queue-type": "quorum",
                "x-delivery-limit": PROJECTION_DELIVERY_LIMIT,
                "x-overflow": "drop-head",  # if an operator's policy sets a length
                "x-single-active-consumer": True,  # avoids repeats; the checkpoint is the fence
            }
        ),
        routing_keys=(f"{source}.#",),
    )


def subscriber_queues(name: str, what: str, routing_keys: tuple[str, ...]) -> tuple[QueuePlan, ...]:
    """An external subscriber's queue and, declared first, its dead-letter queue.

    `routing_keys` are `<service>.<event>.*`, so that a new version of an event still arrives.
    """
    queue = f"sub.{name}.{what}"
    dead = f"{queue}.dead"
    to_dead = {
        "x-dead-letter-exchange": "",  # the default exchange: the routing key is the queue
        "x-dead-letter-routing-key": dead,
        "x-dead-letter-strategy": "at-most-once",
    }
    return (
        QueuePlan(dead, MappingProxyType(_subscriber_limits())),
        QueuePlan(queue, MappingProxyType({**_subscriber_limits(), **to_dead}), routing_keys),
    )


def _subscriber_limits() -> dict[str, str | int | bool]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": SUBSCRIBER_DELIVERY_LIMIT,
        "x-overflow": "drop-head",
        "x-max-length-bytes": SUBSCRIBER_BYTES_MAX,
        "x-expires": SUBSCRIBER_EXPIRES_MS,
    }


PROJECTION_QUEUES = tuple(projection_queue(source) for source in FOLLOWED_SOURCES)


async def declare(
    channel: AbstractChannel, queues: tuple[QueuePlan, ...] = PROJECTION_QUEUES
) -> None:
    """Declare the exchange and these queues; harmless when they exist.

    A relay declares the projections' queues too, so that events published before the first run of
    a projection wait for it.

    Raises:
        aio_pika.exceptions.ChannelPreconditionFailed: one exists with another argument; the
            message names it and both values. The channel is closed.
        TimeoutError: the broker does not answer, or a queue has no leader.
    """
    exchange = await channel.declare_exchange(
        EXCHANGE, "topic", durable=True, timeout=DECLARE_TIMEOUT_SECONDS
    )
    for plan in queues:
        queue = await channel.declare_queue(
            plan.name,
            durable=True,
            arguments=dict(plan.arguments),
            timeout=DECLARE_TIMEOUT_SECONDS,
        )
        for key in plan.routing_keys:
            await queue.bind(exchange, key, timeout=DECLARE_TIMEOUT_SECONDS)


def definitions() -> dict[str, object]:
    """The topology as a definitions file of RabbitMQ, for the vhost `/`."""
    exchange = {"name": EXCHANGE, "type": "topic", "durable": True, "internal": False}
    return {
        "exchanges": [{**exchange, **_COMMON, "auto_delete": False, "arguments": {}}],
        "queues": [_defined(plan) for plan in PROJECTION_QUEUES],
        "bindings": [_bound(plan, key) for plan in PROJECTION_QUEUES for key in plan.routing_keys],
    }


def _defined(plan: QueuePlan) -> dict[str, object]:
    queue = {"name": plan.name, "durable": True, "auto_delete": False}
    return {**queue, **_COMMON, "arguments": dict(plan.arguments)}


def _bound(plan: QueuePlan, key: str) -> dict[str, object]:
    ends = {"source": EXCHANGE, "destination": plan.name, "destination_type": "queue"}
    return {**ends, **_COMMON, "routing_key": key, "arguments": {}}


_COMMON = {"vhost": "/"}


if __name__ == "__main__":
    json.dump(definitions(), sys.stdout, indent=2)
    sys.stdout.write("\n")

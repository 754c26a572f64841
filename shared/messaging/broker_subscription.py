"""Following a source over the broker: each follower has a queue, acknowledged after its commit.

A batch is what arrived while the last one was being applied, up to the prefetch: batches grow
under load, and without load no timer delays an event.

Behaviour of brokers that this relies on (each seen on a real one):

* *Closing the channel returns messages.* A `nack(requeue)` of more than 32 messages returns them
  out of order; closed channels, closed connections and killed processes return them in order.
* *aio-pika doesn't report a cancelled consumer*: a deleted queue leaves channel and connection
  open, and aio-pika's iterator waits for ever. The aiormq channel below reports it.
* *The broker checks a message's `user_id`* against the connection that publishes it. So an event
  counts only if the source's own user published it: nothing that another service's user, or a
  stranger, brings into the queue is handed out.
* *A queue may exist and be lost*, if its broker was killed soon after the declaration: "running",
  without a leader. A declare gets no answer, or an INTERNAL_ERROR; publishes are nacked, or get no
  answer. This module declares such a queue again. Only the follower can tell a silent queue from a
  quiet office; it then calls `redeclare`.

Next: the follower (in `services/projections/ingest/`) orders the events, applies them, and
acknowledges.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

import aiormq
import structlog

from shared.messaging.connection import (
    BrokerConnection,
    connection_errors_as,
    describe_loss,
    user_of,
)
from shared.messaging.subscription import (
    BATCH_SIZE_MAX,
    WAIT_SECONDS,
    Incoming,
    MalformedEvent,
    SubscriptionLost,
    parse,
)
from shared.messaging.topology import DECLARE_TIMEOUT_SECONDS, QueuePlan, declare, declare_anew

PREFETCH_MESSAGES = 1_000
"""Two batches: one being applied, one arriving. It bounds memory, and the repeats of a crash."""

ACKNOWLEDGE_TIMEOUT_SECONDS = 5.0

LOST_QUEUE_SECONDS = 5.0
"""A queue that can't be consumed for so long counts as lost; a starting one needs a second."""

_LOST_QUEUE_ERRORS = (
    TimeoutError,
    aiormq.ConnectionInternalError,
    aiormq.ChannelNotFoundEntity,
    aiormq.ChannelPreconditionFailed,
)
"""A broker's answers for a queue that it has lost: none, 541, or 404; or 406, if an earlier release
has declared it with other arguments. What it holds is in the feed, too."""

_logger = structlog.get_logger(__name__)


class BrokerSubscription:
    """A `Subscription` over a queue, owned by one task; `batch` opens it, also after a loss.

    refused_messages, declared_again: counters; see `Subscription`.
    """

    def __init__(
        self,
        url: str,
        queue: QueuePlan,
        *,
        prefetch_messages: int = PREFETCH_MESSAGES,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._url = url
        self._queue = queue
        self._publisher = publisher_of(queue.source, user_of(url))
        self.refused_messages = 0
        self.declared_again = 0
        self._prefetch_messages = prefetch_messages
        self._wait_seconds = wait_seconds
        self._connection: BrokerConnection | None = None
        self._inbox = _Inbox()
        self._queue_lost_since: float | None = None  # the broker answers, but not for the queue

    async def batch(self) -> Sequence[Incoming]:
        """See `Subscription.batch`. What is no event of this source, published by its own user, is
        logged and acknowledged like others: the follower fills a gap from the feed.
        """
        if self._connection is None:
            await self._open()
        await self._inbox.wait(self._wait_seconds)
        if not self._inbox and self._inbox.end:
            end = self._inbox.end
            await self.close()
            raise SubscriptionLost(end)
        taken = self._inbox.take(BATCH_SIZE_MAX)
        events = [event for message in taken if (event := self._event_in(message))]
        if taken and not events:
            await self.acknowledge()  # or forgeries would fill the prefetch
        return events

    async def acknowledge(self) -> None:
        """See `Subscription.acknowledge`: one frame for all of them, written before it returns,
        since closing a connection drops the frames that it still queues.
        """
        tag = self._inbox.last_taken
        if self._connection is None or tag is None:
            return
        try:
            with connection_errors_as(SubscriptionLost, "not acknowledged"):
                async with asyncio.timeout(ACKNOWLEDGE_TIMEOUT_SECONDS):
                    await self._connection.underlay.basic_ack(tag, multiple=True)
        except SubscriptionLost:
            await self.close()
            raise
        self._inbox.last_taken = None

    async def close(self) -> None:
        """Close the channel: unacknowledged messages return to the queue, in order."""
        connection, self._connection = self._connection, None
        self._inbox = _Inbox()
        if connection is not None:
            await connection.close()

    async def redeclare(self) -> None:
        """Delete the queue with all its messages, and declare it again.

        Raises:
            SubscriptionLost: this failed, too.
        """
        await self.close()
        _logger.warning("queue redeclared", queue=self._queue.name)
        with connection_errors_as(SubscriptionLost, f"{self._queue.name} can't be remade"):
            async with await BrokerConnection.open(self._url, name=self._name) as connection:
                await declare_anew(connection.channel, self._queue)
        self.declared_again += 1

    async def _open(self) -> None:
        try:
            with connection_errors_as(SubscriptionLost, f"no way to {self._queue.name}"):
                self._connection = await BrokerConnection.open(self._url, name=self._name)
                await self._consume(self._connection)
        except BaseException as error:
            was_connected = self._connection is not None
            await self.close()
            await self._redeclare_if_lost(
                is_lost=was_connected and isinstance(error.__cause__, _LOST_QUEUE_ERRORS)
            )
            raise
        self._queue_lost_since = None

    async def _redeclare_if_lost(self, *, is_lost: bool) -> None:
        """A broker that accepts the connection but not the consumer may just be starting; after
        `LOST_QUEUE_SECONDS` it has lost the queue for good.
        """
        if not is_lost:
            self._queue_lost_since = None
            return
        now = asyncio.get_running_loop().time()
        self._queue_lost_since = self._queue_lost_since or now
        if now - self._queue_lost_since >= LOST_QUEUE_SECONDS:
            await self.redeclare()

    async def _consume(self, connection: BrokerConnection) -> None:
        await declare(connection.channel, self._queue)
        inbox, underlay = self._inbox, connection.underlay
        underlay.on_consumer_cancel_callbacks.add(inbox.cancelled)
        underlay.closing.add_done_callback(inbox.closed)
        await underlay.basic_qos(
            prefetch_count=self._prefetch_messages, timeout=DECLARE_TIMEOUT_SECONDS
        )
        await underlay.basic_consume(
            self._queue.name, inbox.arrived, timeout=DECLARE_TIMEOUT_SECONDS
        )

    def _event_in(self, message: aiormq.abc.DeliveredMessage) -> Incoming | None:
        """The event, if it is one of this source and published by its own user."""
        user = message.header.properties.user_id
        try:
            if user != self._publisher:
                raise MalformedEvent(f"published by {user}, not by {self._publisher}")
            event = parse(message.body)
            if event.source != self._queue.source:
                raise MalformedEvent(f"an event of {event.source}")
        except MalformedEvent as error:
            self.refused_messages += 1
            key = message.routing_key
            _logger.warning("message refused", routing_key=key, reason=str(error))
            return None
        return event

    @property
    def _name(self) -> str:
        return f"janji follower of {self._queue.name}"


class _Inbox:
    """The delivered messages, and the reason of the channel's end. aiormq's callbacks fill it.

    aiormq starts one task a message, and these run in the order of arrival.
    """

    def __init__(self) -> None:
        self._messages: deque[aiormq.abc.DeliveredMessage] = deque()
        self._changed = asyncio.Event()
        self.last_taken: int | None = None
        self.end: str | None = None

    def __len__(self) -> int:
        return len(self._messages)

    async def wait(self, seconds: float) -> None:
        """Wait for a message, the channel's end, or the time to be over."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    def take(self, count_max: int) -> list[aiormq.abc.DeliveredMessage]:
        """The oldest messages, in order. It awaits nothing, so a cancellation loses none."""
        taken = [self._messages.popleft() for _ in range(min(count_max, len(self._messages)))]
        if taken:
            self.last_taken = taken[-1].delivery_tag
        if not self._messages and self.end is None:
            self._changed.clear()
        return taken

    async def arrived(self, message: aiormq.abc.DeliveredMessage) -> None:
        self._messages.append(message)
        self._changed.set()

    def cancelled(self, _: object) -> None:
        self._ended("the queue was deleted, or moved")

    def closed(self, closing: asyncio.Future[object]) -> None:
        """Connection or channel ended. A failed heartbeat cancels the future itself."""
        error = asyncio.CancelledError() if closing.cancelled() else closing.exception()
        self._ended(f"lost: {describe_loss(error)}")

    def _ended(self, reason: str) -> None:
        self.end = self.end or reason
        self._changed.set()


def publisher_of(source: str, own_user: str) -> str:
    """The broker user of a source's service, from that of the projections.

    Their names differ in the service's name only (`deploy/accounts.py`), or all share one user.
    """
    return own_user.replace("projections", source)

"""Following a source over the broker: a queue of one's own, acknowledged after the commit.

A batch is what arrived while the last one was being applied, up to the prefetch: under load
batches grow by themselves, and without load nobody waits for a timer.

What a broker does that one has to know (each seen on a real one):

* *Giving back is closing the channel.* A `nack(requeue)` of more than 32 messages brings them
  back scrambled; closed channels, connections and killed processes bring them back in order.
* *A cancelled consumer isn't told* by aio-pika: a queue that is deleted leaves channel and
  connection open, and its iterator waiting for ever. The channel below tells.
* *A queue may be lost and still be there*, if its broker was killed soon after declaring it:
  "running", without a leader. It answers no declare, or an INTERNAL_ERROR; publishers are nacked,
  or hear nothing. Such a queue is made anew here; one that is merely silent only the follower can
  tell from a quiet office, and calls `redeclare`.

Next: `services/projections/ingest/follower.py` orders what arrives, applies it, and acknowledges.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

import aiormq
import structlog

from shared.messaging.connection import BrokerConnection, connection_errors_as, describe_loss
from shared.messaging.subscription import (
    BATCH_SIZE_MAX,
    WAIT_SECONDS,
    Incoming,
    MalformedEvent,
    SubscriptionLost,
    parse,
)
from shared.messaging.topology import DECLARE_TIMEOUT_SECONDS, QueuePlan, declare

PREFETCH_MESSAGES = 1_000
"""Two batches: one being applied, one arriving. It bounds memory, and what a crash repeats."""

ACKNOWLEDGE_TIMEOUT_SECONDS = 5.0

LOST_QUEUE_SECONDS = 5.0
"""After this a queue that can't be consumed is taken for lost; a starting one needs a second."""

_IN_VAIN = (TimeoutError, aiormq.ConnectionInternalError, aiormq.ChannelNotFoundEntity)
"""What a broker says of a queue that it has lost: nothing, 541, or 404."""

_logger = structlog.get_logger(__name__)


class BrokerSubscription:
    """A `Subscription` over a queue. Owned by one task; opens by itself, and again after a loss."""

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
        self._prefetch_messages = prefetch_messages
        self._wait_seconds = wait_seconds
        self._connection: BrokerConnection | None = None
        self._inbox = _Inbox()
        self._in_vain_since: float | None = None  # since when it opens, but not the queue

    async def batch(self) -> Sequence[Incoming]:
        """See `Subscription.batch`. What is no event of ours is logged, and acknowledged with the
        rest: only relays write to the exchange, and a gap, if it were one, heals from the feed.
        """
        if self._connection is None:
            await self._open()
        await self._inbox.wait(self._wait_seconds)
        if not self._inbox and self._inbox.end:
            end = self._inbox.end
            await self.close()
            raise SubscriptionLost(end)
        return _events(self._inbox.take(BATCH_SIZE_MAX))

    async def acknowledge(self) -> None:
        """See `Subscription.acknowledge`: one frame for all of them, written before it returns,
        since closing a connection drops what is still queued in it.
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
        """Close the channel: what is unacknowledged goes back to the queue, in order."""
        connection, self._connection = self._connection, None
        self._inbox = _Inbox()
        if connection is not None:
            await connection.close()

    async def redeclare(self) -> None:
        """Delete the queue, with whatever it may still hold, and declare it again.

        The deletion is unconditional: `if_unused` on a quorum queue closes the whole connection
        (540), and a queue without a leader doesn't know whether it is empty.

        Raises:
            SubscriptionLost: that didn't work either.
        """
        await self.close()
        _logger.warning("queue is remade", queue=self._queue.name)
        with connection_errors_as(SubscriptionLost, f"{self._queue.name} can't be remade"):
            connection = await BrokerConnection.open(self._url, name=self._name)
            try:
                await connection.underlay.queue_delete(
                    self._queue.name,
                    if_unused=False,
                    if_empty=False,
                    timeout=DECLARE_TIMEOUT_SECONDS,
                )
                await declare(connection.channel, (self._queue,))
            finally:
                await connection.close()

    async def _open(self) -> None:
        try:
            with connection_errors_as(SubscriptionLost, f"no way to {self._queue.name}"):
                self._connection = await BrokerConnection.open(self._url, name=self._name)
                await self._consume(self._connection)
        except BaseException as error:
            was_let_in = self._connection is not None
            await self.close()
            await self._remake_if_lost(in_vain=was_let_in and isinstance(error.__cause__, _IN_VAIN))
            raise
        self._in_vain_since = None

    async def _remake_if_lost(self, *, in_vain: bool) -> None:
        """A broker that has let us in, and can't let us have our queue, may just be starting; if
        it can't for longer, it has lost the queue for good.
        """
        if not in_vain:
            self._in_vain_since = None
            return
        now = asyncio.get_running_loop().time()
        self._in_vain_since = self._in_vain_since or now
        if now - self._in_vain_since >= LOST_QUEUE_SECONDS:
            await self.redeclare()

    async def _consume(self, connection: BrokerConnection) -> None:
        await declare(connection.channel, (self._queue,))
        inbox, underlay = self._inbox, connection.underlay
        underlay.on_consumer_cancel_callbacks.add(inbox.cancelled)
        underlay.closing.add_done_callback(inbox.closed)
        await underlay.basic_qos(
            prefetch_count=self._prefetch_messages, timeout=DECLARE_TIMEOUT_SECONDS
        )
        await underlay.basic_consume(
            self._queue.name, inbox.arrived, timeout=DECLARE_TIMEOUT_SECONDS
        )

    @property
    def _name(self) -> str:
        return f"janji follower of {self._queue.name}"


class _Inbox:
    """What the channel has delivered, and the end of it. Filled by aiormq's callbacks.

    aiormq starts one task a message, and they run in the order of arrival.
    """

    def __init__(self) -> None:
        self._messages: deque[aiormq.abc.DeliveredMessage] = deque()
        self._stirred = asyncio.Event()
        self.last_taken: int | None = None
        self.end: str | None = None

    def __len__(self) -> int:
        return len(self._messages)

    async def wait(self, seconds: float) -> None:
        """Until there is a message, or the end of them, or the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            pass

    def take(self, count_max: int) -> list[aiormq.abc.DeliveredMessage]:
        """The oldest of them, in order. Without an await in between nothing is lost."""
        taken = [self._messages.popleft() for _ in range(min(count_max, len(self._messages)))]
        if taken:
            self.last_taken = taken[-1].delivery_tag
        if not self._messages and self.end is None:
            self._stirred.clear()
        return taken

    async def arrived(self, message: aiormq.abc.DeliveredMessage) -> None:
        self._messages.append(message)
        self._stirred.set()

    def cancelled(self, _: object) -> None:
        self._ended("the queue was deleted, or moved")

    def closed(self, closing: asyncio.Future[object]) -> None:
        """Connection or channel ended. After a failed heartbeat the future itself is cancelled."""
        error = asyncio.CancelledError() if closing.cancelled() else closing.exception()
        self._ended(f"lost: {describe_loss(error)}")

    def _ended(self, reason: str) -> None:
        self.end = self.end or reason
        self._stirred.set()


def _events(messages: Sequence[aiormq.abc.DeliveredMessage]) -> list[Incoming]:
    events = []
    for message in messages:
        try:
            events.append(parse(message.body))
        except MalformedEvent as error:
            key = message.routing_key
            _logger.warning("stranger in the queue", routing_key=key, reason=str(error))
    return events

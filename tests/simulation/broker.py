"""A RabbitMQ in memory: an exchange, our queue, the stream; confirms, redelivery, single consumer.

It stands in the place of `BrokerConnection.open`, so the sender of windows, its confirms and the
subscription with its checks are the product's. Frames aren't marshalled, or half of a schedule
would be spent on it.

Kept honest by `tests/contract/shared/messaging/` and `tests/integration/shared/messaging/`, which
hold the product to the same on a real broker.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from types import SimpleNamespace
from typing import Any

import aiormq
from yarl import URL

from tests.simulation.loop import PROCESS, SimulatedLoop
from tests.simulation.messages import Message, Queue

PREFETCH = 1_000
STREAM, CHUNK = "events.requests", 3
_RETURNED: Any = SimpleNamespace(delivery=aiormq.spec.Basic.Return())
A_MOMENT = 1e-6  # between two of one connection, which keeps their order


class Broker:
    """One broker, one exchange, our two queues. `seen`: all that came, as a stream keeps it."""

    def __init__(
        self, loop: SimulatedLoop, latency: Callable[[], float], arrived: Callable[[Message], None]
    ) -> None:
        self.loop = loop
        self.latency = latency
        self.arrived = arrived
        self.is_up = True
        self.is_blocking = False
        self.has_exchange = True
        self.queues: dict[str, Queue] = {}
        self.links: dict[BrokerLink, None] = {}
        self.seen: list[Message] = []

    async def open(self, url: str, *, name: str, **_options: object) -> "BrokerLink":
        """In the place of `BrokerConnection.open`."""
        await asyncio.sleep(self.latency())
        if not self.is_up or not getattr(PROCESS.get(), "is_alive", True):
            raise ConnectionRefusedError(name)
        link = BrokerLink(self, URL(url).user or "guest", name=name)
        self.links[link] = None
        return link

    def declare(self, name: str) -> None:
        self.has_exchange = True
        self.queues.setdefault(name, Queue())

    def publish(self, message: Message) -> list[Queue]:
        """To the queues that it is routed to. Nobody reads the stream but the checkers."""
        routed = [queue for queue in self.queues.values() if queue.is_bound]
        if routed:
            self.arrived(message)
        if self.queues[STREAM].is_bound:
            self.seen.append(message)
        for queue in routed:
            if queue.drops:
                queue.drops -= 1
            elif not (queue.refuses or queue.is_dead):
                queue.messages.append(message)
                self.deliver(queue)
        return routed

    def deliver(self, queue: Queue) -> None:
        """To the active consumer, as far as its prefetch goes."""
        while queue.messages and queue.consumers and not queue.is_dead:
            active = queue.consumers[0]
            if len(active.unacknowledged) >= PREFETCH:
                return
            message = queue.messages.popleft()
            active.unacknowledged.append(message)
            active.hand_over(message)

    def stop(self) -> None:
        self.is_up = False
        for link in list(self.links):
            link.lose()


class BrokerLink:
    """A connection and its one channel: `BrokerConnection`, aio-pika and aiormq in one."""

    max_content_size = 1 << 20
    number = 1

    def __init__(self, broker: Broker, user: str, *, name: str) -> None:
        self.name = name
        self.owner = PROCESS.get()
        self.channel = self.underlay = self.write_queue = self.connection = self
        self.unacknowledged: deque[Message] = deque()
        self.delivery_tag = 0
        self.confirmations: dict[int, asyncio.Future[object]] = {}
        self.message_id_delivery_tag: dict[str, int] = {}
        self.on_consumer_cancel_callbacks: set[Callable[[object], None]] = set()
        self.closing: asyncio.Future[object] = broker.loop.create_future()
        self._broker = broker
        self._user = user
        self._is_over = False
        self._last_arrival = 0.0
        self._queue: Queue | None = None
        self._take: Callable[[Any], Coroutine[Any, Any, None]] | None = None
        self._delivered = 0

    # The connection.

    async def __aenter__(self) -> "BrokerLink":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.lose()

    async def close(self) -> None:
        self.lose()

    async def is_blocked(self) -> bool:
        return self._broker.is_blocking

    def lose(self) -> None:
        """It ends: what is unacknowledged returns in order, what is unconfirmed never will be."""
        if self._is_over:
            return
        self._is_over = True
        self._broker.links.pop(self, None)
        for confirm in self.confirmations.values():
            if not confirm.done():
                confirm.set_exception(aiormq.ChannelInvalidStateError("lost"))
                confirm.exception()  # it may be that nobody waits for it
        if not self.closing.done():
            self.closing.set_result(None)
        if self._queue is not None and self in self._queue.consumers:
            self._queue.consumers.remove(self)
            self._queue.messages.extendleft(reversed(self.unacknowledged))
            self._broker.deliver(self._queue)

    async def _round_trip(self) -> None:
        await asyncio.sleep(2 * self._broker.latency())
        if self._is_over or not self._broker.is_up:
            raise aiormq.ChannelInvalidStateError("lost")

    # Declarations.

    async def declare_exchange(self, *_args: object, **_options: object) -> None:
        await self._round_trip()
        self._broker.has_exchange = True

    async def declare_queue(self, name: str, *, passive: bool, **_options: object) -> Any:
        await self._round_trip()
        if passive and not (self._broker.has_exchange and name in self._broker.queues):
            self.lose()
            raise aiormq.ChannelNotFoundEntity(name)
        self._broker.declare(name)
        if self._broker.queues[name].is_dead:
            await asyncio.sleep(10)
            raise TimeoutError
        return SimpleNamespace(bind=self._bind(name))

    def _bind(self, name: str) -> Callable[..., Awaitable[None]]:
        async def bind(*_args: object, **_options: object) -> None:
            self._broker.queues[name].is_bound = True

        return bind

    async def queue_delete(self, name: str, **_options: object) -> None:
        await self._round_trip()
        queue = self._broker.queues.pop(name, Queue())
        for consumer in list(queue.consumers):
            consumer.cancelled()

    # Publishing.

    def create_future(self) -> asyncio.Future[object]:
        return self._broker.loop.create_future()

    async def put(self, frames: list[Any]) -> None:
        """Frames of a slice: three a message. They arrive in order, or the rest of them is lost."""
        first = self.delivery_tag - len(frames) // 3 + 1
        for n, at in enumerate(range(0, len(frames), 3)):
            method, header, body = frames[at : at + 3]
            assert header.properties.user_id == self._user, "the broker refuses that of another"
            message = Message(body.value, self._user, method.routing_key)
            now = self._broker.loop.time()
            self._last_arrival = max(self._last_arrival + A_MOMENT, now + self._broker.latency())
            self._broker.loop.at(self._last_arrival - now, self._arrive, first + n, message)

    def _arrive(self, tag: int, message: Message) -> None:
        """From a connection that has been cut nothing arrives any more."""
        broker = self._broker
        if self._is_over or not broker.is_up:
            return
        if broker.is_blocking:
            broker.loop.at(0.5, self._arrive, tag, message)
            return
        if not broker.has_exchange:
            error = aiormq.ChannelNotFoundEntity("no exchange")
            for confirm in self.confirmations.values():
                if not confirm.done():
                    confirm.set_exception(error)
            self.lose()
            return
        routed = broker.publish(message)
        if any(queue.is_dead for queue in routed):
            return  # never confirmed
        if not routed:
            self._answer(tag, aiormq.PublishError(_RETURNED, _RETURNED.delivery))
        elif any(queue.refuses for queue in routed):
            self._answer(tag, aiormq.DeliveryError(None, aiormq.spec.Basic.Nack()))
        else:
            self._answer(tag, None)

    def _answer(self, tag: int, refusal: Exception | None) -> None:
        self._broker.loop.at(self._broker.latency(), self._confirm, tag, refusal)

    def _confirm(self, tag: int, refusal: Exception | None) -> None:
        confirm = self.confirmations.pop(tag, None)
        if self._is_over or confirm is None or confirm.done():
            return
        if refusal is None:
            confirm.set_result(None)
        else:
            confirm.set_exception(refusal)

    # Consuming.

    async def set_qos(self, _count: int) -> None:
        await self._round_trip()

    async def get_queue(self, name: str, *, ensure: bool) -> Any:
        """The stream, to be read from its last chunk on."""
        assert (name, ensure) == (STREAM, False)

        async def consume(take: Callable[[Any], Any], **_options: object) -> None:
            await self._round_trip()
            for message in self._broker.seen[-CHUNK:]:
                given = SimpleNamespace(user_id=message.user, body=message.body)
                given.ack = self._round_trip
                await take(given)

        async def cancel(_tag: object, **_options: object) -> None:
            await self._round_trip()

        return SimpleNamespace(consume=consume, cancel=cancel)

    async def basic_qos(self, **_options: object) -> None:
        """`PREFETCH` is the product's."""

    async def basic_consume(
        self, name: str, take: Callable[[Any], Coroutine[Any, Any, None]], **_options: object
    ) -> None:
        await self._round_trip()
        self._take, self._queue = take, self._broker.queues[name]
        self._queue.consumers.append(self)
        self._broker.deliver(self._queue)

    def cancelled(self) -> None:
        """Its queue is gone."""
        for heard in self.on_consumer_cancel_callbacks:
            heard(None)

    def hand_over(self, message: Message) -> None:
        self._delivered += 1
        properties = SimpleNamespace(user_id=message.user)
        delivered = SimpleNamespace(
            body=message.body,
            delivery_tag=self._delivered,
            routing_key=message.routing_key,
            header=SimpleNamespace(properties=properties),
        )
        now = self._broker.loop.time()
        self._last_arrival = max(self._last_arrival + A_MOMENT, now + self._broker.latency())
        self._broker.loop.at(self._last_arrival - now, self._delivery, delivered)

    def _delivery(self, delivered: Any) -> None:
        if not self._is_over and self._take is not None:
            context = getattr(self.owner, "context", None)
            self._broker.loop.create_task(self._take(delivered), context=context)

    async def basic_ack(self, tag: int, *, multiple: bool) -> None:
        assert multiple
        await asyncio.sleep(0)
        if self._is_over:
            raise aiormq.ChannelInvalidStateError("lost")
        self._broker.loop.at(self._broker.latency(), self._acknowledged, tag)

    def _acknowledged(self, tag: int) -> None:
        """Lost with the connection, if that ends first."""
        if self._is_over or self._queue is None:
            return
        kept = self._delivered - tag
        while len(self.unacknowledged) > kept:
            self.unacknowledged.popleft()
        self._broker.deliver(self._queue)

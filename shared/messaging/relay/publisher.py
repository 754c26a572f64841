"""The publisher sends a window of events to the exchange, in order, with a confirm for each.

Order: one task makes the frames of a slice of events and gives them to the connection's writer in
one piece. Delivery tags count in the same order, since no other task publishes on this channel. No
single message can be cancelled and overtaken by its successors: the timeout belongs to the window
(`decisions.py`), and a fault ends the connection.

`exchange.publish` and aiormq's `basic_publish` cost a task, a lock, a timeout and a system call a
message, which is half of the cost of a message; the relay would be slower than a bare loop of
publishes. So this module uses the parts of `basic_publish`: the channel's `delivery_tag`,
`confirmations` and `write_queue`. Their names are public but not guaranteed: the tests of returns,
lost channels and order check them against a real broker.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import aiormq
import structlog
from aiormq import spec
from aiormq.abc import ChannelFrame, FrameType
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from shared.messaging.connection import (
    BrokerConnection,
    connection_errors_as,
    describe_loss,
    user_of,
)
from shared.messaging.envelope import CONTENT_TYPE, CloudEvent
from shared.messaging.relay.published_last import PublishedLast, published_last
from shared.messaging.topology import EXCHANGE, QueuePlan, check, declare, declare_anew, queues_of

SLICE_EVENTS = 50
"""Events whose frames are written in one piece; then the event loop runs other tasks."""

SEND_TIMEOUT_SECONDS = 2.0
"""A live writer takes a slice in milliseconds, whatever the network does; a dead one never.
It is shorter than a leader's session may idle."""

_PERSISTENT = 2

_logger = structlog.get_logger(__name__)

Confirm = asyncio.Future[object]


class BrokerLost(Exception):
    """Connection or channel ended, or did not open. Events in flight may have arrived."""


class TopologyMissing(BrokerLost):
    """The channel ended because the exchange, or a queue of the service, does not exist."""


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """The broker's answer for one event.

    refusal: None if every queue that the event was routed to has stored it, else the reason.
    is_unroutable: no queue is bound for it.
    """

    position: int
    refusal: str | None = None
    is_unroutable: bool = False


class WindowSender:
    """One publishing connection. Used by one task: `async with`, `open`, then windows."""

    def __init__(self, url: str, *, service: str) -> None:
        self._url = url
        self._service = service
        self._user = user_of(url)
        self._queues = queues_of(service)
        self._connection: BrokerConnection | None = None
        self._window: dict[Confirm, int] = {}  # unconfirmed events, to their positions

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def open(self) -> None:
        """Connect, and declare exchange and queues. `async with` closes what a cancellation leaves.

        Raises:
            BrokerLost: connection or declaration failed.
        """
        with connection_errors_as(BrokerLost, "no way to the broker"):
            self._connection = await self._connect()
            for queue in self._queues:
                try:
                    await declare(self._connection.channel, queue)
                except aiormq.ChannelPreconditionFailed:  # which has closed the channel
                    await self._declare_anew(queue)
                    raise

    async def published_last(self, *, is_expected: bool) -> PublishedLast | None:
        """The last event that the broker's stream of the service holds. Raises BrokerLost."""
        with connection_errors_as(BrokerLost, "the stream can't be read"):
            async with await self._connect() as connection:
                return await published_last(
                    connection, self._service, user=self._user, is_expected=is_expected
                )

    async def check(self) -> None:
        """See that exchange and queues are still there. Not while events are in flight.

        Raises:
            TopologyMissing: one is not; the message names it.
            BrokerLost: the broker does not answer for it.
        """
        assert not self._window, "check between two windows"
        assert self._connection is not None, "open first"
        try:
            with connection_errors_as(BrokerLost, "not checked"):
                for queue in self._queues:
                    await check(self._connection.channel, queue)
        except BrokerLost as error:
            if isinstance(error.__cause__, aiormq.ChannelNotFoundEntity):
                raise TopologyMissing(f"missing: {error.__cause__}") from error
            raise

    async def _declare_anew(self, queue: QueuePlan) -> None:
        """An earlier release has declared it with other arguments; what it holds is in the feed."""
        _logger.warning("queue redeclared", queue=queue.name)
        async with await self._connect() as connection:
            await declare_anew(connection.channel, queue)

    async def _connect(self) -> BrokerConnection:
        name = f"janji relay of {self._service}"
        return await BrokerConnection.open(self._url, name=name, confirms=True)

    async def send(self, events: Sequence[CloudEvent]) -> None:
        """Send these events in this order; `outcomes` returns the broker's answers.

        A cancellation leaves the first of them sent, in whole slices.

        Raises:
            BrokerLost: the connection accepts no more; its writer has ended.
        """
        assert not self._window, "one window at a time"
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                for start in range(0, len(events), SLICE_EVENTS):
                    await self._send_slice(events[start : start + SLICE_EVENTS])
                    await asyncio.sleep(0)
        except TimeoutError as error:
            raise BrokerLost("lost: the connection takes no more") from error

    async def outcomes(self, *, within_seconds: float) -> Sequence[PublishOutcome]:
        """The new answers for the window, in order of position. Returns when all are there, when
        the time is over, or as soon as one event is refused.

        Raises:
            BrokerLost: no more answers will come.
        """
        done, _ = await asyncio.wait(
            self._window, timeout=within_seconds, return_when=asyncio.FIRST_EXCEPTION
        )
        _raise_if_lost(done)
        in_order = [confirm for confirm in self._window if confirm in done]  # `done` is a set
        outcomes = [_outcome(self._window.pop(confirm), confirm) for confirm in in_order]
        if not self._window:
            self._underlay.message_id_delivery_tag.clear()
        return outcomes

    async def is_blocked(self) -> bool:
        """Whether the broker blocks its publishers."""
        assert self._connection is not None, "open first"
        return await self._connection.is_blocked()

    @property
    def _underlay(self) -> aiormq.Channel:
        assert self._connection is not None, "open first"
        return self._connection.underlay

    async def _send_slice(self, events: Sequence[CloudEvent]) -> None:
        channel = self._underlay
        frames: list[FrameType] = []
        for event in events:
            self._window[_expected_confirm(channel, event.id)] = event.position
            frames += self._frames(event, channel.max_content_size)
        await channel.write_queue.put(ChannelFrame.marshall(channel.number, frames))

    def _frames(self, event: CloudEvent, content_size_max: int) -> Iterator[FrameType]:
        """The frames of one message: method, header, and as many body frames as needed."""
        body = event.body()
        yield spec.Basic.Publish(
            exchange=EXCHANGE,
            routing_key=event.routing_key,
            mandatory=True,  # an unroutable event must be returned, not dropped
        )
        yield ContentHeader(properties=self._properties(event), body_size=len(body))
        for start in range(0, len(body), content_size_max):
            yield ContentBody(body[start : start + content_size_max])

    def _properties(self, event: CloudEvent) -> spec.Basic.Properties:
        return spec.Basic.Properties(
            content_type=CONTENT_TYPE,
            delivery_mode=_PERSISTENT,
            message_id=event.id,
            message_type=event.type,
            timestamp=event.time,
            app_id=f"janji.{self._service}",
            user_id=self._user,  # the broker refuses that of another
            headers={**event.headers()},
        )


def _expected_confirm(channel: aiormq.Channel, message_id: str) -> Confirm:
    """Register the next message as `basic_publish` does: by its tag, and by its id for a return."""
    channel.delivery_tag += 1
    confirm = channel.create_future()
    channel.confirmations[channel.delivery_tag] = confirm
    channel.message_id_delivery_tag[message_id] = channel.delivery_tag
    return confirm


def _raise_if_lost(done: Iterable[Confirm]) -> None:
    errors = [error for error in map(_error, done) if error and not _is_answer(error)]
    missing = [error for error in errors if isinstance(error, aiormq.ChannelNotFoundEntity)]
    if missing:  # the other confirms only report a closed channel
        raise TopologyMissing(f"the exchange {EXCHANGE} is missing") from missing[0]
    if errors:
        raise BrokerLost(f"lost: {describe_loss(errors[0])}") from errors[0]


def _error(confirm: Confirm) -> BaseException | None:
    return asyncio.CancelledError() if confirm.cancelled() else confirm.exception()


def _is_answer(error: BaseException) -> bool:
    """Returned as unroutable (PublishError) or nacked: the broker is alive and refused it."""
    return isinstance(error, aiormq.DeliveryError)


def _outcome(position: int, confirm: Confirm) -> PublishOutcome:
    """The outcome of an event that the broker answered."""
    match _error(confirm):
        case None:
            return PublishOutcome(position)
        case aiormq.PublishError():
            return PublishOutcome(position, "no queue is bound for it", is_unroutable=True)
        case _:
            return PublishOutcome(position, "a queue refused it: it may have lost its leader")

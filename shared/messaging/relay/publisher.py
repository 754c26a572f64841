"""Sending a window of events to the exchange, in order, with a confirm for each.

Order: one task makes the frames of a slice of events and gives them to the connection's writer in
one piece. Delivery tags are counted in the same order, since nobody else publishes on this
channel. There is nothing that could be cancelled on its own and let its successors pass it by:
the timeout is the window's (`relay_core.py`), and a fault ends the connection.

Why not `exchange.publish`, or aiormq's `basic_publish`: each takes a task, a lock, a timeout and a
system call a message, which is half of what a message costs; the relay would be slower than a
bare loop of publishes. So this uses the parts that `basic_publish` itself is made of: the
channel's `delivery_tag`, `confirmations` and `write_queue`. They have public names and no promise:
the tests of returns, lost channels and order run against the real broker and hold them in place.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import aiormq
from aiormq import spec
from aiormq.abc import ChannelFrame, FrameType
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from shared.messaging.connection import BrokerConnection, connection_errors_as, describe_loss
from shared.messaging.envelope import CONTENT_TYPE, CloudEvent
from shared.messaging.topology import EXCHANGE, SOURCES, declare

SLICE_EVENTS = 50
"""Events whose frames go out in one piece, and after which the loop is let go."""

SEND_TIMEOUT_SECONDS = 2.0
"""A living writer takes a slice in milliseconds, whatever the network does; a dead one never.
Shorter than a leader's session may idle."""

_PERSISTENT = 2

Confirm = asyncio.Future[object]


class BrokerLost(Exception):
    """Connection or channel ended, or could not be opened. What was in flight may have arrived."""


class ExchangeMissing(BrokerLost):
    """The channel ended because the exchange does not exist."""


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """What the broker said of one event.

    refusal: None if every queue that the event was routed to has stored it, else why not.
    is_unroutable: no queue is bound for it, though the projections follow its source.
    """

    position: int
    refusal: str | None = None
    is_unroutable: bool = False


class Publisher:
    """One connection that publishes. Used by one task: `async with`, `open`, then windows."""

    def __init__(self, url: str, *, service: str) -> None:
        self._url = url
        self._service = service
        self._is_followed = service in SOURCES
        self._connection: BrokerConnection | None = None
        self._window: dict[Confirm, int] = {}  # the unconfirmed, to their positions

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def open(self) -> None:
        """Connect, and make exchange and queues stand as planned.

        Raises:
            BrokerLost: it could not be done. Cancellation leaves nothing but what `async with`
                closes.
        """
        name = f"janji relay of {self._service}"
        with connection_errors_as(BrokerLost, "no way to the broker"):
            self._connection = await BrokerConnection.open(self._url, name=name, confirms=True)
            await declare(self._connection.channel)

    async def send(self, events: Sequence[CloudEvent]) -> None:
        """Send these on their way, in this order; `outcomes` tells how it went.

        A cancellation leaves a first part of them sent, in whole slices.

        Raises:
            BrokerLost: the connection takes no more; its writer has gone.
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
        """What is newly known of the window, in order of position: all of it, or what there is by
        then, or at once when one is refused.

        Raises:
            BrokerLost: nothing more will be known.
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
        """Whether the broker holds back its publishers."""
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
        """One message: what to do with it, what it is, and its body in as many frames as needed."""
        body = event.body()
        yield spec.Basic.Publish(
            exchange=EXCHANGE,
            routing_key=event.routing_key,
            # What no queue takes must come back, not vanish; to alerts nobody need listen.
            mandatory=self._is_followed,
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
    if missing:  # the rest of the window only learns that the channel is closed
        raise ExchangeMissing(f"the exchange {EXCHANGE} is missing") from missing[0]
    if errors:
        raise BrokerLost(f"lost: {describe_loss(errors[0])}") from errors[0]


def _error(confirm: Confirm) -> BaseException | None:
    return asyncio.CancelledError() if confirm.cancelled() else confirm.exception()


def _is_answer(error: BaseException) -> bool:
    """Returned as unroutable (PublishError) or nacked: the broker lives and said no."""
    return isinstance(error, aiormq.DeliveryError)


def _outcome(position: int, confirm: Confirm) -> PublishOutcome:
    """Of an event that the broker answered."""
    match _error(confirm):
        case None:
            return PublishOutcome(position)
        case aiormq.PublishError():
            return PublishOutcome(position, "no queue is bound for it", is_unroutable=True)
        case _:
            return PublishOutcome(position, "a queue refused it: it may have lost its leader")

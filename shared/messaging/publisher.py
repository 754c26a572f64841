"""Sending a window of events to the exchange, in order, with a confirm for each.

Order: `basic_publish` takes its delivery tag and writes its frames under one first-in, first-out
lock, and tasks start in the order in which they were made. So a window that one task issues in
order goes out in order. Only cancelling one publish would let its successors pass it by: nothing
here ever does, the timeout is the window's (`relay_core.py`), and a fault ends the connection.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import aiormq
from aiormq import spec

from shared.messaging.connection import LOST, BrokerConnection, dead_peer, described
from shared.messaging.envelope import CONTENT_TYPE, CloudEvent
from shared.messaging.topology import EXCHANGE, declare

_PERSISTENT = 2

Publishing = asyncio.Task[aiormq.abc.ConfirmationFrameType | None]


class BrokerLost(Exception):
    """Connection or channel ended, or could not be opened. What was in flight may have arrived."""


class ExchangeMissing(BrokerLost):
    """The channel ended because the exchange does not exist."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the broker said of one event.

    refusal: None if every queue that the event was routed to has stored it, else why not.
    is_unroutable: no queue is bound for it; a relay always has one.
    """

    position: int
    refusal: str | None = None
    is_unroutable: bool = False


class Publisher:
    """One connection that publishes. Used by one task: `async with`, `open`, then windows."""

    def __init__(self, url: str, *, service: str) -> None:
        self._url = url
        self._service = service
        self._connection: BrokerConnection | None = None
        self._window: dict[Publishing, int] = {}  # to position, in the order of publishing

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Connection first, then the tasks: on a live channel cancelling could reorder."""
        if self._connection is not None:
            await self._connection.close()
        for publishing in self._window:
            publishing.cancel()
        await asyncio.gather(*self._window, return_exceptions=True)

    async def open(self) -> None:
        """Connect, and make exchange and queues stand as planned.

        Raises:
            BrokerLost: it could not be done. Cancellation leaves nothing but what `async with`
                closes.
        """
        name = f"janji relay of {self._service}"
        try:
            self._connection = await BrokerConnection.open(self._url, name=name, confirms=True)
            await declare(self._connection.channel)
        except (*LOST, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and not dead_peer():
                raise
            raise BrokerLost(f"no way to the broker: {described(error)}") from error

    def send(self, events: Iterable[CloudEvent]) -> None:
        """Begin to publish these, in this order; `outcomes` tells how it went."""
        assert self._connection is not None, "open first"
        assert not self._window, "one window at a time"
        channel = self._connection.underlay
        for event in events:
            publish = channel.basic_publish(
                event.body(),
                exchange=EXCHANGE,
                routing_key=event.routing_key,
                properties=self._properties(event),
                mandatory=True,  # an event that no queue takes must come back, not vanish
                wait=False,  # no drain for each: the confirms are the back pressure
            )
            self._window[asyncio.create_task(publish)] = event.position

    async def outcomes(self, *, within_seconds: float) -> Sequence[Outcome]:
        """What is newly known of the window: all of it, or what there is by then, or at once when
        one is refused.

        Raises:
            BrokerLost: nothing more will be known.
        """
        done, _ = await asyncio.wait(
            self._window, timeout=within_seconds, return_when=asyncio.FIRST_EXCEPTION
        )
        self._raise_if_lost(done)
        return [_outcome(self._window.pop(publishing), publishing) for publishing in done]

    async def is_blocked(self) -> bool:
        """Whether the broker holds back its publishers."""
        assert self._connection is not None, "open first"
        return await self._connection.is_blocked()

    def _raise_if_lost(self, done: Iterable[Publishing]) -> None:
        errors = [error for error in map(_error, done) if error and not _is_answer(error)]
        missing = [error for error in errors if isinstance(error, aiormq.ChannelNotFoundEntity)]
        if missing:  # the rest of the window only learns that the channel is closed
            raise ExchangeMissing(f"the exchange {EXCHANGE} is missing") from missing[0]
        if errors:
            raise BrokerLost(f"lost: {described(errors[0])}") from errors[0]

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


def _error(publishing: Publishing) -> BaseException | None:
    return asyncio.CancelledError() if publishing.cancelled() else publishing.exception()


def _is_answer(error: BaseException) -> bool:
    """Returned as unroutable (PublishError) or nacked: the broker lives and said no."""
    return isinstance(error, aiormq.DeliveryError)


def _outcome(position: int, publishing: Publishing) -> Outcome:
    """Of a publish that the broker answered."""
    match _error(publishing):
        case None:
            return Outcome(position)
        case aiormq.PublishError():
            return Outcome(position, "no queue is bound for it", is_unroutable=True)
        case error:
            return Outcome(position, f"the broker refused it: {error!r}")

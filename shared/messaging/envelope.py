"""The envelope: a stored event as the CloudEvent that the world sees, on the broker and the feed.

A service says *what* is published of each event (`published.py`: a name, a version, a payload
without personal data); this module says *how*: CloudEvents 1.0, structured JSON. The same bytes
go to the broker and into the feed, so that a follower that changes its way notices nothing.

`sequence` is text of 20 digits with zeros in front, since the CloudEvents extension compares
text. `id` carries the epoch in which the position was written: after a restore position N may
name another event, and then its id differs.

Next: `relay.py` sends it, `feed.py` serves it.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from shared.eventstore.codec import Codec
from shared.eventstore.records import Epoch, Recorded

CONTENT_TYPE = "application/cloudevents+json"
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"

SLICE_EVENTS = 100
"""Envelopes made before the loop is let go: a millisecond or two."""

_TYPE_PREFIX = "id.go.kalbarprov.diskominfo."
_SOURCE_PREFIX = "/janji/"
_SCHEMA_PREFIX = "tag:diskominfo.kalbarprov.go.id,2026:janji/events/"
_SEQUENCE_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Publication:
    """What the world sees of one event. `data`: the payload as JSON, nothing personal in it."""

    name: str
    version: int
    number: str
    occurred_at: datetime
    data: bytes


Publish = Callable[[Any, Recorded], Publication]
"""A service's `published.publish`: every stored event gives exactly one publication."""


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """One publication with its place in the log; `service` is the source's name."""

    service: str
    position: int
    epoch: UUID
    hash: bytes
    aggregate: UUID
    traceparent: str | None
    publication: Publication

    @property
    def id(self) -> str:
        return event_id(self.epoch, self.position)

    @property
    def source(self) -> str:
        """`/janji/requests`."""
        return f"{_SOURCE_PREFIX}{self.service}"

    @property
    def type(self) -> str:
        """`id.go.kalbarprov.diskominfo.requests.submitted.v1`."""
        return f"{_TYPE_PREFIX}{self.routing_key}"

    @property
    def routing_key(self) -> str:
        """`requests.submitted.v1`; a subscriber binds `requests.submitted.*`."""
        return f"{self.service}.{self.publication.name}.v{self.publication.version}"

    @property
    def sequence(self) -> str:
        """The position as text that sorts as it counts."""
        return f"{self.position:0{_SEQUENCE_DIGITS}}"

    @property
    def time(self) -> datetime:
        """When it happened, as the letter or the officer says; UTC."""
        return self.publication.occurred_at.astimezone(UTC)

    def body(self) -> bytes:
        """The structured JSON. The payload is put in as it is, not read again."""
        publication = self.publication
        return _ENCODER.encode(
            _Structured(
                specversion="1.0",
                id=self.id,
                source=self.source,
                type=self.type,
                subject=publication.number,
                time=self.time,
                datacontenttype="application/json",
                dataschema=schema_uri(self.service, publication.name, publication.version),
                sequence=self.sequence,
                partitionkey=self.aggregate,
                logepoch=self.epoch,
                loghash=self.hash.hex(),
                traceparent=self.traceparent or msgspec.UNSET,
                data=msgspec.Raw(publication.data),
            )
        )

    def headers(self) -> dict[str, str]:
        """What the AMQP message repeats of it, so that nobody parses a body to route."""
        headers = {
            "ce-id": self.id,
            "ce-type": self.type,
            "ce-source": self.source,
            "ce-subject": self.publication.number,
            "ce-sequence": self.sequence,
        }
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        return headers


class UnpublishableEvent(Exception):
    """The log holds an event that can't be published: a bug, or an older release at work.

    It holds up all that follow: to leave it out would break the sequence for every follower.
    `before`: those that were asked for with it and come before it; they may go out.
    """

    def __init__(self, recorded: Recorded, before: Sequence[CloudEvent]) -> None:
        super().__init__(
            f"the event at position {recorded.position} ({recorded.topic}) can't be published"
        )
        self.before = before


class Envelopes:
    """Makes the CloudEvents of one service's log. Pure, but for `learn`."""

    def __init__(
        self, service: str, codec: Codec, publish: Publish, epochs: Sequence[Epoch]
    ) -> None:
        self.service = service
        self._codec = codec
        self._publish = publish
        self.learn(epochs)

    def learn(self, epochs: Sequence[Epoch]) -> None:
        """Take these for the log's epochs: a restore opens a new one at the head + 1."""
        self._epochs = sorted(epochs, key=_first_position)

    def knows(self, epoch: UUID) -> bool:
        """Whether the newest epoch it has learnt is this one."""
        return bool(self._epochs) and self._epochs[-1].id == epoch

    def envelope(self, recorded: Recorded) -> CloudEvent:
        """The event as it is published. Personal data is never unsealed for it.

        Raises what decoding and `publish` raise.
        """
        event = self._codec.decode(recorded)
        return CloudEvent(
            service=self.service,
            position=recorded.position,
            epoch=self._epoch_of(recorded.position),
            hash=recorded.hash,
            aggregate=recorded.originator_id,
            traceparent=recorded.trace,
            publication=self._publish(event, recorded),
        )

    async def envelopes(self, recorded: Sequence[Recorded]) -> list[CloudEvent]:
        """One for each, in order. Lets the loop go now and then, so that a page of a rebuild
        never holds up a command for long.

        Raises:
            UnpublishableEvent: at the first that can't be made; it carries those before it.
        """
        events: list[CloudEvent] = []
        for each in recorded:
            try:
                events.append(self.envelope(each))
            except Exception as error:  # whatever `publish` raises is the same to all who follow
                raise UnpublishableEvent(each, events) from error
            if len(events) % SLICE_EVENTS == 0:
                await asyncio.sleep(0)
        return events

    def _epoch_of(self, position: int) -> UUID:
        index = bisect_right(self._epochs, position, key=_first_position) - 1
        assert index >= 0, f"no epoch begins at or before position {position}"
        return self._epochs[index].id


def schema_uri(service: str, name: str, version: int) -> str:
    """The `dataschema` of an event, and the `$id` of its JSON Schema in the catalogue."""
    return f"{_SCHEMA_PREFIX}{service}.{name}.v{version}"


def event_id(epoch: UUID, position: int) -> str:
    """Unique for ever: a position is written once in an epoch."""
    return f"{epoch.hex[:8]}-{position}"


def source_name(source: str) -> str:
    """`/janji/requests` → `requests`. Raises ValueError if it is no source of ours."""
    return _after(_SOURCE_PREFIX, source)


def event_name(event_type: str) -> str:
    """`id.go.….requests.submitted.v1` → `submitted`. Raises ValueError if it is none of ours."""
    _, name, _ = _after(_TYPE_PREFIX, event_type).split(".")
    return name


class _Structured(msgspec.Struct):
    """The attributes in the order in which they are written."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str
    dataschema: str
    sequence: str
    partitionkey: UUID
    logepoch: UUID
    loghash: str
    traceparent: str | msgspec.UnsetType
    data: msgspec.Raw


_ENCODER = msgspec.json.Encoder()


def _first_position(epoch: Epoch) -> int:
    return epoch.first_position


def _after(prefix: str, text: str) -> str:
    if not text.startswith(prefix):
        raise ValueError(f"{text!r} does not begin with {prefix!r}")
    return text.removeprefix(prefix)

"""The envelope: a stored event as a CloudEvent, the form in which it leaves the service.

A service says *what* is published of each event (`commands_and_roles.py`: a name, a version, a
payload without personal data); this module says *how*: CloudEvents 1.0, structured JSON. The broker
and the feed carry the same bytes, so a follower may change from one to the other.

`sequence` is text of 20 digits with leading zeros, since the CloudEvents extension compares text.
`id` carries the epoch in which the position was written: after a restore, position N may belong to
another event, which then has another id. `loghash` and `logprevious` are the log's hashes of this
event and of the one before it: who has the last event sees in the next whether it is the next.

Next: `relay/relay.py` publishes it, `feed.py` serves it.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from shared import event_names
from shared.eventstore.codec import Codec
from shared.eventstore.records import Epoch, Recorded
from shared.messaging.log_cursor import LogCursor

CONTENT_TYPE = "application/cloudevents+json"
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"

SLICE_EVENTS = 100
"""Envelopes made before the event loop runs other tasks: a millisecond or two."""

_SEQUENCE_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Publication:
    """The public part of one event. `data`: the payload as JSON, without personal data."""

    name: str
    version: int
    number: str
    occurred_at: datetime
    data: bytes


Publish = Callable[[Any, Recorded], Publication]
"""A service's `publish`: every stored event gives exactly one publication."""


class CloudEvent(msgspec.Struct, frozen=True):
    """The attributes, in the order in which they are written."""

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
    logprevious: str
    logcursor: str
    traceparent: str | msgspec.UnsetType
    data: msgspec.Raw

    @property
    def position(self) -> int:
        return int(self.sequence)

    @property
    def name(self) -> str:
        """`submitted`."""
        return event_names.event_name(self.type)

    @property
    def routing_key(self) -> str:
        """`requests.submitted.v1`; a subscriber binds `requests.submitted.*`."""
        return event_names.routing_key(self.type)

    def body(self) -> bytes:
        """The structured JSON; the payload is copied as it is."""
        return _ENCODER.encode(self)

    def headers(self) -> dict[str, str]:
        """The attributes that the AMQP message repeats, so that routing parses no body."""
        headers = {
            "ce-id": self.id,
            "ce-type": self.type,
            "ce-source": self.source,
            "ce-subject": self.subject,
            "ce-sequence": self.sequence,
        }
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        return headers


_ENCODER = msgspec.json.Encoder()


def cloud_event(
    service: str, recorded: Recorded, epoch: UUID, publication: Publication
) -> CloudEvent:
    """The CloudEvent of a stored event, read with its predecessor's hash. `time` is when it
    happened, in UTC.
    """
    assert recorded.previous_hash is not None, "read by `READ`"
    name, version = publication.name, publication.version
    return CloudEvent(
        specversion="1.0",
        id=event_id(epoch, recorded.position),
        source=event_names.source_uri(service),
        type=event_names.event_type(f"{service}.{name}.v{version}"),
        subject=publication.number,
        time=publication.occurred_at.astimezone(UTC),
        datacontenttype="application/json",
        dataschema=event_names.schema_uri(service, name, version),
        sequence=f"{recorded.position:0{_SEQUENCE_DIGITS}}",
        partitionkey=recorded.originator_id,
        logepoch=epoch,
        loghash=recorded.hash.hex(),
        logprevious=recorded.previous_hash.hex(),
        logcursor=str(LogCursor.of(recorded.position, recorded.hash)),
        traceparent=recorded.trace or msgspec.UNSET,
        data=msgspec.Raw(publication.data),
    )


def event_id(epoch: UUID, position: int) -> str:
    """Unique for ever: each position is written once in an epoch."""
    return f"{epoch.hex[:8]}-{position}"


class UnpublishableEvent(Exception):
    """The log holds an event that can't be published: a bug, or an older release is running.

    It blocks all events that follow, since leaving it out would break the sequence for every
    follower.
    """

    def __init__(self, recorded: Recorded) -> None:
        super().__init__(
            f"the event at position {recorded.position} ({recorded.topic}) can't be published"
        )


class Envelopes:
    """Makes the CloudEvents of one service's log. Its only state is the list of epochs."""

    def __init__(
        self, service: str, codec: Codec, publish: Publish, epochs: Sequence[Epoch]
    ) -> None:
        self.service = service
        self._codec = codec
        self._publish = publish
        self.learn(epochs)

    def learn(self, epochs: Sequence[Epoch]) -> None:
        """Replace the log's epochs: a restore opens a new one at the head + 1."""
        self._epochs = sorted(epochs, key=_first_position)

    def knows(self, epoch: UUID) -> bool:
        """Whether this is the newest epoch known here."""
        return bool(self._epochs) and self._epochs[-1].id == epoch

    def envelope(self, recorded: Recorded) -> CloudEvent:
        """The event as it is published, made without unsealing personal data.

        Raises what decoding and `publish` raise.
        """
        publication = self._publish(self._codec.decode(recorded), recorded)
        return cloud_event(self.service, recorded, self._epoch_of(recorded.position), publication)

    async def envelopes(self, recorded: Sequence[Recorded]) -> list[CloudEvent]:
        """One for each event, in order, up to the first that has none: what follows must wait.

        Yields to the event loop every `SLICE_EVENTS`, so that a page of a rebuild never holds up a
        command for long.

        Raises:
            UnpublishableEvent: the very first has none.
        """
        events: list[CloudEvent] = []
        for each in recorded:
            try:
                events.append(self.envelope(each))
            except Exception as error:  # every error of `publish` means the same to the followers
                if events:
                    return events
                raise UnpublishableEvent(each) from error
            if len(events) % SLICE_EVENTS == 0:
                await asyncio.sleep(0)
        return events

    def _epoch_of(self, position: int) -> UUID:
        index = bisect_right(self._epochs, position, key=_first_position) - 1
        assert index >= 0, f"no epoch begins at or before position {position}"
        return self._epochs[index].id


def _first_position(epoch: Epoch) -> int:
    return epoch.first_position

"""The hash chain in Python: proof that no event of a log was changed.

The database makes the hashes (append_events_v2); this is the same formula, for `janji verify` and
for any third party that kept a daily log checkpoint and checks whether history was rewritten.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from shared.eventstore.records import Recorded

POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def link(previous: bytes, event: Recorded) -> bytes:
    """sha256(previous ‖ position ‖ originator ‖ version ‖ recorded_at ‖ length of topic ‖ topic
    ‖ state): 8-byte big-endian numbers, 4 for the length, recorded_at in µs since 2000-01-01 UTC.
    """
    topic = event.topic.encode()
    recorded_at = (event.recorded_at - POSTGRES_EPOCH) // MICROSECOND
    return hashlib.sha256(
        previous
        + event.position.to_bytes(8, "big")
        + event.originator_id.bytes
        + event.version.to_bytes(8, "big")
        + recorded_at.to_bytes(8, "big", signed=True)
        + len(topic).to_bytes(4, "big")
        + topic
        + event.state
    ).digest()


def first_broken_link(previous: bytes, events: Iterable[Recorded]) -> Recorded | None:
    """The first of these consecutive events whose hash doesn't follow from its predecessor.

    `previous` is the hash before the first of them, `NO_HASH` at position 1. None: the chain holds.
    """
    for event in events:
        if link(previous, event) != event.hash:
            return event
        previous = event.hash
    return None

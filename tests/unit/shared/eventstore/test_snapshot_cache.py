"""What is kept of long streams, for how long, and how much of it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.eventstore import snapshot_cache
from shared.eventstore.records import Recorded
from shared.eventstore.sealing import WrappedKey
from shared.eventstore.snapshot_cache import EVENTS_MIN, SnapshotCache
from testbed.notes import Note, note

KEY = WrappedKey(b"wrapped")


def last_event(id_: UUID, version: int) -> Recorded:
    """The one that a stream of so many events ends with."""
    return Recorded(
        position=version,
        originator_id=id_,
        version=version,
        topic=Note.Painted.TOPIC,
        state=b"{}",
        recorded_at=datetime(2026, 11, 2, tzinfo=UTC),
        hash=version.to_bytes(32, "big"),
        trace=None,
    )


def kept(streams: SnapshotCache, text: str = "", version: int = EVENTS_MIN) -> Note:
    written = note("red", text)
    streams.keep(written, last_event(written.id, version), KEY)
    return written


def test_a_short_stream_is_not_kept() -> None:
    streams = SnapshotCache()

    written = kept(streams, version=EVENTS_MIN - 1)

    assert streams.find(written.id, until=EVENTS_MIN) is None


def test_every_load_gets_a_copy_of_its_own() -> None:
    streams = SnapshotCache()
    written = kept(streams)
    found = streams.find(written.id, until=EVENTS_MIN)
    assert found is not None

    found.aggregate().colour = "blue"

    assert found.aggregate().colour == "red"


def test_an_earlier_version_is_not_made_of_a_later_one() -> None:
    streams = SnapshotCache()
    written = kept(streams)

    assert streams.find(written.id, until=EVENTS_MIN - 1) is None


def test_cached_state_holds_for_the_same_event_and_the_same_key_alone() -> None:
    streams = SnapshotCache()
    written = kept(streams)
    found = streams.find(written.id, until=EVENTS_MIN)
    assert found is not None

    same = last_event(written.id, EVENTS_MIN)
    assert found.holds(same, KEY)
    assert not found.holds(replace(same, hash=bytes(32)), KEY)
    assert not found.holds(replace(same, version=EVENTS_MIN + 1), KEY)
    assert not found.holds(same, None)


def test_past_so_many_bytes_the_one_that_rested_longest_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshot_cache, "SNAPSHOT_BYTES_MAX", 25_000)
    streams = SnapshotCache()
    first, second = (kept(streams, "x" * 10_000) for _ in range(2))
    streams.find(first.id, until=EVENTS_MIN)

    third = kept(streams, "x" * 10_000)

    assert streams.find(first.id, until=EVENTS_MIN) is not None
    assert streams.find(second.id, until=EVENTS_MIN) is None
    assert streams.find(third.id, until=EVENTS_MIN) is not None


def test_one_that_is_larger_than_all_may_be_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_cache, "SNAPSHOT_BYTES_MAX", 5_000)
    streams = SnapshotCache()

    written = kept(streams, "x" * 10_000)

    assert streams.find(written.id, until=EVENTS_MIN) is None


def test_nothing_is_left_once_all_is_forgotten() -> None:
    streams = SnapshotCache()
    written = kept(streams)

    streams.forget_all()

    assert streams.find(written.id, until=EVENTS_MIN) is None

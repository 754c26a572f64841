"""Whatever the database would refuse of one command is refused before it waits with others."""

from uuid import uuid4

import pytest

from shared.eventstore.append.command_append import (
    COMMAND_BYTES_MAX,
    COMMAND_EVENTS_MAX,
    EVENT_BYTES_MAX,
    append_of,
)
from shared.eventstore.codec import Encoded
from shared.eventstore.errors import CommandTooLarge, UnstorableEvent
from shared.eventstore.records import CommandKey

CASE = uuid4()
KEY = CommandKey("key", b"hash")


def encoded(*, version: int = 1, topic: str = "notes.painted", state: bytes = b"{}") -> Encoded:
    return Encoded(CASE, version, topic, state)


def test_an_appends_versions_run_on_from_the_first() -> None:
    append = append_of([encoded(version=4), encoded(version=5)], key=KEY)

    assert (append.first_version, append.last_version) == (4, 5)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([encoded(state=bytes(EVENT_BYTES_MAX + 1))], id="one event too large"),
        pytest.param([encoded()] * (COMMAND_EVENTS_MAX + 1), id="too many events"),
        pytest.param(
            [encoded(state=bytes(EVENT_BYTES_MAX))] * (COMMAND_BYTES_MAX // EVENT_BYTES_MAX),
            id="too large together",
        ),
    ],
)
def test_a_command_has_bounds(events: list[Encoded]) -> None:
    with pytest.raises(CommandTooLarge):
        append_of(events, key=KEY)


@pytest.mark.parametrize("text", ["", "a\0b", "\ud800", "é" * 128], ids=ascii)
def test_texts_that_postgresql_cant_keep_are_refused(text: str) -> None:
    with pytest.raises(UnstorableEvent, match="topic"):
        append_of([encoded(topic=text)], key=KEY)
    with pytest.raises(UnstorableEvent, match="key"):
        append_of([encoded()], key=CommandKey(text, b""))
    with pytest.raises(UnstorableEvent, match="trace"):
        append_of([encoded()], key=KEY, trace=text)


def test_a_long_request_hash_is_refused() -> None:
    with pytest.raises(UnstorableEvent, match="hash"):
        append_of([encoded()], key=CommandKey("key", bytes(65)))


def test_a_negative_version_is_refused() -> None:
    with pytest.raises(UnstorableEvent, match="version"):
        append_of([encoded(version=-1)], key=KEY)

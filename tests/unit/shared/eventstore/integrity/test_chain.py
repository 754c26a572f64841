"""The hash chain's formula, held fast by an example that anybody can reckon by hand."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from shared.eventstore.integrity.chain import first_broken_link, link
from shared.eventstore.records import NO_HASH, Recorded

FIRST = Recorded(
    position=1,
    originator_id=UUID("11111111-2222-3333-4444-555555555555"),
    version=1,
    topic="requests.submitted",
    state=b"{}",
    recorded_at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    hash=bytes.fromhex("00"),
    trace=None,
)


def chained(previous: bytes, event: Recorded) -> Recorded:
    return replace(event, hash=link(previous, event))


def test_the_formula_is_this_one_for_ever() -> None:
    bytes_hashed = (
        "0000000000000000000000000000000000000000000000000000000000000000"  # hash before
        "0000000000000001"  # position
        "11111111222233334444555555555555"  # originator
        "0000000000000001"  # version
        "0002ea5dbb151346"  # µs from 2000-01-01 to recorded_at
        "00000012"  # length of the topic
        "72657175657374732e7375626d6974746564"  # topic
        "7b7d"  # state
    )

    assert link(NO_HASH, FIRST) == hashlib.sha256(bytes.fromhex(bytes_hashed)).digest()


def test_a_sound_chain_has_no_broken_link() -> None:
    first = chained(NO_HASH, FIRST)
    second = chained(first.hash, replace(FIRST, position=2, version=2))

    assert first_broken_link(NO_HASH, [first, second]) is None


def test_a_changed_state_breaks_its_link() -> None:
    first = chained(NO_HASH, FIRST)
    second = chained(first.hash, replace(FIRST, position=2, version=2))
    changed = replace(first, state=b'{"changed":true}')

    assert first_broken_link(NO_HASH, [changed, second]) == changed


def test_a_change_with_a_new_hash_breaks_the_next_link() -> None:
    first = chained(NO_HASH, FIRST)
    second = chained(first.hash, replace(FIRST, position=2, version=2))
    rewritten = chained(NO_HASH, replace(first, state=b'{"changed":true}'))

    assert first_broken_link(NO_HASH, [rewritten, second]) == second


def test_the_trace_is_not_history() -> None:
    assert link(NO_HASH, replace(FIRST, trace="00-ab")) == link(NO_HASH, FIRST)

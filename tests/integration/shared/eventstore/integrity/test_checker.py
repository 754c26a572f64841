"""One flipped bit, in any column that the hashes cover, is found and its event named."""

from collections.abc import Callable

import pytest

from shared.eventstore.integrity.checker import first_violation
from testbed.databases import Database
from testbed.event_logs import connected, running
from testbed.notes import note

FLIPPED = 7

FLIPS = {
    "originator_id": """
        overlay(originator_id::text placing
                to_hex(('x' || right(originator_id::text, 1))::bit(4)::int # 1) from 36)::uuid
    """,
    "originator_version": "originator_version # 2",
    "topic": "overlay(topic placing chr(ascii(right(topic, 1)) # 1) from length(topic))",
    "state": "set_bit(state, 8, 1 - get_bit(state, 8))",
    "notification_id": "notification_id # 1024",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "hash": "set_bit(hash, 0, 1 - get_bit(hash, 0))",
}


@pytest.fixture
async def log(database: Callable[[str], Database]) -> Database:
    """Of twelve events."""
    database_of_log = database("eventlog")
    async with running(database_of_log.app_url) as log:
        for _ in range(12):
            await log.append(note())
    return database_of_log


async def violation_of(database: Database) -> str | None:
    async with running(database.app_url) as log:
        return await first_violation(log, lambda *_: None)


async def test_a_log_as_it_was_written_has_no_violation(log: Database) -> None:
    assert await violation_of(log) is None


@pytest.mark.parametrize("column", FLIPS)
async def test_a_flipped_bit_is_found_and_its_event_named(log: Database, column: str) -> None:
    async with connected(log.owner_url) as owner:
        await owner.execute(
            f"update stored_events set {column} = {FLIPS[column]} where notification_id = $1",
            FLIPPED,
        )

    violation = await violation_of(log) or ""

    named = "position 8 comes after 6" if column == "notification_id" else "the event at 7"
    assert named in violation


async def test_every_column_but_the_trace_is_covered(log: Database) -> None:
    async with connected(log.owner_url) as owner:
        columns = await owner.fetch(
            "select attname from pg_attribute"
            " where attrelid = 'stored_events'::regclass and attnum > 0 and not attisdropped"
        )

    assert {row["attname"] for row in columns} - FLIPS.keys() == {"trace"}

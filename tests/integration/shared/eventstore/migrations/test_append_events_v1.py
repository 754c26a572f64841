"""What append_events promises whoever calls it, asked of the function itself."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.eventstore.append.command_append import Append, AppendOutcome, append_of
from shared.eventstore.append.writer import APPEND, arguments_of
from shared.eventstore.codec import Encoded
from shared.eventstore.database import WRITER_SETTINGS
from shared.eventstore.records import CommandKey
from shared.eventstore.sealing import WrappedKey
from shared.postgres.connection import Connection
from testbed.databases import Database
from testbed.event_logs import call_in_flight, connected

Databases = Callable[[str], Database]
CASE = uuid4()
SCANS = """
    select relname, seq_scan from pg_stat_user_tables
    where relname in ('stored_events', 'command_log', 'sealing_keys', 'erasures')
"""
COUNT = "select count(*) from stored_events"


def an_append(
    *,
    stream: UUID | None = None,
    first_version: int = 1,
    key: str | None = None,
    states: tuple[bytes, ...] = (b"{}",),
    **more: Any,
) -> Append:
    stream = stream or uuid4()
    encoded = [
        Encoded(stream, version, "notes.painted", state)
        for version, state in enumerate(states, first_version)
    ]
    return append_of(encoded, key=CommandKey(key or uuid4().hex, b"hash"), **more)


async def appended(connection: Connection, *appends: Append) -> list[AppendOutcome]:
    rows = await connection.fetch(APPEND, *arguments_of(list(appends)))
    return [AppendOutcome(*row) for row in rows]


def answers(outcomes: list[AppendOutcome]) -> list[str]:
    return [outcome.answer for outcome in outcomes]


async def test_one_call_takes_many_commands(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        first, second = await appended(
            connection, an_append(states=(b"1", b"2")), an_append(stream=CASE)
        )

        assert (first.answer, second.answer) == ("appended", "appended")
        assert (first.version, first.first_position, first.last_position) == (2, 1, 2)
        assert (second.version, second.first_position, second.last_position) == (1, 3, 3)
        assert second.originator_id == CASE


async def test_a_conflict_takes_no_position_and_spares_its_neighbours(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        await appended(connection, an_append(stream=CASE))

        outcomes = await appended(
            connection, an_append(), an_append(stream=CASE, states=(b"1", b"2")), an_append()
        )

        assert answers(outcomes) == ["appended", "conflict", "appended"]
        assert [outcome.last_position for outcome in outcomes] == [2, None, 3]
        assert [outcome.version for outcome in outcomes] == [1, 1, 1]
        assert await connection.fetchval(COUNT) == 3


@pytest.mark.parametrize("first_version", [0, 1])
async def test_a_stream_starts_with_version_0_or_1(database: Databases, first_version: int) -> None:
    async with connected(database("eventlog").app_url) as connection:
        outcomes = await appended(connection, an_append(first_version=first_version))

        assert answers(outcomes) == ["appended"]


async def test_a_missing_predecessor_is_a_conflict(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        (without_stream,) = await appended(connection, an_append(first_version=2))
        await appended(connection, an_append(stream=CASE))
        (beyond_stream,) = await appended(connection, an_append(stream=CASE, first_version=3))

        assert (without_stream.answer, without_stream.version) == ("conflict", None)
        assert (beyond_stream.answer, beyond_stream.version) == ("conflict", 1)


async def test_a_repeat_gets_its_first_outcome(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        (first,) = await appended(connection, an_append(key="k", states=(b"1", b"2")))

        repeat, other = await appended(connection, an_append(key="k"), an_append())

        assert repeat == replace(first, answer="replayed")
        assert (other.answer, other.last_position) == ("appended", 3)


async def test_a_key_with_another_request_is_told_apart(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        await appended(connection, an_append(key="k"))
        other = replace(an_append(), key=CommandKey("k", b"another hash"))

        outcomes = await appended(connection, other)

        assert answers(outcomes) == ["key_reused"]
        assert await connection.fetchval(COUNT) == 1


async def test_a_call_that_writes_nothing_notifies_nobody(database: Databases) -> None:
    url = database("eventlog").app_url
    async with connected(url) as connection, connected(url) as listener:
        heard: asyncio.Queue[object] = asyncio.Queue()
        await listener.add_listener("stored_events", lambda *said: heard.put_nowait(said[-1]))

        await appended(connection, an_append(key="k"), an_append(), an_append())
        await appended(connection, an_append(key="k"))
        await appended(connection, an_append())

        async with asyncio.timeout(5):
            assert [await heard.get(), await heard.get()] == ["3", "4"]


async def test_recorded_at_never_runs_backwards(database: Databases) -> None:
    """The clock of the machine was an hour fast for a while, and was put right."""
    made = database("eventlog")
    async with connected(made.owner_url) as connection:
        await appended(connection, an_append())
        fast: datetime = await connection.fetchval(
            "update stored_events set recorded_at = recorded_at + interval '1 hour'"
            " returning recorded_at"
        )

        (outcome,) = await appended(connection, an_append())

        assert outcome.recorded_at == fast


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
async def test_another_isolation_is_refused(database: Databases, isolation: str) -> None:
    """It would look for keys and versions in a snapshot older than the lock."""
    async with connected(database("eventlog").app_url) as connection:
        await connection.execute(f"set default_transaction_isolation = '{isolation}'")

        with pytest.raises(asyncpg.RaiseError, match="read committed"):
            await appended(connection, an_append())


async def test_the_lock_is_taken_before_anything_is_read(database: Databases) -> None:
    """Two transactions on one stream: the second must see what the first committed."""
    url = database("eventlog").app_url
    async with connected(url) as first, connected(url) as second, connected(url) as third:
        transaction = first.transaction()
        await transaction.start()
        await appended(first, an_append(stream=CASE))
        waiting = asyncio.ensure_future(appended(second, an_append(stream=CASE)))
        await call_in_flight(third)

        await transaction.commit()

        assert answers(await waiting) == ["conflict"]


async def test_no_lookup_is_a_scan_though_the_plans_were_made_on_empty_tables(
    database: Databases,
) -> None:
    """A session keeps its plans while the tables grow; one that scans would get slower and slower.

    Without the function's settings PostgreSQL scans `command_log`.
    """
    async with connected(database("eventlog").app_url) as connection:
        for _ in range(20):  # past the fifth call plans may be kept
            await appended(connection, an_append(), an_append(new_key=WrappedKey(b"wrapped")))

        await connection.execute("select pg_stat_force_next_flush()")
        scans = await connection.fetch(SCANS)

        assert {row["relname"]: row["seq_scan"] for row in scans} == {
            "command_log": 0,
            "erasures": 0,
            "sealing_keys": 0,
            "stored_events": 0,
        }


async def test_a_rolled_back_call_leaves_no_gap(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await appended(connection, an_append())
        await transaction.rollback()

        (outcome,) = await appended(connection, an_append())

        assert outcome.last_position == 1


async def test_the_application_may_write_nothing_but_by_the_function(database: Databases) -> None:
    made = database("eventlog")
    async with connected(made.app_url) as connection:
        await appended(connection, an_append(stream=CASE))
        tables = ["stored_events", "epochs", "command_log", "sealing_keys", "erasures"]
        attempts = [
            _denied(connection, attempt.format(table))
            for table in [*tables, "personal_data_readings"]
            for attempt in ("insert into {} default values", "delete from {}", "truncate {}")
        ]

        assert all([await attempt for attempt in attempts])
        assert await _denied(connection, "update stored_events set topic = 'x'")
        assert await _denied(connection, "select open_epoch_v1()")


async def test_a_new_key_is_stored_with_its_events(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        await appended(connection, an_append(stream=CASE, new_key=WrappedKey(b"wrapped")))

        assert await _key_of(connection, CASE) == b"wrapped"


async def test_a_conflict_stores_no_key(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        await appended(
            connection,
            an_append(stream=CASE, first_version=2, new_key=WrappedKey(b"wrapped")),
        )

        assert await _key_of(connection, CASE) is None


async def test_an_erased_case_never_gets_a_key_again(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        await appended(connection, an_append(stream=CASE, new_key=WrappedKey(b"first")))
        await appended(connection, an_append(stream=CASE, first_version=2, erases=True))
        outcomes = await appended(
            connection, an_append(stream=CASE, first_version=3, new_key=WrappedKey(b"second"))
        )

        assert answers(outcomes) == ["appended"]
        assert await _key_of(connection, CASE) is None


async def test_the_writers_settings_hold_on_its_connection(database: Databases) -> None:
    connection = await asyncpg.connect(
        database("eventlog").app_url, server_settings=WRITER_SETTINGS
    )
    isolation = await connection.fetchval("show transaction_isolation")
    timeout = await connection.fetchval("show statement_timeout")
    await connection.close()

    assert (isolation, timeout) == ("read committed", "5s")


async def _key_of(connection: Connection, stream: UUID) -> bytes | None:
    key: bytes | None = await connection.fetchval(
        "select wrapped_key from sealing_keys where originator_id = $1", stream
    )
    return key


async def _denied(connection: Connection, statement: str) -> bool:
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return True
    return False


@pytest.mark.parametrize("function", ["append_events_v2", "append_claiming_events_v2"])
async def test_plans_hold_however_the_tables_grow(database: Databases, function: str) -> None:
    """Made while the tables are small they would scan, and be kept."""
    async with connected(database("eventlog").app_url) as connection:
        settings = await connection.fetchval(
            "select proconfig from pg_proc where proname = $1", function
        )

    assert {"enable_seqscan=off", "plan_cache_mode=force_generic_plan"} <= set(settings)

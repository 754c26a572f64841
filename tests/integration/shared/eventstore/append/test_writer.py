"""What the writer does when a call fails: again, halved, or given up, and never dead."""

import asyncio
from collections.abc import Callable

import pytest

from shared.eventstore.append.command_append import append_of
from shared.eventstore.codec import Encoded
from shared.eventstore.database import WRITER_SETTINGS
from shared.eventstore.errors import LogBusy, LogClosed, OutcomeUnknown
from shared.eventstore.log import EventLog
from shared.eventstore.records import CommandKey
from testbed.databases import Database
from testbed.event_logs import (
    LOCK,
    UNLOCK,
    call_in_flight,
    connected,
    no_call_in_flight,
    running,
    sound_history,
)
from testbed.notes import note, notes

Databases = Callable[[str], Database]
END_WRITER = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'events writer' and datname = current_database()
"""


async def test_a_writer_whose_session_is_ended_writes_again(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.app_url) as connection:
        await log.append(note())

        await connection.execute(END_WRITER)
        await asyncio.gather(*(log.append(note()) for _ in range(20)))

        assert len(await sound_history(log)) == 21


async def test_a_call_whose_session_is_ended_is_made_again(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.app_url) as connection:
        await connection.execute(LOCK)
        appending = asyncio.gather(*(log.append(note()) for _ in range(20)))
        await call_in_flight(connection)

        await connection.execute(END_WRITER)
        await connection.execute(UNLOCK)
        appended = await appending

        assert sorted(each.last_position for each in appended) == list(range(1, 21))
        assert len(await sound_history(log)) == 20


async def test_a_call_that_times_out_is_nobodys_fault(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WRITER_SETTINGS, "lock_timeout", "50ms")
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.app_url) as connection:
        await connection.execute(LOCK)
        appending = asyncio.ensure_future(log.append(note()))
        await call_in_flight(connection)
        await no_call_in_flight(connection)

        await connection.execute(UNLOCK)

        assert (await appending).last_position == 1


async def test_no_answer_in_time_is_an_unknown_outcome(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.eventstore.log.APPEND_SECONDS", 0.2)
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.app_url) as connection:
        await connection.execute(LOCK)
        appending = asyncio.ensure_future(log.append(note()))
        await call_in_flight(connection)
        queued = asyncio.ensure_future(log.append(note()))

        with pytest.raises(OutcomeUnknown):
            await appending
        with pytest.raises(LogBusy):
            await queued

        await connection.execute(UNLOCK)
        await log.append(note())
        assert len(await sound_history(log)) in (1, 2)


async def test_the_same_command_finds_out_what_became_of_it(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.eventstore.log.APPEND_SECONDS", 0.2)
    made, key = database("eventlog"), CommandKey("key", b"request")
    async with running(made.app_url) as log, connected(made.app_url) as connection:
        await connection.execute(LOCK)
        with pytest.raises(OutcomeUnknown):
            await log.append(note(), key=key)

        await connection.execute(UNLOCK)
        again = await log.append(note(), key=key)

        assert again.last_position == 1
        assert len(await sound_history(log)) == 1


async def test_a_writer_that_ends_tells_who_waits(database: Databases) -> None:
    made = database("eventlog")
    async with EventLog(made.app_url, codec=notes()) as log, connected(made.app_url) as connection:
        loops = asyncio.create_task(log.run())
        await connection.execute(LOCK)
        sent = asyncio.ensure_future(log.append(note()))
        await call_in_flight(connection)
        queued = asyncio.ensure_future(log.append(note()))
        await call_in_flight(connection)  # time enough to queue

        loops.cancel()

        with pytest.raises(OutcomeUnknown):
            await sent
        with pytest.raises(LogClosed):
            await queued
        with pytest.raises(LogClosed):
            await log.append(note())


async def test_a_session_whose_client_has_gone_doesnt_commit_late(database: Databases) -> None:
    made = database("eventlog")
    async with EventLog(made.app_url, codec=notes()) as log, connected(made.app_url) as connection:
        loops = asyncio.create_task(log.run())
        await connection.execute(LOCK)
        sent = asyncio.ensure_future(log.append(note()))
        await call_in_flight(connection)

        loops.cancel()
        await asyncio.wait([sent, loops])
        await no_call_in_flight(connection)
        await connection.execute(UNLOCK)

        assert (await log.head()).position == 0


async def test_an_unknown_error_is_tried_again_and_then_given_up(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = database("eventlog")

    def fails(_appends: object) -> None:
        raise RuntimeError("something nobody thought of")

    async with running(made.app_url) as log:
        with monkeypatch.context() as patched:
            patched.setattr("shared.eventstore.append.writer.arguments_of", fails)
            with pytest.raises(OutcomeUnknown):
                await log.append(note())

        assert (await log.append(note())).last_position == 1


async def test_encoded_events_can_be_written(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log:
        encoded = Encoded(note().id, 1, "notes.painted", b"{}")

        outcome = await log.write(append_of([encoded], key=CommandKey("key", b"")))

        assert (outcome.answer, outcome.last_position, outcome.version) == ("appended", 1, 1)

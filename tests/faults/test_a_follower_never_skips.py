"""F6: several processes append while one follows; what it has passed never changes behind it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, closing
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from shared.eventstore.append.command_append import append_of
from shared.eventstore.append.writer import APPEND, arguments_of
from shared.eventstore.codec import Encoded
from shared.eventstore.log import EventLog
from shared.eventstore.records import CommandKey, Recorded
from testbed.databases import Database
from testbed.event_logs import call_in_flight, connected, running, sound_history
from tests.support.messaging.ledger import Ledger
from tests.support.processes.writer_launcher import writing

Databases = Callable[[str], Database]
PROCESSES = 4
WRITERS = 8
COMMANDS = 40
PAGE = 100


async def followed(log: EventLog, until: int) -> list[Recorded]:
    """What a follower reads who starts at the beginning and never looks back."""
    seen: list[Recorded] = []
    async with asyncio.timeout(60):
        while len(seen) < until:
            position = seen[-1].position if seen else 0
            await log.wait_beyond(position, 10)
            seen += await log.read(position, PAGE)
    return seen


async def test_a_follower_reads_what_four_processes_store_in_order(database: Databases) -> None:
    url, ledger = database("eventlog").app_url, Ledger("notes")
    async with running(url) as log, AsyncExitStack() as stack:
        processes = [
            await stack.enter_async_context(
                writing(url, Ledger(), writers=WRITERS, commands=COMMANDS)
            )
            for _ in range(PROCESSES)
        ]

        seen, *_ = await asyncio.gather(
            followed(log, PROCESSES * WRITERS * COMMANDS), *(each.end() for each in processes)
        )

        stored = await sound_history(log)
    assert seen == stored
    ledger.stored(*(event.position for event in stored))
    ledger.published(*(event.position for event in seen))
    ledger.assert_balanced(repeats_max=0)


async def test_a_later_command_waits_for_an_earlier_one_to_commit(database: Databases) -> None:
    """The play by which the library's unlocked mode loses an event, below."""
    url = database("eventlog").app_url
    async with running(url) as log, connected(url) as slow, connected(url) as observer:
        transaction = slow.transaction()
        await transaction.start()
        await slow.fetch(APPEND, *arguments_of([append_of([an_event()], key=a_key())]))
        quick = asyncio.ensure_future(log.write(append_of([an_event()], key=a_key())))
        await call_in_flight(observer)
        assert await log.read(0, PAGE) == []

        await transaction.commit()
        await quick

        assert [event.position for event in await log.read(0, PAGE)] == [1, 2]


def test_the_librarys_unlocked_mode_skips(unlocked: PostgresApplicationRecorder) -> None:
    """Not a fault of ours, but the reason for the lock: what a sequence gives out, commits late."""
    slow, quick = [stored_event()], [stored_event()]
    with unlocked.datastore.transaction(commit=True) as transaction:
        transaction.execute(unlocked.sql_invoke_pg_function_insert_events, (_rows(unlocked, slow),))
        unlocked.insert_events(quick)
        first_page = unlocked.select_notifications(1, PAGE)
    second_page = unlocked.select_notifications(first_page[-1].id + 1, PAGE)

    assert [notification.id for notification in first_page] == [2]
    assert [notification.id for notification in second_page] == []
    assert [notification.id for notification in unlocked.select_notifications(1, PAGE)] == [1, 2]


@pytest.fixture
def unlocked(database: Databases) -> Iterator[PostgresApplicationRecorder]:
    """The library's recorder on a table of its own, in its fastest mode."""
    parts = urlsplit(database("eventlog").owner_url)
    place: dict[str, Any] = {"host": parts.hostname, "port": parts.port}
    login: dict[str, Any] = {"user": parts.username, "password": parts.password}
    datastore = PostgresDatastore(
        parts.path.removeprefix("/"), **place, **login, max_overflow=3, enable_db_functions=True
    )
    with closing(datastore):
        recorder = PostgresApplicationRecorder(datastore, events_table_name="library_events")
        recorder.create_table()
        yield recorder


def an_event() -> Encoded:
    return Encoded(uuid4(), 1, "notes.painted", b"{}")


def a_key() -> CommandKey:
    return CommandKey(uuid4().hex, b"")


def stored_event() -> StoredEvent:
    return StoredEvent(uuid4(), 1, "notes.painted", b"{}")


def _rows(recorder: PostgresApplicationRecorder, events: list[StoredEvent]) -> list[Any]:
    return [
        recorder.construct_pg_stored_event(
            event.originator_id, event.originator_version, event.topic, event.state
        )
        for event in events
    ]

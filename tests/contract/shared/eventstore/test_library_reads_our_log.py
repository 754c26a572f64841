"""The `eventsourcing` library's own PostgreSQL recorder reads our log, and can't write to it."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from eventsourcing.persistence import ProgrammingError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from testbed.databases import Database
from testbed.notes import Note, note
from tests.support.eventstore.log_recorder import LogRecorder, recording

LISTEN_SECONDS_MAX = 30.0

Databases = Callable[[str], Database]


@pytest.fixture
def url(database: Databases) -> str:
    return database("eventlog").app_url


@pytest.fixture
def ours(url: str) -> Iterator[LogRecorder]:
    with recording(url) as recorder:
        yield recorder


@pytest.fixture
def theirs(url: str) -> Iterator[PostgresApplicationRecorder]:
    """As the library makes it by default, but for the address."""
    parts = urlsplit(url)
    place: dict[str, Any] = {"host": parts.hostname, "port": parts.port}
    login: dict[str, Any] = {"user": parts.username, "password": parts.password}
    datastore = PostgresDatastore(parts.path.removeprefix("/"), **place, **login, max_overflow=2)
    with closing(datastore):
        yield PostgresApplicationRecorder(datastore)


def stored(ours: LogRecorder, colour: str = "red") -> Note:
    written = note(colour)
    written.paint("blue")
    ours.run(ours.log.append(written))
    return written


def test_library_reads_an_aggregates_events(
    ours: LogRecorder, theirs: PostgresApplicationRecorder
) -> None:
    written = stored(ours)

    assert theirs.select_events(written.id) == ours.select_events(written.id)
    assert [e.topic for e in theirs.select_events(written.id, gt=1)] == ["notes.painted"]
    assert [e.topic for e in theirs.select_events(written.id, desc=True, limit=1)] == [
        "notes.painted"
    ]


def test_library_reads_the_log_in_order(
    ours: LogRecorder, theirs: PostgresApplicationRecorder
) -> None:
    stored(ours)
    stored(ours)

    assert theirs.max_notification_id() == 4
    assert theirs.select_notifications(None, 10) == ours.select_notifications(None, 10)
    assert theirs.select_notifications(2, 2) == ours.select_notifications(2, 2)
    assert [n.id for n in theirs.select_notifications(1, 9, topics=["notes.painted"])] == [2, 4]


def test_library_subscription_is_woken_by_our_commits(
    ours: LogRecorder, theirs: PostgresApplicationRecorder
) -> None:
    stored(ours)

    with theirs.subscribe(gt=0) as subscription:
        recorded = [next(subscription).id, next(subscription).id]
        wait_until_it_listens(theirs)
        stored(ours)
        live = [next(subscription).id, next(subscription).id]

    assert (recorded, live) == ([1, 2], [3, 4])


def wait_until_it_listens(theirs: PostgresApplicationRecorder) -> None:
    """Its thread that listens may come later than its first pull; what came between is missed."""
    listening = """
        select from pg_stat_activity
        where query like 'LISTEN%' and datname = current_database()
    """
    deadline = time.monotonic() + LISTEN_SECONDS_MAX
    with theirs.datastore.get_connection() as connection:
        while connection.execute(listening).fetchone() is None:
            assert time.monotonic() < deadline, "the library doesn't listen"


def test_library_may_not_write(ours: LogRecorder, theirs: PostgresApplicationRecorder) -> None:
    written = stored(ours)

    with pytest.raises(ProgrammingError, match="permission denied"):
        theirs.create_table()
    with pytest.raises(ProgrammingError):
        theirs.insert_events([StoredEvent(written.id, 3, "notes.painted", b"{}")])

    assert theirs.max_notification_id() == 2

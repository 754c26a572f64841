"""Who waits for the log to grow is woken, and nobody waits for ever because a message was lost."""

import asyncio
from collections.abc import Callable

from shared.eventstore.listener import HEARTBEAT_SECONDS
from testbed.databases import Database
from testbed.event_logs import connected, running
from testbed.notes import note

Databases = Callable[[str], Database]
END_LISTENERS = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'mine listener' and datname = current_database()
"""
# What a notification would have told, told to nobody.
APPEND_SILENTLY = """
    insert into stored_events
    select gen_random_uuid(), 1, 'notes.painted', '{}', notification_id + 1, recorded_at, hash
    from stored_events order by notification_id desc limit 1
"""


async def test_a_commit_wakes_who_waits(database: Databases) -> None:
    url = database("eventlog").app_url
    async with running(url) as log, running(url) as other:
        waiting = asyncio.ensure_future(log.wait_beyond(0, 10))

        await other.append(note())

        assert await waiting


async def test_reached_position_needs_no_waiting(database: Databases) -> None:
    url = database("eventlog").app_url
    async with running(url) as log:
        await log.append(note())

    async with running(url) as log:
        assert await log.wait_beyond(0, 5)


async def test_nothing_new_in_time_is_an_answer_too(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        await log.append(note())

        assert not await log.wait_beyond(1, 0.05)


async def test_a_lost_notification_is_made_up_for_by_the_heartbeat(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.owner_url) as connection:
        await log.append(note())
        assert await log.wait_beyond(0, 5)

        await connection.execute(APPEND_SILENTLY)

        assert await log.wait_beyond(1, 3 * HEARTBEAT_SECONDS)


async def test_a_listener_that_lost_its_connection_listens_again(
    database: Databases, postgres: str
) -> None:
    made = database("eventlog")
    async with running(made.app_url, name="mine") as log, connected(made.app_url) as connection:
        await log.append(note())
        assert await log.wait_beyond(0, 5)

        await connection.execute(END_LISTENERS)
        await log.append(note())

        assert await log.wait_beyond(1, 5)


async def test_a_notification_that_says_nonsense_is_ignored(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.owner_url) as connection:
        await log.append(note())
        assert await log.wait_beyond(0, 5)

        await connection.execute("select pg_notify('stored_events', 'nonsense')")
        await log.append(note())

        assert await log.wait_beyond(1, 5)

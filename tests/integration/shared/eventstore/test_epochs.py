"""What happens to a log over the years: restores, and command keys that nobody repeats any more."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.eventstore.epochs import open_epoch
from shared.eventstore.errors import LogUnavailable
from shared.eventstore.log import EventLog
from shared.eventstore.records import CommandKey
from testbed.databases import Database
from testbed.event_logs import connected, running, sound_history
from testbed.eventually import eventually
from testbed.notes import note, notes

Databases = Callable[[str], Database]
AGE_COMMANDS = "update command_log set at = at - interval '{} days'"
FORGET = "select forget_commands_v2($1, null)"


async def test_a_restore_opens_an_epoch_at_the_next_position(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log:
        await log.append(note())
        opened = await open_epoch(made.owner_url)
        await log.append(note())

        first, second = await log.epochs()

        assert (first.first_position, second.first_position) == (1, 2)
        assert opened == second
        assert (await log.head()).epoch == second.id
        assert len(await sound_history(log)) == 2


async def test_a_log_that_moved_opens_an_epoch_by_itself(database: Databases) -> None:
    """The timeline, the database or the server is another than that of the last epoch."""
    made = database("eventlog")
    async with running(made.app_url) as log:
        await log.append(note())
    async with connected(made.owner_url) as owner:
        await owner.execute("update epochs set place = 'another server'")

    async with running(made.app_url) as log:
        await log.append(note())

        assert [epoch.first_position for epoch in await log.epochs()] == [1, 2]


async def test_a_log_that_stays_keeps_its_epoch(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log:
        await log.append(note())

    async with running(made.app_url) as log:
        assert [epoch.first_position for epoch in await log.epochs()] == [1]


async def test_later_of_two_epochs_at_one_position_holds(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log:
        await open_epoch(made.owner_url)
        latest = await open_epoch(made.owner_url)

        assert (await log.head()).epoch == latest.id
        assert [epoch.first_position for epoch in await log.epochs()] == [1, 1, 1]


async def test_keys_older_than_30_days_are_forgotten_a_few_at_a_time(database: Databases) -> None:
    made = database("eventlog")
    async with running(made.app_url) as log, connected(made.app_url) as connection:
        await log.append(note())
        await log.append(note())
        await log.append(note())
        await _age(made, days=31)

        forgotten = [await connection.fetchval(FORGET, 2) for _ in range(3)]

        assert forgotten == [2, 1, 0]
        assert len(await sound_history(log)) == 3


async def test_a_key_lives_for_30_days(database: Databases) -> None:
    made = database("eventlog")
    key = CommandKey(uuid4().hex, b"request")
    async with running(made.app_url) as log, connected(made.app_url) as connection:
        await log.append(note(), key=key)
        await _age(made, days=29)

        await connection.fetchval(FORGET, 1000)

        assert await log.find(key) is not None


async def test_a_log_forgets_nothing_by_a_database_that_runs_ahead(database: Databases) -> None:
    made, key = database("eventlog"), CommandKey(uuid4().hex, b"request")
    async with running(made.app_url) as log:
        await log.append(note(), key=key)
    await _age(made, days=31)

    async with EventLog(made.app_url, codec=notes(), now=forty_days_ago) as log:
        forgotten = await log._delete_old_keys()

        assert forgotten == 0
        assert await log.find(key) is not None


async def test_a_log_stamps_nothing_by_a_database_that_runs_ahead(database: Databases) -> None:
    made = database("eventlog")
    async with EventLog(made.app_url, codec=notes(), now=forty_days_ago) as log:
        writing = asyncio.create_task(log.run())
        appended = await log.append(note())
        writing.cancel()
        await asyncio.wait([writing])

    assert appended.recorded_at <= forty_days_ago()


def forty_days_ago() -> datetime:
    return datetime.now(UTC) - timedelta(days=40)


async def test_a_running_log_forgets_by_itself(database: Databases) -> None:
    made = database("eventlog")
    key = CommandKey(uuid4().hex, b"request")
    async with running(made.app_url) as log:
        await log.append(note(), key=key)
    await _age(made, days=31)

    async with running(made.app_url) as log:

        async def is_forgotten() -> bool:
            return await log.find(key) is None

        await eventually(is_forgotten)


async def _age(database: Database, *, days: int) -> None:
    async with connected(database.owner_url) as connection:
        await connection.execute(AGE_COMMANDS.format(days))


async def test_a_log_that_is_being_restored_is_not_opened(database: Databases) -> None:
    """pg_restore makes the keys last. Tried before: an epoch was opened between two tables."""
    made = database("eventlog")
    async with connected(made.owner_url) as owner:
        await owner.execute("alter table epochs drop constraint epochs_pkey")

    with pytest.raises(LogUnavailable, match="being restored"):
        async with running(made.app_url):
            pass

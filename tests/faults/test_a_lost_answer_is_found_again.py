"""F2 and F3: the answer to a commit never arrives, or the commit itself comes too late."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest

from shared.eventstore.log import EventLog
from shared.eventstore.records import Appended, CommandKey
from testbed.databases import Database
from testbed.event_logs import (
    LOCK,
    UNLOCK,
    call_in_flight,
    connected,
    proxied,
    running,
    sound_history,
    stored_keys,
)
from testbed.notes import note
from testbed.proxy import Direction, Proxy
from tests.support.messaging.ledger import Ledger

Databases = Callable[[str], Database]
ROUNDS = 10
WRITERS = 32


async def appended(log: EventLog, ledger: Ledger, *, key: str | None = None) -> Appended:
    key = key or uuid4().hex
    ledger.sent(key)
    outcome = await log.append(note(), key=CommandKey(key, b"request"))
    ledger.accepted(key)
    return outcome


async def test_a_commit_whose_answer_was_lost_is_found_by_the_same_append(
    database: Databases,
) -> None:
    """F2: the commit is on disk, its answer is cut off; nothing is lost and nothing doubled."""
    url, ledger = database("eventlog").app_url, Ledger("notes")
    async with proxied(url) as (proxy, proxied_url), running(url) as observer:
        async with running(proxied_url) as log:
            await appended(log, ledger)  # so that the statement is prepared
            for _ in range(ROUNDS):
                before = (await observer.head()).position
                proxy.freeze(Direction.TO_CLIENT)
                async with asyncio.TaskGroup() as commands:
                    for _ in range(WRITERS):
                        commands.create_task(appended(log, ledger))
                    assert await observer.wait_beyond(before, 5)  # committed, and nobody told
                    await proxy.cut()
                    proxy.thaw()

        await sound_history(observer)
        ledger.stored(*await stored_keys(url))
    ledger.assert_balanced()


async def test_a_retry_of_a_lost_command_gets_the_first_outcome(database: Databases) -> None:
    """F2, seen by a caller who was told nothing in time and sends his command again."""
    url, key = database("eventlog").app_url, CommandKey("key", b"request")
    async with proxied(url) as (proxy, proxied_url), running(url) as observer:
        async with running(proxied_url) as log:
            await log.append(note())
            proxy.freeze(Direction.TO_CLIENT)
            first = asyncio.ensure_future(log.append(note(), key=key))
            assert await observer.wait_beyond(1, 5)
            first.cancel()
            await proxy.cut()
            proxy.thaw()

            again = await log.append(note(), key=key)

        assert (again.replayed, again.last_position) == (True, 2)
        assert len(await sound_history(observer)) == 2


async def test_a_network_gone_silent_is_given_up(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F2 without a reset: nobody says that the connection is dead, so the wait is bounded.

    Nothing is healed: only a new connection of the writer's own can bring the answer.
    """
    monkeypatch.setattr("shared.eventstore.database.ANSWER_SECONDS", 0.5)
    url, ledger = database("eventlog").app_url, Ledger("notes")
    async with proxied(url) as (proxy, proxied_url), running(url) as observer:
        async with running(proxied_url) as log:
            await appended(log, ledger)
            proxy.half_open()

            assert (await appended(log, ledger)).last_position == 2

        await sound_history(observer)
        ledger.stored(*await stored_keys(url))
    ledger.assert_balanced()


async def test_a_zombie_that_arrives_after_its_retry_writes_nothing(database: Databases) -> None:
    """F3: the call freezes on its way, the caller tries another replica, then the call thaws."""
    url, ledger = database("eventlog").app_url, Ledger("notes")
    async with proxied(url) as (proxy, proxied_url), running(url) as other_replica:
        async with running(proxied_url) as replica:
            await appended(replica, ledger, key="warm")
            zombie = await frozen_on_its_way(replica, proxy, ledger, key="zombie")

            retry = await appended(other_replica, ledger, key="zombie")
            proxy.thaw()

            assert (await zombie).last_position == retry.last_position == 2

        await sound_history(other_replica)
        ledger.stored(*await stored_keys(url))
    ledger.assert_balanced()


async def test_a_retry_that_arrives_after_its_zombie_writes_nothing(database: Databases) -> None:
    """F3: the zombie already waits for the lock, where reading would see nothing of it yet."""
    url, ledger = database("eventlog").app_url, Ledger("notes")
    async with proxied(url) as (proxy, proxied_url), running(url) as other_replica:
        async with running(proxied_url) as replica, connected(url) as connection:
            await appended(replica, ledger, key="warm")
            zombie = await frozen_on_its_way(replica, proxy, ledger, key="zombie")
            await connection.execute(LOCK)
            proxy.freeze(Direction.TO_CLIENT)
            proxy.thaw(Direction.TO_SERVER)
            await call_in_flight(connection)

            assert await other_replica.find(CommandKey("zombie", b"request")) is None
            retrying = asyncio.ensure_future(appended(other_replica, ledger, key="zombie"))
            await connection.execute(UNLOCK)
            retry = await retrying
            proxy.thaw()

            assert retry.replayed
            assert (await zombie).last_position == retry.last_position == 2

        await sound_history(other_replica)
        ledger.stored(*await stored_keys(url))
    ledger.assert_balanced()


async def frozen_on_its_way(
    log: EventLog, proxy: Proxy, ledger: Ledger, *, key: str
) -> "asyncio.Task[Appended]":
    """A command whose call has left the process and not reached the server."""
    caught = proxy.freeze_at(key.encode(), Direction.TO_SERVER)
    command = asyncio.create_task(appended(log, ledger, key=key))
    async with asyncio.timeout(5):
        await caught.wait()
    return command

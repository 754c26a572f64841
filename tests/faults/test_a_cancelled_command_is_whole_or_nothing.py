"""F4: commands are cancelled while they queue and while they are in flight."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from uuid import UUID, uuid4

import asyncpg

from shared.eventstore.log import EventLog
from shared.eventstore.records import CommandKey
from testbed.databases import Database
from testbed.event_logs import (
    LOCK,
    UNLOCK,
    call_in_flight,
    connected,
    running,
    sound_history,
)
from testbed.eventually import eventually
from testbed.notes import note
from tests.support.messaging.ledger import Ledger

Databases = Callable[[str], Database]
COMMANDS = 600
CANCELLED_EVERY = 3
CANCELLED_WITHIN_SECONDS = 0.1
SESSIONS = """
    select pid from pg_stat_activity
    where application_name like 'mine %' and datname = current_database()
"""


async def three_events(log: EventLog, ledger: Ledger, stream: UUID) -> None:
    written = note(id=stream)
    written.paint("blue")
    written.paint("green")
    ledger.sent(stream)
    await log.append(written)
    ledger.accepted(stream)


async def test_commands_cancelled_at_random_are_whole_or_nothing(database: Databases) -> None:
    """Their neighbours, which share batches with them, don't notice; no session is left over."""
    url, ledger, chance = database("eventlog").app_url, Ledger("notes"), random.Random(20260302)
    streams = [uuid4() for _ in range(COMMANDS)]
    async with running(url, name="mine") as log, connected(url) as connection:
        await three_events(log, ledger, uuid4())
        sessions = await _sessions(connection)

        commands = [asyncio.create_task(three_events(log, ledger, stream)) for stream in streams]
        for command in commands[::CANCELLED_EVERY]:
            at = chance.uniform(0, CANCELLED_WITHIN_SECONDS)
            asyncio.get_running_loop().call_later(at, command.cancel)
        outcomes = await asyncio.gather(*commands, return_exceptions=True)

        assert await _sessions(connection) == sessions
        cancelled = outcomes.count(None) < COMMANDS
        assert cancelled, "nothing was cancelled in time: the test proves nothing"
        assert all(outcome is None for outcome in _never_cancelled(outcomes))
        history = await sound_history(log)
    written = [event.originator_id for event in history]
    assert set(Counter(written).values()) == {3}
    ledger.stored(*(event.originator_id for event in history if event.version == 3))
    ledger.assert_balanced()


async def test_command_cancelled_in_the_queue_has_written_nothing(database: Databases) -> None:
    url = database("eventlog").app_url
    async with running(url) as log, connected(url) as connection:
        await connection.execute(LOCK)
        in_flight = asyncio.ensure_future(log.append(note()))
        await call_in_flight(connection)
        queued = asyncio.ensure_future(log.append(note(), key=CommandKey("queued", b"")))
        neighbour = asyncio.ensure_future(log.append(note()))
        await call_in_flight(connection)  # time enough to queue

        queued.cancel()
        await connection.execute(UNLOCK)
        await asyncio.gather(in_flight, neighbour)

        assert await log.find(CommandKey("queued", b"")) is None
        assert len(await sound_history(log)) == 2


async def test_command_cancelled_in_flight_is_written_all_the_same(database: Databases) -> None:
    """Nobody can call a commit back; the key tells him what became of it."""
    url = database("eventlog").app_url
    async with running(url) as log, connected(url) as connection:
        await connection.execute(LOCK)
        in_flight = asyncio.ensure_future(log.append(note(), key=CommandKey("in flight", b"")))
        await call_in_flight(connection)

        in_flight.cancel()
        await connection.execute(UNLOCK)
        again = await log.append(note(), key=CommandKey("in flight", b""))

        assert in_flight.cancelled()
        assert (again.replayed, again.last_position) == (True, 1)
        assert len(await sound_history(log)) == 1


def _never_cancelled(outcomes: list[BaseException | None]) -> list[BaseException | None]:
    return [outcome for n, outcome in enumerate(outcomes) if n % CANCELLED_EVERY]


async def _sessions(connection: "asyncpg.Connection[asyncpg.Record]") -> set[int]:
    """Of the log's writer and of its listener, which connects in its own time."""
    found: set[int] = set()

    async def both() -> bool:
        found.clear()
        found.update(row["pid"] for row in await connection.fetch(SESSIONS))
        return len(found) >= 2

    await eventually(both)
    return found

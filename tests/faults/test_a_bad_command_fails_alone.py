"""F5: one bad command among good ones, that would all be in one batch with it."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest

from shared.eventstore.errors import (
    AppendFailed,
    CommandTooLarge,
    EventLogError,
    UnstorableEvent,
)
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
    stored_keys,
)
from testbed.notes import note
from tests.support.messaging.ledger import Ledger

Databases = Callable[[str], Database]
NEIGHBOURS = 40
# Every bad command we know of is refused before it queues. This check, which the code knows
# nothing of, stands in for those that we don't know.
REFUSE_GREEN = r"""
    alter table stored_events
    add constraint no_green check (position('"colour":"green"' in convert_from(state, 'UTF8')) = 0)
"""


async def good(log: EventLog, ledger: Ledger) -> None:
    key = uuid4().hex
    ledger.sent(key)
    await log.append(note(), key=CommandKey(key, b""))
    ledger.accepted(key)


@pytest.mark.parametrize(
    ("colour", "trace", "error"),
    [
        pytest.param("x" * 5_000_000, None, CommandTooLarge, id="too large"),
        pytest.param("red", "a\0b", UnstorableEvent, id="NUL"),
        pytest.param("\ud800", None, UnstorableEvent, id="half a character"),
        pytest.param("green", None, AppendFailed, id="refused by the database"),
    ],
)
async def test_a_bad_command_fails_and_its_neighbours_dont(
    database: Databases, colour: str, trace: str | None, error: type[EventLogError]
) -> None:
    made, ledger = database("eventlog"), Ledger("notes")
    async with running(made.app_url) as log, connected(made.owner_url) as connection:
        await connection.execute(REFUSE_GREEN)
        await connection.execute(LOCK)
        async with asyncio.TaskGroup() as neighbours:
            neighbours.create_task(good(log, ledger))
            await call_in_flight(connection)  # from here on all queue for one batch
            _start(neighbours, log, ledger)
            bad = asyncio.ensure_future(log.append(note(colour), trace=trace))
            _start(neighbours, log, ledger)
            await call_in_flight(connection)
            await connection.execute(UNLOCK)

        with pytest.raises(error):
            await bad
        await sound_history(log)
        ledger.stored(*await stored_keys(made.app_url))
    ledger.assert_balanced()


def _start(neighbours: asyncio.TaskGroup, log: EventLog, ledger: Ledger) -> None:
    for _ in range(NEIGHBOURS):
        neighbours.create_task(good(log, ledger))

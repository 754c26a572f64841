"""F1: the API is killed in the middle of a group commit, again and again; or the database is."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from shared.eventstore.errors import LogBusy, OutcomeUnknown
from shared.eventstore.log import EventLog
from shared.eventstore.records import CommandKey
from testbed.databases import Database, clone
from testbed.event_logs import running, sound_history, stored_keys
from testbed.notes import note
from testbed.own_postgres import own_postgres
from tests.support.messaging.ledger import Ledger
from tests.support.processes.writer_launcher import writing

Databases = Callable[[str], Database]
ROUNDS = 6
KILLS = 3
WRITERS = 32


async def test_every_answered_command_is_in_the_log_whenever_the_api_is_killed(
    database: Databases,
) -> None:
    """A batch in flight is committed or not; neither was answered yet, so neither is a lie."""
    url, ledger, chance = database("eventlog").app_url, Ledger("notes"), random.Random(20260302)

    for _ in range(ROUNDS):
        async with writing(url, ledger, writers=WRITERS) as api:
            await api.accept(commands=chance.randint(1, 400))
            await api.kill()

    async with running(url) as log:
        await sound_history(log)  # positions 1..N without a gap, the chain unbroken
        ledger.stored(*await stored_keys(url))
    ledger.assert_balanced()


async def test_every_answered_command_is_in_the_log_whenever_the_database_is_killed(
    tmp_path: Path,
) -> None:
    """Who waits gets his answer late; it is found by the same append after the restart."""
    ledger = Ledger("notes")
    async with own_postgres(tmp_path) as postgres:
        url = (await clone(postgres.url, "eventlog")).app_url
        async with running(url) as log:
            enough = asyncio.Event()
            writers = [asyncio.create_task(_write(log, ledger, enough)) for _ in range(WRITERS)]
            for _ in range(KILLS):
                await _grown(log)
                await postgres.kill()
            await _grown(log)
            enough.set()
            await asyncio.gather(*writers)

            await sound_history(log)
            ledger.stored(*await stored_keys(url))
    ledger.assert_balanced()


async def _grown(log: EventLog) -> None:
    position = (await log.head()).position
    assert await log.wait_beyond(position + WRITERS, 30)


async def _write(log: EventLog, ledger: Ledger, enough: asyncio.Event) -> None:
    while not enough.is_set():
        key = uuid4().hex
        ledger.sent(key)
        try:
            await log.append(note(), key=CommandKey(key, b""))
        except (OutcomeUnknown, LogBusy):
            continue  # the database stayed away for longer than anybody waits
        ledger.accepted(key)

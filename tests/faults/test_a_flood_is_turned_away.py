"""F24, as the event log sees it: more commands than it can take in while the database is slow."""

import asyncio
from collections import Counter
from collections.abc import Callable
from uuid import uuid4

from shared.eventstore.errors import LogBusy
from shared.eventstore.log import QUEUE_COMMANDS_MAX, EventLog
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
FLOOD = 5_000


async def attempt(log: EventLog, ledger: Ledger) -> str:
    key = uuid4().hex
    ledger.sent(key)
    try:
        await log.append(note(), key=CommandKey(key, b""))
    except LogBusy as busy:
        return f"come again in {busy.retry_after_seconds} s"
    ledger.accepted(key)
    return "accepted"


async def test_a_flood_is_turned_away_at_once_and_the_rest_is_written(database: Databases) -> None:
    """The queue is bounded, so memory is; who is turned away knows that nothing was written."""
    url, ledger = database("eventlog").app_url, Ledger("notes")
    async with running(url) as log, connected(url) as connection:
        await connection.execute(LOCK)
        first = asyncio.ensure_future(attempt(log, ledger))
        await call_in_flight(connection)

        flood = [asyncio.ensure_future(attempt(log, ledger)) for _ in range(FLOOD)]
        turned_away, _ = await asyncio.wait(flood, timeout=0.1)
        await connection.execute(UNLOCK)
        answers = Counter(await asyncio.gather(first, *flood))

        assert len(turned_away) == FLOOD - QUEUE_COMMANDS_MAX
        assert answers == {
            "accepted": QUEUE_COMMANDS_MAX + 1,
            "come again in 1 s": FLOOD - QUEUE_COMMANDS_MAX,
        }
        await sound_history(log)
        ledger.stored(*await stored_keys(url))
    ledger.assert_balanced()

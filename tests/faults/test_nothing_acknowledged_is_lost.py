"""F1: the API is killed in the middle of a group commit, again and again."""

import random
from collections.abc import Callable

from tests.support.databases import Database
from tests.support.event_logs import running, sound_history, stored_keys
from tests.support.ledger import Ledger
from tests.support.writers import writing

Databases = Callable[[str], Database]
ROUNDS = 6
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

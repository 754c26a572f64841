"""A log goes on with its own master key alone, or with the next one."""

from collections.abc import Callable

import pytest

from shared.eventstore.codec import Codec
from shared.eventstore.errors import WrongMasterKey
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.keys.master_keys import LABELS
from shared.eventstore.log import EventLog
from testbed.databases import Database
from testbed.event_logs import connected, running
from testbed.notes import Note, note

FIRST, NEXT, STRANGE = (bytes([number]) * 32 for number in range(3))
FORGET_KEYS = "truncate master_keys, derived_keys"


@pytest.fixture
def log(database: Callable[[str], Database]) -> Database:
    return database("eventlog")


async def opened(log: Database, *keys: bytes) -> Keyring:
    keyring = Keyring(keys[0], retired=keys[1:])
    async with EventLog(log.app_url, codec=Codec([Note], keyring)):
        return keyring


async def earlier_release(log: Database, key: bytes) -> None:
    """A log with a sealed event, and without a check value."""
    async with running(log.app_url, codec=Codec([Note], Keyring(key))) as written:
        await written.append(note("red", "from Ani"))
    async with connected(log.owner_url) as owner:
        await owner.execute(FORGET_KEYS)


async def test_key_that_is_not_the_logs_is_refused(log: Database) -> None:
    await opened(log, FIRST)

    with pytest.raises(WrongMasterKey, match="JANJI_MASTER_KEY"):
        await opened(log, STRANGE)


async def test_next_key_is_taken_beside_the_one_in_force(log: Database) -> None:
    await opened(log, FIRST)

    assert (await opened(log, NEXT, FIRST)).newest.check_value


async def test_retired_key_is_refused_though_the_one_in_force_is_given(log: Database) -> None:
    await opened(log, FIRST)
    keyring = await opened(log, NEXT, FIRST)
    async with connected(log.owner_url) as owner:
        await owner.execute(
            "insert into master_keys (check_value) values ($1)", keyring.newest.check_value
        )

    with pytest.raises(WrongMasterKey, match="instead of one that was retired"):
        await opened(log, FIRST, NEXT)


async def test_log_of_an_earlier_release_is_under_the_key_that_opens_it(log: Database) -> None:
    await earlier_release(log, FIRST)

    with pytest.raises(WrongMasterKey):
        await opened(log, STRANGE)
    keyring = await opened(log, NEXT, FIRST)

    first = Keyring(FIRST).newest
    assert keyring.derived == {name: first.derive(label) for name, label in LABELS.items()}


async def test_two_that_open_a_new_log_with_two_keys_agree_on_one(log: Database) -> None:
    await opened(log, FIRST)
    async with connected(log.app_url) as app:
        await app.execute("select begin_master_key_v1($1, '{}', '{}')", bytes(16))

        assert await app.fetchval("select count(*) from master_keys") == 1


async def test_service_brings_no_other_key_into_force(log: Database) -> None:
    await opened(log, FIRST)
    async with connected(log.app_url) as app:
        for forbidden in (
            "insert into master_keys (check_value) values ('0123456789abcdef')",
            "update derived_keys set wrapped_key = 'x'",
            "update sealing_keys set wrapped_key = 'x'",
        ):
            with pytest.raises(Exception, match="permission denied"):
                await app.execute(forbidden)

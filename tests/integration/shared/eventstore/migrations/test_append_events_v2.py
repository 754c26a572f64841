"""A database's clock that runs ahead stamps nothing with next month, and forgets nothing early."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from shared.eventstore.append.command_append import Append, append_of
from shared.eventstore.append.writer import call_of
from shared.eventstore.codec import Encoded
from shared.eventstore.records import Claim, CommandKey
from testbed.databases import Database

A_MOMENT = timedelta(minutes=1)
FORGET = "select forget_commands_v2($1, $2)"
AGED = "update command_log set at = $1"


def an_append(claim: Claim | None = None) -> Append:
    encoded = Encoded(uuid4(), 1, "notes.painted", b"{}")
    return append_of([encoded], key=CommandKey(uuid4().hex, b"hash"), claim=claim)


@pytest.fixture
async def owner(
    database: Callable[[str], Database],
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database("requests").owner_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("claim", [None, Claim("a letter")], ids=["no claim", "claim"])
@pytest.mark.parametrize(
    ("caller", "stamp"),
    [
        pytest.param(timedelta(), timedelta(), id="clocks agree"),
        pytest.param(timedelta(days=-40), timedelta(days=-40), id="the database's is ahead"),
        pytest.param(timedelta(days=40), timedelta(), id="the caller's is ahead"),
        pytest.param(timedelta(hours=-2), timedelta(), id="the caller's is hours behind"),
        pytest.param(None, timedelta(), id="no clock to compare with"),
    ],
)
async def test_stamps_never_run_ahead_of_both_clocks(
    owner: "asyncpg.Connection[asyncpg.Record]",
    caller: timedelta | None,
    stamp: timedelta,
    claim: Claim | None,
) -> None:
    now = datetime.now(UTC)
    append = an_append(claim=claim)

    query, arguments = call_of([append], None if caller is None else now + caller)
    (row,) = await owner.fetch(query, *arguments)

    assert row["outcome"] == "appended"
    assert abs(row["recorded_at"] - (now + stamp)) < A_MOMENT


async def test_stamps_never_run_back(owner: "asyncpg.Connection[asyncpg.Record]") -> None:
    now, stamps = datetime.now(UTC), []

    for caller in (now, now - timedelta(days=40), now):
        query, arguments = call_of([an_append()], caller)
        stamps += [row["recorded_at"] for row in await owner.fetch(query, *arguments)]

    assert stamps == sorted(stamps)


async def test_keys_are_forgotten_once_both_clocks_say_thirty_days(
    owner: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    now = datetime.now(UTC)
    query, arguments = call_of([an_append()], now)
    await owner.fetch(query, *arguments)
    await owner.execute(AGED, now - timedelta(days=31))

    by_a_database_ahead = await owner.fetchval(FORGET, 10, now - timedelta(days=40))
    by_both = await owner.fetchval(FORGET, 10, now)

    assert (by_a_database_ahead, by_both) == (0, 1)

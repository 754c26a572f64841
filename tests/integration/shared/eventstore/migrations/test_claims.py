"""A name that a stream holds is taken by no other: decided where the events are written."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.eventstore.append.command_append import Append, AppendOutcome, append_of
from shared.eventstore.append.writer import call_of
from shared.eventstore.codec import Encoded
from shared.eventstore.records import Claim, CommandKey
from shared.postgres.connection import Connection
from testbed.databases import Database
from testbed.event_logs import connected

Databases = Callable[[str], Database]
FIRST, SECOND, THIRD = uuid4(), uuid4(), uuid4()
NAME = Claim("letter 7")
SHARED = Claim("letter 7", shared=True)
NONE = Claim(None)
EVENTS = "select count(*) from stored_events"
HELD = "select name from claims where originator_id = $1"


def an_append(stream: UUID, claim: Claim | None, version: int = 1, key: str = "") -> Append:
    encoded = [Encoded(stream, version, "notes.painted", b"{}")]
    return append_of(encoded, key=CommandKey(key or uuid4().hex, b"hash"), claim=claim)


async def appended(connection: Connection, *appends: Append) -> list[AppendOutcome]:
    query, arguments = call_of(list(appends))
    return [AppendOutcome(*row) for row in await connection.fetch(query, *arguments)]


async def after(connection: Connection, *appends: Append) -> AppendOutcome:
    """What became of the last of them, each in a call of its own."""
    outcome: list[AppendOutcome] = []
    for append in appends:
        outcome = await appended(connection, append)
    return outcome[0]


async def test_a_name_that_is_held_is_taken_by_no_other_stream(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        outcome = await after(connection, an_append(FIRST, NAME), an_append(SECOND, NAME))

        assert (outcome.answer, outcome.originator_id) == ("taken", FIRST)
        assert outcome.last_position is None
        assert await connection.fetchval(EVENTS) == 1


@pytest.mark.parametrize("freed", [NONE, Claim("letter 8")], ids=["given up", "exchanged"])
async def test_a_name_that_is_held_no_more_is_free(database: Databases, freed: Claim) -> None:
    async with connected(database("eventlog").app_url) as connection:
        outcome = await after(
            connection, an_append(FIRST, NAME), an_append(FIRST, freed, 2), an_append(SECOND, NAME)
        )

        assert outcome.answer == "appended"


async def test_an_append_that_says_nothing_of_names_leaves_its_own(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        outcome = await after(
            connection, an_append(FIRST, NAME), an_append(FIRST, None, 2), an_append(SECOND, NAME)
        )

        assert outcome.answer == "taken"


async def test_a_shared_name_is_held_until_the_last_gives_it_up(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        both = await after(connection, an_append(FIRST, NAME), an_append(SECOND, SHARED))
        third = await after(connection, an_append(THIRD, NAME))
        left = await after(connection, an_append(FIRST, NONE, 2), an_append(THIRD, NAME))

        assert both.answer == "appended"
        assert (third.answer, third.originator_id) == ("taken", FIRST)
        assert (left.answer, left.originator_id) == ("taken", SECOND)


async def test_a_stream_may_claim_its_own_name_again(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        outcome = await after(connection, an_append(FIRST, NAME), an_append(FIRST, NAME, 2))

        assert outcome.answer == "appended"


async def test_a_refused_command_spares_its_neighbours(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        await appended(connection, an_append(FIRST, NAME))

        outcomes = await appended(
            connection,
            an_append(uuid4(), None),
            an_append(SECOND, NAME),
            an_append(THIRD, Claim("letter 9")),
        )

        assert [each.answer for each in outcomes] == ["appended", "taken", "appended"]
        assert [each.last_position for each in outcomes] == [2, None, 3]
        assert await connection.fetchval(HELD, THIRD) == "letter 9"
        assert await connection.fetchval(HELD, SECOND) is None


async def test_a_repeat_is_told_what_came_of_the_first(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        outcome = await after(
            connection,
            an_append(FIRST, NAME, key="k"),
            an_append(FIRST, NONE, 2),
            an_append(SECOND, NAME),
            an_append(THIRD, NAME, key="k"),
        )

        assert (outcome.answer, outcome.originator_id) == ("replayed", FIRST)
        assert await connection.fetchval(HELD, THIRD) is None


async def test_a_conflict_claims_nothing(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        outcome = await after(connection, an_append(FIRST, None), an_append(FIRST, NAME))

        assert outcome.answer == "conflict"
        assert await connection.fetchval(HELD, FIRST) is None


async def test_the_application_cannot_write_a_claim_by_itself(database: Databases) -> None:
    async with connected(database("eventlog").app_url) as connection:
        refused: Any = pytest.raises(Exception, match="permission denied")
        with refused:
            await connection.execute("delete from claims")

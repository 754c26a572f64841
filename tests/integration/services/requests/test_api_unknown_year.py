"""A year that is over and was never decreed: no receipt of it, until its calendar is applied.

It is Wednesday, 3 January 2029; the newest year that is shipped is 2027.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.calendars.store import CalendarStore
from testbed.databases import Database
from testbed.eventually import eventually
from testbed.http import Answer, Client
from testbed.surface import token
from tests.support.cases.requests_service import a_letter, requests_service, submission
from tests.support.clocks.calendar_amendments import begun, year_of

WEDNESDAY = datetime(2029, 1, 3, 3, tzinfo=UTC)
OPENED = int(WEDNESDAY.timestamp())
SUPERVISOR = token("supervisor", sub="supervisor-1", iat=OPENED, exp=OPENED + 600)


@pytest.fixture
def ours(database: Callable[[str], Database]) -> Database:
    return database("requests")


@pytest.fixture
async def client(ours: Database, tmp_path: Path) -> AsyncIterator[Client]:
    async with requests_service(ours, tmp_path, now=WEDNESDAY) as client:
        yield client


async def received(client: Client, on: str) -> Answer:
    letter = a_letter(date="2028-12-20")
    body = submission(received_at=f"{on}T09:00:00+07:00", letter=letter)
    return await client.post("/v1/requests", body, token=SUPERVISOR)


async def test_a_receipt_of_it_is_refused_naming_the_year_and_the_mend(client: Client) -> None:
    answer = await received(client, "2028-12-28")

    (error,) = answer.json["errors"]
    assert (answer.status, answer.problem) == (422, "invalid")
    assert (error["pointer"], error["rule"]) == ("/received_at", "calendar_known")
    assert "2028" in error["detail"]
    assert "janji calendar apply" in error["detail"]


async def test_the_year_that_has_begun_is_provisional_only(client: Client) -> None:
    answer = await received(client, "2029-01-02")

    clock = answer.json["clock"]
    assert (clock["due_on"], clock["provisional"]) == ("2029-01-03", True)


async def test_case_of_an_unknown_year_uses_its_calendar_once_applied(
    client: Client, ours: Database
) -> None:
    async with CalendarStore(ours.owner_url) as store:
        assert await store.apply(year_of(begun(2028)), begun(2028))

    async def is_received() -> bool:
        return (await received(client, "2028-12-28")).status == 201

    await eventually(is_received)

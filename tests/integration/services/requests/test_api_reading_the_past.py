"""How a request stood at an instant: as it was known then, its clock as of that day."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest

from services.requests.bodies import RequestView
from shared.office_time import PONTIANAK
from testbed.databases import Database
from testbed.http import Client
from tests.support.cases.requests_service import (
    AUDITOR,
    DINSOS,
    REVIEWER,
    give,
    in_status,
    requests_service,
    submitted,
)
from tests.support.eventstore.backdated_log import recorded


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=PONTIANAK)


@pytest.fixture
def log(database: Callable[[str], Database]) -> Database:
    return database("requests")


@pytest.fixture
async def client(log: Database, tmp_path: Path) -> AsyncIterator[Client]:
    async with requests_service(log, tmp_path) as client:
        yield client


async def test_a_request_as_it_was_known_at_an_instant(client: Client, log: Database) -> None:
    number = await submitted(client, received_at="2026-11-20T09:00:00+07:00")
    await give(client, number, "review")
    await give(client, number, "approve")
    await recorded(log, at("20 09:01"), at("23 10:00"), at("24 09:00"))

    answer = await client.get(
        f"/v1/requests/{number}?at=2026-11-23T10:00:00%2B07:00", token=REVIEWER
    )

    assert (answer.json["status"], answer.json["version"]) == ("under_review", 2)
    assert answer.headers["etag"] == '"2"'
    assert (answer.json["clock"]["state"], answer.json["clock"]["days_used"]) == ("running", 1)
    assert answer.json["contact"]["name"] == "Siti"
    RequestView.model_validate_json(answer.body)


async def test_an_offset_may_come_unescaped(client: Client, log: Database) -> None:
    number = await submitted(client)
    await recorded(log, at("24 09:01"))

    answer = await client.get(f"/v1/requests/{number}?at=2026-11-24T09:30:00+07:00", token=REVIEWER)

    assert answer.json["status"] == "submitted"


async def test_request_is_unknown_before_its_receipt_was_recorded(
    client: Client, log: Database
) -> None:
    number = await submitted(client, received_at="2026-11-20T09:00:00+07:00")
    await recorded(log, at("24 09:01"))

    answer = await client.get(f"/v1/requests/{number}?at=2026-11-24T02:00:59Z", token=REVIEWER)

    assert (answer.status, answer.problem) == (404, "not-found")


@pytest.mark.parametrize("instant", ["2026-11-24T03:15:01Z", "2026-11-24", "2026-11-24T09:00:00"])
async def test_an_instant_to_come_or_without_an_offset_is_refused(
    client: Client, instant: str
) -> None:
    number = await submitted(client)

    answer = await client.get(f"/v1/requests/{number}?at={instant}", token=REVIEWER)

    assert (answer.status, answer.problem) == (422, "invalid")
    assert [(error["in"], error["pointer"]) for error in answer.json["errors"]] == [
        ("query", "/at")
    ]


async def test_the_past_is_hidden_from_whom_the_present_is(client: Client, log: Database) -> None:
    number = await in_status(client, "under_review")
    await recorded(log, at("24 09:01"), at("24 09:02"))
    then = f"/v1/requests/{number}?at=2026-11-24T02:01:30Z"

    auditor = await client.get(then, token=AUDITOR)
    another_agency = await client.get(then, token=DINSOS)

    assert (auditor.json["personal_data"], auditor.json["contact"]) == ("withheld", None)
    assert another_agency.status == 404


async def test_erased_data_are_gone_from_the_past_too(client: Client, log: Database) -> None:
    number = await submitted(client)
    await give(client, number, "erase-personal-data")
    await recorded(log, at("24 09:01"), at("24 09:02"))

    answer = await client.get(f"/v1/requests/{number}?at=2026-11-24T02:01:30Z", token=REVIEWER)

    assert answer.json["version"] == 1
    assert (answer.json["personal_data"], answer.json["contact"]) == ("erased", None)

"""How a complaint stood at an instant, and who may still see of whom it is."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest

from services.complaints.bodies import ComplaintView
from shared.office_time import PONTIANAK
from testbed.databases import Database
from testbed.http import Client
from tests.support.cases.complaints_service import (
    OTHER_REVIEWER,
    REVIEWER,
    SUPERVISOR,
    complaints_service,
    give,
    received,
)
from tests.support.eventstore.backdated_log import recorded


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=PONTIANAK)


@pytest.fixture
def log(database: Callable[[str], Database]) -> Database:
    return database("complaints")


@pytest.fixture
async def client(log: Database, tmp_path: Path) -> AsyncIterator[Client]:
    async with complaints_service(log, tmp_path) as client:
        yield client


async def test_a_complaint_as_it_was_known_at_an_instant(client: Client, log: Database) -> None:
    number = (await received(client))["number"]
    await give(client, number, "classify")
    await recorded(log, at("24 09:01"), at("24 09:30"))

    answer = await client.get(f"/v1/complaints/{number}?at=2026-11-24T02:29:59Z", token=REVIEWER)

    assert (answer.json["status"], answer.json["category"]) == ("received", None)
    assert answer.json["text"] == "Sudah seminggu kami menunggu."
    ComplaintView.model_validate_json(answer.body)


async def test_former_assignee_no_longer_sees_a_confidential_complainant(
    client: Client, log: Database
) -> None:
    of_whom = {
        "kind": "confidential",
        "contact": {"name": "Budi Hartono", "email": "budi@b.example"},
    }
    number = (await received(client, complainant=of_whom))["number"]
    await give(client, number, "classify")
    await give(client, number, "assign")
    path = f"/v1/complaints/{number}"
    await client.post(f"{path}/assign", {"assignee": "reviewer-2"}, token=SUPERVISOR)
    await recorded(log, *(at(f"24 09:0{minute}") for minute in range(1, 5)))

    then = f"{path}?at=2026-11-24T02:03:30Z"
    had_it = await client.get(then, token=REVIEWER)
    has_it = await client.get(then, token=OTHER_REVIEWER)

    assert had_it.json["assignee"] == "reviewer-1"
    assert had_it.json["complainant"]["contact"] is None
    assert has_it.json["complainant"]["contact"]["name"] == "Budi Hartono"

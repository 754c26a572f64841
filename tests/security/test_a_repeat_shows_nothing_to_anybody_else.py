"""Whoever sends a command again with its key sees the first answer; nobody else does."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from testbed.databases import Database
from testbed.event_logs import connected
from testbed.http import Answer, Client
from testbed.surface import token
from tests.support.cases.requests_service import requests_service, submission

KEY = {"idempotency-key": "surat-800"}
OF_DINKES = token("agency", sub="shared-1", agency="DINKES")
OF_DINSOS = token("agency", sub="shared-1", agency="DINSOS")
OF_THE_STAFF = token("intake", sub="shared-1")


@dataclass
class Place:
    client: Client
    database: Database

    async def submit(self, caller: str, **changes: object) -> Answer:
        body = {**submission(), "received_at": None, **changes}
        return await self.client.post("/v1/requests", body, token=caller, headers=KEY)

    async def readings(self) -> list[str]:
        async with connected(self.database.app_url) as connection:
            rows = await connection.fetch("select sub from personal_data_readings order by at")
        return [row["sub"] for row in rows]


@pytest.fixture
async def place(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Place]:
    here = database("requests")
    async with requests_service(here, tmp_path) as client:
        yield Place(client, here)


@pytest.mark.parametrize("other", [OF_DINSOS, OF_THE_STAFF], ids=["agency", "role"])
async def test_same_person_for_another_office_does_not_get_the_first_answer(
    place: Place, other: str
) -> None:
    """Tried before: 201 with the contact that the first agency had given."""
    letter = submission()["letter"]
    first = await place.submit(OF_DINKES, letter=letter)
    assert first.status == 201

    again = await place.submit(other, letter=letter)

    assert "idempotency-replayed" not in again.headers
    assert first.json["number"] not in again.body.decode() or again.status == 409
    assert "Siti" not in again.body.decode()


async def test_repeat_is_on_record_as_a_reading(place: Place) -> None:
    letter = submission()["letter"]
    await place.submit(OF_DINKES, letter=letter)
    before = await place.readings()

    again = await place.submit(OF_DINKES, letter=letter)

    assert again.headers["idempotency-replayed"] == "true"
    assert await place.readings() == [*before, "shared-1"]

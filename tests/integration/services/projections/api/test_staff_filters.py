"""What is wrong with the parameters of a list is said at once."""

from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from services.projections.api.staff import StaffApi
from shared.office_time import local_date
from testbed.databases import Database
from testbed.http import Client
from testbed.projected import projected
from testbed.surface import NOW, surface, token

STAFF = token("reviewer")


@pytest_asyncio.fixture
async def client(database: Callable[[str], Database]) -> AsyncIterator[Client]:
    async with projected(database("projections").app_url, local_date(NOW)) as figures:
        yield surface(StaffApi(figures.pool).router())


async def test_all_filters_that_are_wrong_are_named_at_once(client: Client) -> None:
    wrong = "state=lost&limit=0&min_position=1&cursor=x&due_before=tomorrow&service=sla&stauts=a"

    answer = await client.get(f"/v1/sla/cases?{wrong}", token=STAFF)

    assert {(each["in"], each["pointer"], each["rule"]) for each in answer.json["errors"]} == {
        ("query", "/state", "choice"),
        ("query", "/limit", "too_small"),
        ("query", "/min_position", "position"),
        ("query", "/cursor", "cursor"),
        ("query", "/due_before", "date"),
        ("query", "/service", "choice"),
        ("query", "/stauts", "unknown_field"),
    }
    allowed = {each["pointer"]: each.get("allowed") for each in answer.json["errors"]}
    assert allowed["/service"] == ["requests", "complaints"]

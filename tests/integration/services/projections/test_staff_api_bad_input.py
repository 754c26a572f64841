"""What the staff API refuses: every wrong filter is named."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest
import pytest_asyncio

from services.projections.staff_api import StaffApi
from shared.promise.working_days import PONTIANAK, local_date
from tests.support.databases import Database, clone, drop
from tests.support.http import Client
from tests.support.paper_office import Office
from tests.support.projected import Projected, projected
from tests.support.surface import NOW, surface, token

pytestmark = pytest.mark.asyncio(loop_scope="module")

STAFF = token("reviewer")

DINKES = token("agency", agency="DINKES")

SUBSCRIBER = token("subscriber")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


def client_of(figures: Projected) -> Client:
    return surface(StaffApi(figures.pool).router())


@pytest_asyncio.fixture(loop_scope="module")
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    """Nothing has happened yet."""
    async with projected(database("projections").app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture(scope="module")
def told() -> Office:
    """Three requests (on time, overdue, waiting) and a complaint in hand, on 24 November 2026."""
    office = Office()
    office.request(at("11-02 09:00"), letter_number="800/1").then(
        "confirmed", at("11-03 10:00"), letter_number="555/1", letter_date="2026-11-03"
    )
    office.request(at("11-19 09:00"), letter_number="800/2", agency="DINSOS")
    office.request(at("11-24 08:00"), letter_number="800/3").then(
        "returned", at("11-24 09:00"), missing=["other"]
    )
    office.complaint(at("11-23 09:00")).then(
        "classified", at("11-23 10:00"), category="minor"
    ).then("assigned", at("11-23 11:00"), assignee="reviewer-1")
    return office


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(postgres: str, told: Office) -> AsyncIterator[Client]:
    """For all who only read what was told."""
    database = await clone(postgres, "projections")
    try:
        async with projected(database.app_url, local_date(NOW)) as figures:
            await figures.apply(told.events)
            await figures.at_the_head()
            yield client_of(figures)
    finally:
        await drop(postgres, database)


@pytest.mark.parametrize(
    ("path", "by", "problem"),
    [
        ("/v1/sla/cases", None, "unauthenticated"),
        ("/v1/sla/cases", SUBSCRIBER, "forbidden"),
        ("/v1/sla/summary", DINKES, "forbidden"),
        ("/v1/positions", DINKES, "forbidden"),
        ("/v1/sla/cases?stauts=confirmed", STAFF, "invalid"),
        ("/v1/sla/cases?state=lost", STAFF, "invalid"),
        ("/v1/sla/cases?limit=501", STAFF, "invalid"),
        ("/v1/sla/cases?sort=number", STAFF, "invalid"),
        ("/v1/sla/cases?due_before=2026-02-30", STAFF, "invalid"),
        ("/v1/sla/cases?cursor=nonsense", STAFF, "invalid"),
        ("/v1/sla/cases?status=%00", STAFF, "invalid"),
        ("/v1/sla/cases?min_position=1234", STAFF, "invalid"),
        ("/v1/sla/cases?agency=DIN%E2%80%8BKES", STAFF, "invalid"),
        ("/v1/sla/cases/PRM-0000-0000-1", STAFF, "mistyped-number"),
        ("/v1/sla/cases/PRM-0000-0000-0", STAFF, "not-found"),
        ("/v1/sla/cases/nonsense", STAFF, "not-found"),
    ],
)
async def test_what_is_wrong_is_said(
    client: Client, path: str, by: str | None, problem: str
) -> None:
    assert (await client.get(path, token=by)).problem == problem


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

"""The assignee of a case, and how the case was registered."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from services.projections.api.schemas import CasesView
from services.projections.api.staff import StaffApi
from shared.office_time import local_date
from testbed.databases import Database
from testbed.event_factory import EventFactory
from testbed.http import Client
from testbed.projected import projected
from testbed.surface import NOW, surface, token
from tests.support.pages.public_pages import at

STAFF = token("reviewer")


async def listed(client: Client, query: str) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/sla/cases{query}", token=STAFF)
    assert answer.status == 200, answer
    items: list[dict[str, Any]] = answer.json["items"]
    return items


@pytest.fixture
async def in_hand(database: Callable[[str], Database]) -> AsyncIterator[Client]:
    """Requests: taken, given to another, taken by whom the event names, voided; one came late."""
    office = EventFactory(by="reviewer-1")
    office.request(at("11-20 09:00"), letter_number="800/1").then(
        "review_started", at("11-20 10:00")
    )
    given = office.request(at("11-20 09:01"), letter_number="800/2")
    given.then("review_started", at("11-20 10:00"))
    given.then("assigned", at("11-20 11:00"), assignee="reviewer-2")
    named = office.request(at("11-20 09:02"), letter_number="800/3")
    named.then("review_started", at("11-20 10:00"), assignee="reviewer-3")
    voided = office.request(at("11-20 09:03"), letter_number="800/4")
    voided.then("review_started", at("11-20 10:00"))
    voided.then("voided", at("11-20 11:00"), reason="duplicate", of="PRM-0000-0000-0")
    office.by, office.recorded_at = "import", at("11-24 09:00")
    office.request(at("11-20 09:04"), letter_number="800/5")
    async with projected(database("projections").app_url, local_date(NOW)) as figures:
        await figures.apply(office.events)
        yield surface(StaffApi(figures.pool).router())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?assignee=reviewer-1", ["800/4", "800/1"]),
        ("?assignee=reviewer-2", ["800/2"]),
        ("?assignee=reviewer-3&service=requests", ["800/3"]),
        ("?state=voided", ["800/4"]),
        ("?status=voided", ["800/4"]),
        ("?state=voided&open=true", []),
        ("?open=true", ["800/1", "800/2", "800/3", "800/5"]),
    ],
)
async def test_requests_are_found_by_who_has_them_in_hand_and_voided_ones_apart(
    in_hand: Client, query: str, found: list[str]
) -> None:
    letters = [case["letter_number"] for case in await listed(in_hand, query)]

    assert sorted(letters) == sorted(found)


async def test_the_summary_counts_requests_by_who_has_them_and_no_voided_one(
    in_hand: Client,
) -> None:
    answer = await in_hand.get("/v1/sla/summary", token=STAFF)

    by_whom = {row["assignee"]: row["overdue"] + row["running"] for row in answer.json["assignees"]}
    assert by_whom == {None: 1, "reviewer-1": 1, "reviewer-2": 1, "reviewer-3": 1}


async def test_a_case_says_how_it_came_into_the_register(in_hand: Client) -> None:
    cases = {case["letter_number"]: case for case in await listed(in_hand, "")}
    table = await in_hand.get("/v1/sla/cases", token=STAFF, headers={"accept": "text/csv"})

    assert [cases[f"800/{n}"]["backdated"] for n in (1, 4, 5)] == [False, False, True]
    assert [cases[f"800/{n}"]["imported"] for n in (1, 4, 5)] == [False, False, True]
    assert cases["800/4"]["clock"]["state"] == cases["800/4"]["status"] == "voided"
    assert cases["800/4"]["clock"]["days_left"] is None
    (late,) = [r for r in csv.DictReader(io.StringIO(table.text)) if r["imported"] == "true"]
    assert (late["letter_number"], late["backdated"]) == ("800/5", "true")
    CasesView.model_validate({"items": list(cases.values()), "next_cursor": None})

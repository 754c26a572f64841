"""What the staff see of all cases, and an agency of its own."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from services.projections.api.schemas import CaseStoryView, CasesView, PositionView, SummaryView
from services.projections.api.staff import StaffApi
from shared.cases.web.common_problems import common_problem
from shared.office_time import PONTIANAK, local_date
from shared.web.problems.handlers import ServiceProblems
from testbed.databases import Database, clone, drop
from testbed.event_factory import EventFactory
from testbed.http import Client
from testbed.projected import Projected, projected
from testbed.surface import NOW, surface, token

pytestmark = pytest.mark.asyncio(loop_scope="module")

STAFF = token("reviewer")
AUDITOR = token("auditor")
DINKES = token("agency", agency="DINKES")
SUBSCRIBER = token("subscriber")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


def client_of(figures: Projected) -> Client:
    problems = ServiceProblems(of_refusal=common_problem)
    return surface(StaffApi(figures.pool).router(), problems=problems)


@pytest_asyncio.fixture(loop_scope="module")
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    """Nothing has happened yet."""
    async with projected(database("projections").app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture(scope="module")
def told() -> EventFactory:
    """Three requests (on time, overdue, waiting) and a complaint in hand, on 24 November 2026."""
    office = EventFactory()
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
async def client(postgres: str, told: EventFactory) -> AsyncIterator[Client]:
    """For all who only read what was told."""
    database = await clone(postgres, "projections")
    try:
        async with projected(database.app_url, local_date(NOW)) as figures:
            await figures.apply(told.events)
            await figures.at_the_head()
            yield client_of(figures)
    finally:
        await drop(postgres, database)


async def listed(client: Client, query: str, by: str = STAFF) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/sla/cases{query}", token=by)
    assert answer.status == 200, answer
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def letters(items: list[dict[str, Any]]) -> list[str | None]:
    return [item["letter_number"] for item in items]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["800/1", "800/2", None, "800/3"]),
        ("?sort=-due_on", ["800/3", None, "800/2", "800/1"]),
        ("?sort=received_on", ["800/1", "800/2", None, "800/3"]),
        ("?sort=-received_on", ["800/3", None, "800/2", "800/1"]),
        ("?service=complaints", [None]),
        ("?open=true", ["800/2", None, "800/3"]),
        ("?open=false", ["800/1"]),
        ("?state=overdue", ["800/2"]),
        ("?state=waiting", ["800/3"]),
        ("?due_soon=true", []),
        ("?status=confirmed", ["800/1"]),
        ("?agency=DINSOS", ["800/2"]),
        ("?kind=password_reset", ["800/1", "800/2", "800/3"]),
        ("?category=minor", [None]),
        ("?category=unclassified", []),
        ("?channel=counter", ["800/1", "800/2", "800/3"]),
        ("?assignee=reviewer-1", [None]),
        ("?letter_number=800/3", ["800/3"]),
        ("?due_before=2026-11-21", ["800/1", "800/2"]),
        ("?open=true&service=requests&sort=-due_on", ["800/3", "800/2"]),
    ],
)
async def test_the_list_keeps_what_is_asked_for(
    client: Client, query: str, found: list[str | None]
) -> None:
    assert letters(await listed(client, query)) == found


async def test_a_case_is_listed_with_its_clock_of_today(client: Client, told: EventFactory) -> None:
    (overdue,) = await listed(client, "?state=overdue")

    assert overdue["received_at"] == "2026-11-19T02:00:00Z"
    assert overdue["clock"] == {
        "received_on": "2026-11-19",
        "days_allowed": 1,
        "due_on": "2026-11-20",
        "days_left": -2,
        "days_used": 3,
        "days_elapsed": 3,
        "state": "overdue",
        "due_soon": False,
        "provisional": False,
        "calendar": told.calendar.version,
    }


@pytest.mark.parametrize("sort", ["due_on", "-due_on", "received_on", "-received_on"])
async def test_pages_show_every_case_once(figures: Projected, sort: str) -> None:
    client, office = client_of(figures), EventFactory()
    for hour in range(8, 15):
        office.request(at(f"11-20 {hour:02}:00"))
        office.request(at(f"11-20 {hour:02}:30")).then("returned", at("11-20 15:00"), missing=[])
    await figures.apply(office.events)

    seen: list[str] = []
    cursor = ""
    for _page in range(5):
        answer = await client.get(f"/v1/sla/cases?sort={sort}&limit=3{cursor}", token=STAFF)
        seen += [item["number"] for item in answer.json["items"]]
        cursor = f"&cursor={answer.json['next_cursor']}"

    assert answer.json["next_cursor"] is None
    assert seen == [case["number"] for case in await listed(client, f"?sort={sort}")]
    assert len(set(seen)) == len(seen) == 14


async def test_the_list_is_a_table_too(client: Client) -> None:
    answer = await client.get("/v1/sla/cases?limit=2", token=STAFF, headers={"accept": "text/csv"})

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["letter_number"] for row in rows] == ["800/1", "800/2"]
    assert rows[1]["state"] == "overdue"
    assert rows[1]["days_left"] == "-2"  # a number, no formula
    assert answer.headers["link"].startswith("</v1/sla/cases?limit=2&cursor=")
    assert answer.headers["link"].endswith('; rel="next"')


async def test_no_cell_is_taken_for_a_formula(figures: Projected) -> None:
    client, office = client_of(figures), EventFactory()
    office.request(at("11-20 09:00"), letter_number='=HYPERLINK("http://example.test")')
    await figures.apply(office.events)

    answer = await client.get("/v1/sla/cases", token=STAFF, headers={"accept": "text/csv"})

    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["letter_number"].startswith("'=")


async def test_a_case_tells_its_story(client: Client, told: EventFactory) -> None:
    number = told.of("complaints")[0].body["subject"]

    answer = await client.get(f"/v1/sla/cases/{number.lower()}", token=AUDITOR)

    case = answer.json
    assert (case["number"], case["status"], case["category"]) == (number, "in_progress", "minor")
    assert [entry["event"] for entry in case["timeline"]] == ["received", "classified", "assigned"]
    assert case["timeline"][1]["facts"]["category"] == "minor"
    assert case["timeline"][1]["occurred_at"] == "2026-11-23T03:00:00Z"


async def test_an_agency_sees_its_own_requests_only(client: Client, told: EventFactory) -> None:
    theirs = next(e for e in told.events if e.body["data"].get("agency") == "DINSOS")
    complaint = told.of("complaints")[0]

    assert letters(await listed(client, "", DINKES)) == ["800/1", "800/3"]
    assert await listed(client, "?agency=DINSOS", DINKES) == []
    for event in (theirs, complaint):
        answer = await client.get(f"/v1/sla/cases/{event.body['subject']}", token=DINKES)
        assert answer.problem == "not-found"


async def test_the_summary_counts_what_is_open(client: Client) -> None:
    answer = await client.get("/v1/sla/summary", token=STAFF)

    assert answer.json == {
        "services": {
            "complaints": {"running": 1, "due_soon": 0, "overdue": 0, "waiting": 0},
            "requests": {"running": 0, "due_soon": 0, "overdue": 1, "waiting": 1},
        },
        "assignees": [
            {
                "service": "complaints",
                "assignee": "reviewer-1",
                "running": 1,
                "due_soon": 0,
                "overdue": 0,
                "waiting": 0,
            },
            {
                "service": "requests",
                "assignee": None,
                "running": 0,
                "due_soon": 0,
                "overdue": 1,
                "waiting": 1,
            },
        ],
    }


async def test_positions_say_how_far_each_source_is(client: Client) -> None:
    answer = await client.get("/v1/positions", token=SUBSCRIBER)

    assert answer.json["requests"] == {
        "applied": 5,
        "head": 5,
        "lag_events": 0,
        "lag_seconds": 0.0,
        "quarantined": 0,
        "forked_at": None,
        "unknown": {},
    }
    assert answer.json["complaints"]["applied"] == 3


async def test_answers_are_as_the_api_describes_them(client: Client, told: EventFactory) -> None:
    number = told.events[0].body["subject"]

    cases = await client.get("/v1/sla/cases", token=STAFF)
    case = await client.get(f"/v1/sla/cases/{number}", token=STAFF)
    summary = await client.get("/v1/sla/summary", token=STAFF)
    positions = await client.get("/v1/positions", token=STAFF)

    CasesView.model_validate(cases.json)
    CaseStoryView.model_validate(case.json)
    SummaryView.model_validate(summary.json)
    PositionView.model_validate(positions.json["requests"])


async def test_reader_that_waits_for_a_position_gets_it_or_is_told(client: Client) -> None:
    there = await client.get("/v1/sla/cases?min_position=requests:5", token=STAFF)
    to_come = await client.get("/v1/sla/cases?min_position=requests:6", token=STAFF)

    assert "janji-stale" not in there.headers
    assert to_come.headers["janji-stale"] == "true"
    assert to_come.json == there.json


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
async def test_wrong_query_is_refused(
    client: Client, path: str, by: str | None, problem: str
) -> None:
    assert (await client.get(path, token=by)).problem == problem

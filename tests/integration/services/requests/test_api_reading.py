"""What readers see of a request: as it stands, its history, its clock, and what is withheld."""

import pytest

from services.requests.bodies import RequestView
from shared.cases.web.responses import DaysView, HistoryView
from testbed.http import Client
from tests.support.cases.requests_service import (
    AUDITOR,
    DINKES,
    DINSOS,
    REVIEWER,
    SUPERVISOR,
    give,
    in_status,
    submitted,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_reader_sees_the_request_as_it_stands(client: Client) -> None:
    number = await in_status(client, "under_review")

    answer = await client.get(f"/v1/requests/{number}", token=REVIEWER)

    assert answer.headers["etag"] == '"2"'
    assert answer.json["status"] == "under_review"
    assert answer.json["contact"]["name"] == "Siti"
    RequestView.model_validate_json(answer.body)


async def test_an_auditor_sees_everything_but_personal_data(client: Client) -> None:
    number = await in_status(client, "returned")

    request = await client.get(f"/v1/requests/{number}", token=AUDITOR)
    events = await client.get(f"/v1/requests/{number}/events", token=AUDITOR)

    assert request.json["personal_data"] == "withheld"
    assert (request.json["contact"], request.json["accounts"]) == (None, None)
    assert request.json["letter"]["number"].startswith("800/")
    assert events.json["items"][1]["facts"] == {"reason": None, "missing": ["letter_stamp"]}
    assert "Siti" not in request.text + events.text
    assert "Cap belum ada" not in events.text


async def test_an_agency_finds_its_own_requests_and_of_others_not_even_that_they_exist(
    client: Client,
) -> None:
    number = await submitted(client, agency="DINKES")

    own = await client.get(f"/v1/requests/{number}", token=DINKES)
    others = await client.get(f"/v1/requests/{number}", token=DINSOS)

    assert own.status == 200
    assert (others.status, others.problem) == (404, "not-found")


async def test_the_history_says_what_when_and_by_which_role_oldest_first(client: Client) -> None:
    number = await in_status(client, "submitted")
    await give(client, number, "return", token=REVIEWER)
    await give(client, number, "resubmit", token=DINKES)

    answer = await client.get(f"/v1/requests/{number}/events", token=REVIEWER)

    items = answer.json["items"]
    assert [(each["event"], each["role"], each["by"]) for each in items] == [
        ("submitted", "supervisor", "supervisor-1"),
        ("returned", "reviewer", "reviewer-1"),
        ("resubmitted", "agency", "dinkes-1"),
    ]
    assert items[0]["occurred_at"] == "2026-11-24T02:00:00Z"
    assert items[1]["facts"] == {"reason": "Cap belum ada", "missing": ["letter_stamp"]}
    HistoryView.model_validate_json(answer.body)


async def test_the_clock_says_day_by_day_why(client: Client) -> None:
    number = await submitted(client, received_at="2026-11-20T09:00:00+07:00")

    answer = await client.get(f"/v1/requests/{number}/clock", token=AUDITOR)

    assert answer.json["clock"]["state"] == "overdue"
    assert [(each["date"], each["why"], each["counted"]) for each in answer.json["days"]] == [
        ("2026-11-20", "received", None),
        ("2026-11-21", "weekend", None),
        ("2026-11-22", "weekend", None),
        ("2026-11-23", "counted", 1),
        ("2026-11-24", "counted", 2),
    ]
    DaysView.model_validate_json(answer.body)


async def test_the_clock_says_what_was_promised_before_and_what_moved_it(client: Client) -> None:
    number = await in_status(client, "returned")

    answer = await client.get(f"/v1/requests/{number}/clock", token=REVIEWER)

    (earlier,) = answer.json["earlier_due_dates"]
    assert (earlier["due_on"], earlier["moved_to"]) == ("2026-11-25", None)
    assert earlier["moved_by"] == "returned"
    DaysView.model_validate_json(answer.body)


# A person is forgotten.


async def test_an_erased_person_is_gone_from_every_answer(client: Client) -> None:
    number = await in_status(client, "returned")

    erased = await give(client, number, "erase-personal-data")

    request = await client.get(f"/v1/requests/{number}", token=SUPERVISOR)
    events = await client.get(f"/v1/requests/{number}/events", token=SUPERVISOR)
    assert erased.status == 200
    assert erased.json["personal_data"] == "erased"
    assert (request.json["contact"], request.json["accounts"]) == (None, None)
    assert "Siti" not in erased.text + request.text + events.text
    assert "Cap belum ada" not in events.text
    assert request.json["status"] == "returned"

"""Registered by mistake: what a void of a request does, needs and refuses."""

import pytest

from testbed.http import Client
from tests.support.cases.requests_service import (
    AUDITOR,
    REVIEWER,
    SUBSCRIBER,
    SUPERVISOR,
    Json,
    give,
    head,
    in_status,
    submitted,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

STATUSES = ["submitted", "under_review", "returned", "approved", "in_process", "confirmed"]


@pytest.mark.parametrize("status", STATUSES)
async def test_a_void_request_stays_so(client: Client, status: str) -> None:
    number = await in_status(client, status)
    due_on = (await client.get(f"/v1/requests/{number}", token=REVIEWER)).json["clock"]["due_on"]

    answer = await give(client, number, "void")
    again = await give(client, number, "void")

    assert (answer.status, answer.json["status"]) == (200, "voided")
    assert answer.json["allowed"] == []
    clock = answer.json["clock"]
    assert (clock["state"], clock["due_on"], clock["days_left"]) == ("voided", due_on, None)
    assert (again.status, again.problem) == (409, "not-allowed")
    assert (again.json["status"], again.json["allowed"]) == ("voided", [])


async def test_a_duplicate_names_the_other_request(client: Client) -> None:
    number, other = await submitted(client), await submitted(client)

    answer = await voided(client, number, reason="duplicate", of=other.lower(), remark="Dua kali")

    history = await client.get(f"/v1/requests/{number}/events", token=SUPERVISOR)
    facts = history.json["items"][-1]["facts"]
    assert answer["status"] == "voided"
    assert facts == {"reason": "duplicate", "of": other, "remark": "Dua kali"}


async def test_a_remark_is_published_nowhere(client: Client) -> None:
    number = await submitted(client)
    await voided(client, number, reason="registered_in_error", remark="Bu Siti keliru")

    feed = await client.get(f"/v1/events?after={await head(client) - 1}", token=SUBSCRIBER)
    audited = await client.get(f"/v1/requests/{number}/events", token=AUDITOR)

    (event,) = feed.json
    assert event["type"].endswith("requests.voided.v1")
    assert (event["data"]["reason"], event["data"]["of"]) == ("registered_in_error", None)
    assert event["data"]["clock"]["state"] == event["data"]["basis"]["outcome"] == "voided"
    assert "Siti" not in feed.text + audited.text


WRONG = [
    ({"reason": "duplicate"}, "/of", "required"),
    ({"reason": "duplicate", "of": None}, "/of", "required"),
    ({"reason": "duplicate", "of": "PRM-0000-0000-0"}, "/of", "known_case"),
    ({"reason": "duplicate", "of": "PRM-0000-0000-1"}, "/of", "known_case"),
    ({"reason": "duplicate", "of": "ADU-0000-0000-0"}, "/of", "known_case"),
    ({"reason": "duplicate", "of": "itself"}, "/of", "another_case"),
    ({"reason": "duplicate", "of": "a void one"}, "/of", "not_voided"),
    ({"reason": "registered_in_error", "of": "another"}, "/of", "only_duplicate"),
    ({"reason": "spam"}, "/reason", "choice"),
    ({"reason": "mistake"}, "/reason", "choice"),
    ({}, "/reason", "required"),
    ({"reason": "duplicate", "off": "x"}, "/off", "unknown_field"),
]


@pytest.mark.parametrize(("body", "pointer", "rule"), WRONG)
async def test_a_void_that_says_what_cannot_be_is_refused(
    client: Client, body: Json, pointer: str, rule: str
) -> None:
    number = await submitted(client)
    other, void = await submitted(client), await submitted(client)
    await give(client, void, "void")
    named = {"itself": number, "another": other, "a void one": void}
    before = await head(client)

    said = {**body, **({"of": named.get(body["of"], body["of"])} if "of" in body else {})}
    answer = await client.post(f"/v1/requests/{number}/void", said, token=SUPERVISOR)

    assert answer.status == 422
    assert {(each["pointer"], each["rule"]) for each in answer.json["errors"]} >= {(pointer, rule)}
    assert await head(client) == before


async def test_personal_data_of_a_void_request_can_still_be_erased(client: Client) -> None:
    number = await submitted(client)
    await voided(client, number, reason="registered_in_error", remark="Bu Siti keliru")

    erased = await give(client, number, "erase-personal-data")

    history = await client.get(f"/v1/requests/{number}/events", token=SUPERVISOR)
    assert (erased.status, erased.json["status"]) == (200, "voided")
    assert "Siti" not in history.text


async def voided(client: Client, number: str, **body: str) -> Json:
    answer = await client.post(f"/v1/requests/{number}/void", body, token=SUPERVISOR)
    assert answer.status == 200, answer
    case: Json = answer.json
    return case

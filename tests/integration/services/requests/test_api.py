"""A command over HTTP: what it answers, what a repeat gives, what is too late or not possible."""

import json

import pytest

from services.requests.bodies import RequestView
from testbed.http import Client
from tests.support.cases.requests_service import (
    BODIES,
    DINKES,
    INTAKE,
    REVIEWER,
    SUBMISSION,
    a_letter,
    give,
    head,
    in_status,
    received_now,
    submission,
    submitted,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_request_is_registered_and_answered_whole(client: Client) -> None:
    said = submission()

    answer = await client.post("/v1/requests", said, token=INTAKE)

    request = answer.json
    assert answer.status == 201
    assert answer.headers["location"] == f"/v1/requests/{request['number']}"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["janji-position"] == f"requests:{await head(client)}"
    assert request["number"].startswith("PRM-")
    assert request | said | {"received_at": "2026-11-24T02:00:00Z"} == request
    assert request["status"] == "submitted"
    assert request["standard"] == "09/DISKOMINFO/2022"
    assert request["allowed"] == ["review", "return", "withdraw", "assign", "void"]
    assert request["version"] == 1
    RequestView.model_validate_json(answer.body)


async def test_the_way_of_a_request_to_its_confirmation(client: Client) -> None:
    number = await in_status(client, "completed")

    answer = await give(client, number, "confirm", token=REVIEWER)

    assert answer.status == 200
    assert answer.headers["etag"] == '"6"'
    assert answer.json["status"] == "confirmed"
    assert answer.json["allowed"] == ["void"]
    assert answer.json["clock"]["state"] == "on_time"


async def test_a_request_that_says_no_time_of_receipt_is_received_now(client: Client) -> None:
    answer = await client.post("/v1/requests", received_now(), token=DINKES)

    assert answer.json["received_at"] == "2026-11-24T03:15:00Z"


async def test_optional_fields_may_be_null(client: Client) -> None:
    letter = {name: value for name, value in a_letter().items() if name != "letter_id"}
    body = received_now(letter=letter, contact={"name": None, "phone": "+62561736541"})

    answer = await client.post("/v1/requests", body, token=DINKES)

    assert answer.json["letter"]["letter_id"] is None
    assert answer.json["contact"] == {"name": None, "phone": "+62561736541", "email": None}


async def test_a_command_without_anything_to_say_needs_no_body(client: Client) -> None:
    number = await submitted(client)

    answer = await client.post(f"/v1/requests/{number}/review", b"", token=REVIEWER)

    assert answer.status == 200


# Numbers.


async def test_a_number_is_read_as_people_type_it(client: Client) -> None:
    number = await submitted(client)

    answer = await client.get(f"/v1/requests/{number.lower()}", token=REVIEWER)

    assert answer.json["number"] == number


async def test_a_wrong_check_character_is_mistyped(client: Client) -> None:
    answer = await client.get("/v1/requests/PRM-0000-0000-1", token=REVIEWER)

    assert (answer.status, answer.problem) == (404, "mistyped-number")
    assert "mistyped" in answer.json["detail"]


@pytest.mark.parametrize("number", ["PRM-0000-0000-0", "ADU-0000-0000-0", "1", "%00"])
async def test_a_number_that_no_request_has_is_not_found(client: Client, number: str) -> None:
    answer = await client.get(f"/v1/requests/{number}", token=REVIEWER)

    assert (answer.status, answer.problem) == (404, "not-found")


# Commands that are not possible, not met, or too late.


async def test_a_command_that_is_not_allowed_says_what_is(client: Client) -> None:
    number = await submitted(client)

    answer = await give(client, number, "approve")

    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert answer.json["status"] == "submitted"
    assert answer.json["allowed"] == ["review", "return", "withdraw", "assign", "void"]


async def test_requirements_of_an_approval_are_named_item_by_item(client: Client) -> None:
    number = await in_status(client, "under_review")
    checklist = {**BODIES["approve"]["checklist"], "stamped": False, "accounts_named": False}

    answer = await client.post(
        f"/v1/requests/{number}/approve", {"checklist": checklist}, token=REVIEWER
    )

    assert answer.status == 422
    assert [(each["pointer"], each["rule"]) for each in answer.json["errors"]] == [
        ("/checklist/stamped", "met"),
        ("/checklist/accounts_named", "met"),
    ]


async def test_a_caller_who_saw_an_older_version_is_told_so(client: Client) -> None:
    number = await in_status(client, "under_review")
    before = await head(client)

    answer = await give(client, number, "approve", headers={"if-match": '"1"'})

    assert (answer.status, answer.problem) == (412, "stale-version")
    assert (answer.headers["etag"], answer.json["version"]) == ('"2"', 2)
    assert await head(client) == before


async def test_a_caller_who_saw_the_present_version_is_served(client: Client) -> None:
    number = await in_status(client, "under_review")

    answer = await give(client, number, "approve", headers={"if-match": '"2"'})

    assert answer.status == 200


# Repeats.


async def test_a_repeat_gives_the_same_bytes_and_stores_nothing(client: Client) -> None:
    key, said = {"idempotency-key": "surat masuk 1"}, received_now()
    first = await client.post("/v1/requests", said, token=DINKES, headers=key)
    await give(client, first.json["number"], "review")
    before = await head(client)

    again = await client.post("/v1/requests", said, token=DINKES, headers=key)

    assert again.body == first.body
    assert again.status == 201
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["janji-position"] == first.headers["janji-position"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await head(client) == before


async def test_a_repeat_is_answered_even_where_the_command_would_be_refused_now(
    client: Client,
) -> None:
    number = await submitted(client)
    key = {"idempotency-key": "kaji"}
    first = await give(client, number, "review", headers=key)

    again = await give(client, number, "review", headers=key)

    assert (again.status, again.body) == (200, first.body)


async def test_a_key_with_another_body_is_refused(client: Client) -> None:
    key, said = {"idempotency-key": "surat masuk 2"}, received_now()
    await client.post("/v1/requests", said, token=DINKES, headers=key)

    other = {**said, "channel": "email"}
    answer = await client.post("/v1/requests", other, token=DINKES, headers=key)

    assert (answer.status, answer.problem) == (422, "idempotency-key-reused")


async def test_the_same_key_of_another_caller_is_another_key(client: Client) -> None:
    key = {"idempotency-key": "surat masuk 3"}
    first = await client.post("/v1/requests", received_now(), token=DINKES, headers=key)

    other = await client.post("/v1/requests", received_now(), token=INTAKE, headers=key)

    assert other.status == 201
    assert other.json["number"] != first.json["number"]


# Two languages.


async def test_a_refusal_speaks_the_readers_language(client: Client) -> None:
    body = {**SUBMISSION, "agency": "NASA"}

    indonesian = await client.post("/v1/requests", body, token=INTAKE)
    english = await client.post(
        "/v1/requests", body, token=INTAKE, headers={"accept-language": "en"}
    )

    said = [answer.json["errors"][0]["detail"] for answer in (indonesian, english)]
    assert said[0].startswith("Tidak ada dalam daftar perangkat daerah.")
    assert said[1].startswith("Not in the register of agencies.")


async def test_the_contract_describes_every_call(client: Client) -> None:
    document = json.loads((await client.get("/openapi.json")).body)

    calls = {path for path in document["paths"] if path.startswith("/v1/requests")}
    assert calls == {
        "/v1/requests",
        "/v1/requests/{number}",
        "/v1/requests/{number}/events",
        "/v1/requests/{number}/clock",
        *(f"/v1/requests/{{number}}/{command}" for command in BODIES),
    }

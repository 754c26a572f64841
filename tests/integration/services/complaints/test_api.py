"""A command over HTTP: what it answers, what a repeat gives, what is too late or not possible."""

import json

import pytest

from services.complaints.bodies import ComplaintView, OwnComplaintView, ReceiptView, RegisteredView
from testbed.http import Client
from tests.support.cases.complaints_service import (
    BODIES,
    COMPLAINT,
    INTAKE,
    PUBLIC_COMPLAINT,
    give,
    head,
    in_status,
    received,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = "/v1/public/complaints"


async def test_a_registration_is_answered_with_the_receipt_that_the_law_asks_for(
    client: Client,
) -> None:
    answer = await client.post("/v1/complaints", COMPLAINT, token=INTAKE)

    complaint = answer.json
    assert answer.status == 201
    assert answer.headers["location"] == f"/v1/complaints/{complaint['number']}"
    assert answer.headers["etag"] == '"1"'
    assert len(complaint["tracking_secret"]) == 32
    assert complaint["clock"]["days_allowed"] == 5
    assert complaint["allowed"] == ["classify", "reject", "forward", "void"]
    RegisteredView.model_validate_json(answer.body)


async def test_public_complaint_gets_number_and_secret_and_nothing_else(
    client: Client,
) -> None:
    answer = await client.post(PUBLIC, PUBLIC_COMPLAINT)

    assert answer.status == 201
    assert set(answer.json) == {"number", "tracking_secret"}
    ReceiptView.model_validate_json(answer.body)
    own = await client.get(
        f"{PUBLIC}/{answer.json['number']}", token=answer.json["tracking_secret"]
    )
    assert own.json["channel"] == "janji"
    assert own.json["text"] == PUBLIC_COMPLAINT["text"]
    assert own.json["allowed"] == []


async def test_the_same_key_gives_the_same_receipt_again(client: Client) -> None:
    key = {"idempotency-key": "formulir-1-dari-warga"}
    first = await client.post(PUBLIC, PUBLIC_COMPLAINT, headers=key)
    before = await head(client)

    again = await client.post(PUBLIC, PUBLIC_COMPLAINT, headers=key)

    assert again.body == first.body
    assert again.headers["idempotency-replayed"] == "true"
    assert await head(client) == before


async def test_the_same_key_with_another_complaint_is_refused(client: Client) -> None:
    key = {"idempotency-key": "formulir-2-dari-warga"}
    await client.post(PUBLIC, PUBLIC_COMPLAINT, headers=key)

    answer = await client.post(PUBLIC, {**PUBLIC_COMPLAINT, "subject": "Lain"}, headers=key)

    assert (answer.status, answer.problem) == (422, "idempotency-key-reused")


async def test_a_command_repeated_after_others_gives_its_first_answer(client: Client) -> None:
    number = (await in_status(client, "in_progress"))["number"]
    key = {"idempotency-key": "jawaban-1"}
    first = await give(client, number, "respond", headers=key)
    await give(client, number, "resolve")

    again = await give(client, number, "respond", headers=key)

    assert (again.status, again.body) == (200, first.body)


async def test_a_step_that_is_not_possible_says_what_is(client: Client) -> None:
    complaint = await received(client)

    answer = await give(client, complaint["number"], "resolve")

    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert answer.json["status"] == "received"
    assert answer.json["allowed"] == ["classify", "reject", "forward", "void"]


async def test_a_second_rating_is_refused(client: Client) -> None:
    complaint = await in_status(client, "resolved")
    number, secret = complaint["number"], complaint["tracking_secret"]
    await give(client, number, "rate", token=secret, under=PUBLIC)

    answer = await give(client, number, "rate", token=secret, under=PUBLIC)

    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert answer.json["allowed"] == ["reopen", "close", "void"]


async def test_a_stale_version_is_refused(client: Client) -> None:
    complaint = await in_status(client, "classified")

    answer = await give(client, complaint["number"], "assign", headers={"if-match": '"1"'})

    assert (answer.status, answer.problem) == (412, "stale-version")


async def test_a_caller_who_saw_the_present_version_is_served(client: Client) -> None:
    complaint = await in_status(client, "classified")

    answer = await give(client, complaint["number"], "assign", headers={"if-match": '"2"'})

    assert (answer.status, answer.headers["etag"]) == (200, '"3"')
    ComplaintView.model_validate_json(answer.body)


async def test_the_complainant_says_which_version_he_saw_too(client: Client) -> None:
    complaint = await in_status(client, "resolved")
    number, secret = complaint["number"], complaint["tracking_secret"]
    stale = {"if-match": '"3"'}

    answer = await give(client, number, "close", token=secret, under=PUBLIC, headers=stale)

    assert (answer.status, answer.problem) == (412, "stale-version")
    assert (answer.headers["etag"], answer.json["version"]) == ('"4"', 4)


async def test_a_repeat_of_the_complainants_own_command_gives_the_same_bytes(
    client: Client,
) -> None:
    complaint = await in_status(client, "waiting")
    number, secret = complaint["number"], complaint["tracking_secret"]
    key = {"idempotency-key": "jawaban saya sendiri"}
    first = await give(client, number, "clarify", token=secret, under=PUBLIC, headers=key)
    await give(client, number, "resolve")

    again = await give(client, number, "clarify", token=secret, under=PUBLIC, headers=key)

    assert (again.status, again.body) == (200, first.body)
    assert again.headers["idempotency-replayed"] == "true"
    OwnComplaintView.model_validate_json(again.body)


async def test_a_complaint_about_a_request_names_it_as_it_is_written(client: Client) -> None:
    complaint = await received(client, about_request="prm 0000 oooo 0", lapor_number="#4412345")

    assert complaint["about_request"] == "PRM-0000-0000-0"
    assert complaint["lapor_number"] == "#4412345"


async def test_optional_fields_may_be_null(client: Client) -> None:
    nobody = {"kind": "anonymous", "contact": None}

    answer = await client.post(
        PUBLIC,
        {**PUBLIC_COMPLAINT, "complainant": nobody, "about_request": None, "lapor_number": None},
    )

    assert answer.status == 201


async def test_a_person_is_erased_once(client: Client) -> None:
    complaint = await received(client)
    await give(client, complaint["number"], "erase-personal-data")

    answer = await give(client, complaint["number"], "erase-personal-data")

    assert (answer.status, answer.problem) == (409, "not-allowed")
    assert answer.json["status"] == "received"


async def test_the_contract_describes_every_call(client: Client) -> None:
    document = json.loads((await client.get("/openapi.json")).body)

    commands = set(BODIES) - {"reclassify", "rate"}
    calls = {path for path in document["paths"] if "complaints" in path}
    assert calls == {
        "/v1/complaints",
        "/v1/complaints/void",
        "/v1/complaints/{number}",
        "/v1/complaints/{number}/events",
        "/v1/complaints/{number}/clock",
        *(f"/v1/complaints/{{number}}/{command}" for command in commands),
        PUBLIC,
        f"{PUBLIC}/{{number}}",
        f"{PUBLIC}/{{number}}/clock",
        *(f"{PUBLIC}/{{number}}/{command}" for command in ("clarify", "reopen", "close", "rate")),
    }

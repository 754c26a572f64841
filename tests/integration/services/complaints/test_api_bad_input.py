"""Bad input: a problem each that names the field and the rule, and nothing is stored."""

from typing import Any

import pytest

from testbed.http import Client
from tests.support.cases.complaints_service import (
    COMPLAINT,
    INTAKE,
    PUBLIC_COMPLAINT,
    SUPERVISOR,
    Json,
    head,
    in_status,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = "/v1/public/complaints"


def without(name: str) -> Json:
    return {key: value for key, value in COMPLAINT.items() if key != name}


def changed(**changes: Any) -> Json:
    return {**COMPLAINT, **changes}


def complainant(**changes: Any) -> Json:
    return changed(complainant={"kind": "named", **changes})


def came_at(text: Any) -> Json:
    return changed(received_at=text)


def about(number: str) -> Json:
    return changed(about_request=number)


RECEIPTS = [
    # form
    ("an unknown field", changed(urgent=True), "/urgent", "unknown_field"),
    ("an unknown field inside", complainant(nama="Budi"), "/complainant/nama", "unknown_field"),
    (
        "an unknown part of the contact",
        complainant(contact={"nik": "61"}),
        "/complainant/contact/nik",
        "unknown_field",
    ),
    ("a category, which is the office's", changed(category="minor"), "/category", "unknown_field"),
    ("no subject", without("subject"), "/subject", "required"),
    ("no complainant", without("complainant"), "/complainant", "required"),
    ("no kind of complainant", changed(complainant={}), "/complainant/kind", "required"),
    ("a list instead of an object", [COMPLAINT], "", "object"),
    ("a text instead of an object", changed(complainant="Budi"), "/complainant", "object"),
    ("a number instead of a text", changed(subject=7), "/subject", "text"),
    ("a list instead of a text", changed(text=["a"]), "/text", "text"),
    ("null instead of a text", changed(text=None), "/text", "text"),
    ("an empty text", changed(text=" "), "/text", "too_short"),
    ("a text that is too long", changed(text="x" * 10_001), "/text", "too_long"),
    ("a subject that is too long", changed(subject="x" * 201), "/subject", "too_long"),
    ("a NUL", changed(text="a\0b"), "/text", "characters"),
    ("half a character", changed(text="a\ud800"), "/text", "characters"),
    ("a line break in a line", changed(subject="a\nb"), "/subject", "characters"),
    ("a NUL in the channel", changed(channel="phone\0"), "/channel", "characters"),
    ("another kind", changed(complainant={"kind": "famous"}), "/complainant/kind", "choice"),
    # dates and instants
    ("no such day", came_at("2026-02-30T09:00:00+07:00"), "/received_at", "instant"),
    ("no offset", came_at("2026-11-24T09:00:00"), "/received_at", "instant"),
    ("a day only", came_at("2026-11-24"), "/received_at", "instant"),
    ("an instant as a number", came_at(1_800_000_000), "/received_at", "instant"),
    ("the end of time", came_at("9999-12-31T23:59:59Z"), "/received_at", "instant"),
    # numbers
    ("a mistyped request", about("PRM-0000-0000-1"), "/about_request", "request_number"),
    ("another complaint", about("ADU-0000-0000-0"), "/about_request", "request_number"),
    ("no request's number", about("dinas\u0661"), "/about_request", "request_number"),
    ("a person for a number", changed(lapor_number="Budi 0812"), "/lapor_number", "pattern"),
    # rules of the office
    ("an unknown channel", changed(channel="pigeon"), "/channel", "known_channel"),
    ("the future", came_at("2026-11-24T10:15:01+07:00"), "/received_at", "not_in_future"),
    (
        "before any promise",
        came_at("2021-11-24T10:15:00+07:00"),
        "/received_at",
        "under_a_standard",
    ),
]

OF_THE_OFFICE = [  # what the public form has no field for
    ({"channel": "phone"}, "/channel"),
    ({"received_at": "2026-11-24T09:00:00+07:00"}, "/received_at"),
]

RECLASSIFIED = {"category": "minor", "reason": "Ringan"}
COMMANDS = [
    ("received", "classify", {}, "/category", "required"),
    ("received", "classify", {"category": "grave"}, "/category", "known_category"),
    ("received", "classify", {"category": ["minor"]}, "/category", "text"),
    (
        "received",
        "classify",
        {"category": "minor", "accept_breach": "yes"},
        "/accept_breach",
        "true_or_false",
    ),
    ("classified", "classify", {"category": "oversight"}, "/reason", "required"),
    ("classified", "classify", RECLASSIFIED, "/category", "another_category"),
    ("classified", "assign", {}, "/assignee", "required"),
    ("classified", "assign", {"assignee": ""}, "/assignee", "too_short"),
    ("classified", "assign", {"assignee": "a", "until": "b"}, "/until", "unknown_field"),
    ("in_progress", "request-clarification", {"question": 7}, "/question", "text"),
    ("waiting", "clarify", {}, "/answer", "required"),
    ("waiting", "resume", {"reason": "\0"}, "/reason", "characters"),
    ("in_progress", "respond", {"text": ""}, "/text", "too_short"),
    ("in_progress", "resolve", {}, "/answer", "required"),
    ("in_progress", "reject", {"reason": None}, "/reason", "text"),
    ("in_progress", "forward", {"to": "a", "reason": "b"}, "/reference", "required"),
    ("resolved", "reopen", {"reason": "x" * 10_001}, "/reason", "too_long"),
    ("resolved", "close", {"reason": "a"}, "/reason", "unknown_field"),
    ("received", "erase-personal-data", {}, "/reason", "required"),
]

RATINGS = [
    ({"score": 0}, "/score", "too_small"),
    ({"score": 6}, "/score", "too_large"),
    ({"score": 4.5}, "/score", "whole_number"),
    ({"score": "5"}, "/score", "whole_number"),
    ({"score": True}, "/score", "whole_number"),
    ({}, "/score", "required"),
    ({"score": 5, "remark": "a\0"}, "/remark", "characters"),
    ({"score": 5, "name": "Budi"}, "/name", "unknown_field"),
]


@pytest.mark.parametrize(
    ("body", "pointer", "rule"), [case[1:] for case in RECEIPTS], ids=[c[0] for c in RECEIPTS]
)
async def test_a_receipt_that_breaks_a_rule(
    client: Client, body: Any, pointer: str, rule: str
) -> None:
    before = await head(client)

    answer = await client.post("/v1/complaints", body, token=SUPERVISOR)

    assert (answer.status, answer.problem) == (422, "invalid")
    assert [(each["pointer"], each["rule"]) for each in answer.json["errors"]] == [(pointer, rule)]
    assert all(each["detail"] for each in answer.json["errors"])
    assert await head(client) == before


@pytest.mark.parametrize(("change", "pointer"), OF_THE_OFFICE)
async def test_the_public_form_does_not_say_what_is_the_offices_to_say(
    client: Client, change: Json, pointer: str
) -> None:
    before = await head(client)

    answer = await client.post(PUBLIC, {**PUBLIC_COMPLAINT, **change})

    assert (answer.status, answer.problem) == (422, "invalid")
    assert answer.json["errors"][0]["pointer"] == pointer
    assert answer.json["errors"][0]["rule"] == "unknown_field"
    assert await head(client) == before


@pytest.mark.parametrize(("status", "command", "body", "pointer", "rule"), COMMANDS)
async def test_a_command_that_breaks_a_rule(
    client: Client, status: str, command: str, body: Json, pointer: str, rule: str
) -> None:
    number = (await in_status(client, status))["number"]
    before = await head(client)

    answer = await client.post(f"/v1/complaints/{number}/{command}", body, token=SUPERVISOR)

    assert (answer.status, answer.problem) == (422, "invalid")
    assert [(each["pointer"], each["rule"]) for each in answer.json["errors"]] == [(pointer, rule)]
    assert await head(client) == before


@pytest.mark.parametrize(("body", "pointer", "rule"), RATINGS)
async def test_a_rating_that_breaks_a_rule(
    client: Client, body: Json, pointer: str, rule: str
) -> None:
    complaint = await in_status(client, "resolved")
    before = await head(client)

    answer = await client.post(
        f"{PUBLIC}/{complaint['number']}/rate", body, token=complaint["tracking_secret"]
    )

    assert (answer.status, answer.problem) == (422, "invalid")
    assert [(each["pointer"], each["rule"]) for each in answer.json["errors"]] == [(pointer, rule)]
    assert await head(client) == before


async def test_a_receipt_from_long_ago_names_field_and_rule_to_whoever_may_not_enter_it(
    client: Client,
) -> None:
    before = await head(client)

    answer = await client.post("/v1/complaints", came_at("2026-11-16T09:00:00+07:00"), token=INTAKE)

    assert (answer.status, answer.problem) == (403, "forbidden")
    assert answer.json["errors"][0]["pointer"] == "/received_at"
    assert answer.json["errors"][0]["rule"] == "backdating"
    assert await head(client) == before


NO_BODIES = [
    pytest.param(b"{", 422, "invalid", id="half a body"),
    pytest.param(b"\xff\xfe", 422, "invalid", id="not UTF-8"),
    pytest.param(b"", 422, "invalid", id="no body"),
    pytest.param(b'{"text": "' + b"a" * 2**20 + b'"}', 413, "too-large", id="beyond 1 MiB"),
]


@pytest.mark.parametrize(("body", "status", "problem"), NO_BODIES)
@pytest.mark.parametrize(("target", "token"), [("/v1/complaints", SUPERVISOR), (PUBLIC, None)])
async def test_missing_or_malformed_body_is_refused(
    client: Client, target: str, token: str | None, body: bytes, status: int, problem: str
) -> None:
    before = await head(client)

    answer = await client.post(target, body, token=token)

    assert (answer.status, answer.problem) == (status, problem)
    assert await head(client) == before


async def test_caller_without_the_secret_does_not_learn_faults_of_the_body(
    client: Client,
) -> None:
    complaint = await in_status(client, "resolved")

    answer = await client.post(f"{PUBLIC}/{complaint['number']}/rate", {"score": 9}, token="x")

    assert (answer.status, answer.problem) == (404, "not-found")


async def test_a_wrong_token_is_refused(client: Client) -> None:
    answer = await client.post("/v1/complaints", COMPLAINT, token="no.such.token")

    assert (answer.status, answer.problem) == (401, "unauthenticated")


async def test_wrong_values_are_repeated_neither_in_the_answer_nor_in_the_log(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {**PUBLIC_COMPLAINT, "lapor_number": "Budi Hartono", "text": "rahasia\0", "nama": "Siti"}

    answer = await client.post(PUBLIC, body)

    lines = "".join(capsys.readouterr())
    assert "/v1/public/complaints" in lines
    assert answer.status == 422
    assert not [each for each in ("Budi", "rahasia", "Siti") if each in answer.text + lines]

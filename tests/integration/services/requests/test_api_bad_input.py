"""Bad input: a problem each that names the field and the rule, and nothing is stored."""

from typing import Any

import pytest

from testbed.http import Client
from tests.support.cases.requests_service import (
    INTAKE,
    SUBMISSION,
    SUPERVISOR,
    Json,
    a_letter,
    give,
    head,
    in_status,
    submitted,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

LETTER: Json = SUBMISSION["letter"]
CREATION: Json = {**SUBMISSION, "kind": "account_creation"}


def without(body: Json, name: str) -> Json:
    return {key: value for key, value in body.items() if key != name}


def letter(**changes: Any) -> Json:
    return {**SUBMISSION, "letter": {**LETTER, **changes}}


def changed(**changes: Any) -> Json:
    return {**SUBMISSION, **changes}


SCAN = f"sha256-{'0' * 64}"
LETTER_NUMBERS = [
    "8" * 61,
    "800;123",
    "<b>800</b>",
    "=1+1",
    "800\u2013123",
    "Siti: 0812",
    "800\u00a01",
]

SUBMISSIONS: list[tuple[str, Any, str, str]] = [
    # form
    ("an unknown field", changed(urgent=True), "/urgent", "unknown_field"),
    ("an unknown field inside", letter(datum="2026-11-20"), "/letter/datum", "unknown_field"),
    ("a missing field", without(SUBMISSION, "kind"), "/kind", "required"),
    ("a field that is null", changed(channel=None), "/channel", "text"),
    ("a list instead of an object", [SUBMISSION], "", "object"),
    ("a text instead of an object", changed(letter="800/123"), "/letter", "object"),
    ("a text instead of a list", changed(accounts="a@kalbarprov.go.id"), "/accounts", "list"),
    ("a number instead of a text", changed(agency=7), "/agency", "text"),
    ("a text instead of a truth", letter(stamped="yes"), "/letter/stamped", "true_or_false"),
    ("a number instead of a truth", letter(stamped=1), "/letter/stamped", "true_or_false"),
    ("an empty text", changed(channel=" "), "/channel", "too_short"),
    ("a text that is too long", letter(number="8" * 201), "/letter/number", "too_long"),
    ("a NUL", letter(number="800\0123"), "/letter/number", "characters"),
    ("half a character", letter(number="800\ud800"), "/letter/number", "characters"),
    ("a line break in a line", letter(number="800\n123"), "/letter/number", "characters"),
    ("too many accounts", changed(accounts=["a@b.id"] * 101), "/accounts", "too_many"),
    ("an unknown signature", letter(signed_by="head"), "/letter/signed_by", "choice"),
    ("a scan by another name", letter(letter_id="md5-1"), "/letter/letter_id", "pattern"),
    # dates and instants
    ("a date that does not exist", letter(date="2026-02-30"), "/letter/date", "date"),
    ("a date by another calendar", letter(date="20-11-2026"), "/letter/date", "date"),
    ("a date with a time", letter(date="2026-11-20T00:00:00"), "/letter/date", "date"),
    ("a date as a number", letter(date=1_800_000_000), "/letter/date", "date"),
    ("a date from another age", letter(date="0206-11-20"), "/letter/date", "date"),
    ("no offset", changed(received_at="2026-11-24T09:00:00"), "/received_at", "instant"),
    ("a day only", changed(received_at="2026-11-24"), "/received_at", "instant"),
    ("an instant as a number", changed(received_at=1_800_000_000), "/received_at", "instant"),
    ("the end of time", changed(received_at="9999-12-31T23:59:59Z"), "/received_at", "instant"),
    # rules of the office
    ("an unknown kind", changed(kind="account_deletion"), "/kind", "known_kind"),
    ("an unknown channel", changed(channel="whatsapp"), "/channel", "known_channel"),
    ("an unknown agency", changed(agency="NASA"), "/agency", "registered_agency"),
    (
        "the future",
        changed(received_at="2026-11-24T10:15:01+07:00"),
        "/received_at",
        "not_in_future",
    ),
    (
        "before any promise",
        changed(received_at="2021-11-24T10:15:01+07:00"),
        "/received_at",
        "under_a_standard",
    ),
    (
        "a letter from tomorrow",
        letter(date="2026-11-25"),
        "/letter/date",
        "not_after_receipt",
    ),
    ("a scan that is not stored", letter(letter_id=SCAN), "/letter/letter_id", "stored_scan"),
    *(
        (f"the letter number {number!r}", letter(number=number), "/letter/number", "letter_number")
        for number in LETTER_NUMBERS
    ),
    ("a reset of nothing", changed(accounts=[]), "/accounts", "at_least_one"),
    ("a new account of nobody", {**CREATION, "accounts": []}, "/accounts", "at_least_one"),
    (
        "a new account elsewhere",
        {**CREATION, "accounts": ["a@kalbarprov.go.id", "b@gmail.com"]},
        "/accounts/1",
        "own_mail_domain",
    ),
    (
        "a new account twice",
        {**CREATION, "accounts": ["a@kalbarprov.go.id", "A@kalbarprov.go.id"]},
        "/accounts/1",
        "named_once",
    ),
]

COMMANDS = [
    ("review", {"reviewer": "me"}, "/reviewer", "unknown_field"),
    ("return", {"reason": "Kurang"}, "/missing", "required"),
    ("return", {"reason": "Kurang", "missing": []}, "/missing", "too_few"),
    ("return", {"reason": "Kurang", "missing": ["cap"]}, "/missing/0", "choice"),
    ("return", {"reason": "Kurang\0", "missing": ["other"]}, "/reason", "characters"),
    ("withdraw", {"reason": "x" * 10_001}, "/reason", "too_long"),
    ("withdraw", {"reason": ""}, "/reason", "too_short"),
    ("withdraw", {}, "/reason", "required"),
    ("approve", {"checklist": {}}, "/checklist/signed_by_authorised_head", "required"),
    ("approve", {"checklist": None}, "/checklist", "object"),
    ("confirm", {"letter_number": "1", "letter_date": "2026-13-01"}, "/letter_date", "date"),
    ("complete", {"result": 7}, "/result", "text"),
    ("assign", {}, "/assignee", "required"),
    ("assign", {"assignee": "nobody-1"}, "/assignee", "known_staff"),
    ("assign", {"assignee": "\0"}, "/assignee", "characters"),
    ("erase-personal-data", {}, "/reason", "required"),
]


@pytest.mark.parametrize(
    ("body", "pointer", "rule"), [case[1:] for case in SUBMISSIONS], ids=[c[0] for c in SUBMISSIONS]
)
async def test_a_submission_that_breaks_a_rule(
    client: Client, body: Any, pointer: str, rule: str
) -> None:
    before = await head(client)

    answer = await client.post("/v1/requests", body, token=SUPERVISOR)

    assert (answer.status, answer.problem) == (422, "invalid")
    assert (pointer, rule) in {(each["pointer"], each["rule"]) for each in answer.json["errors"]}
    assert all(each["detail"] for each in answer.json["errors"])
    assert await head(client) == before


@pytest.mark.parametrize(("command", "body", "pointer", "rule"), COMMANDS)
async def test_a_command_that_breaks_a_rule(
    client: Client, command: str, body: Json, pointer: str, rule: str
) -> None:
    number = await in_status(client, "submitted")
    before = await head(client)

    answer = await client.post(f"/v1/requests/{number}/{command}", body, token=SUPERVISOR)

    assert (answer.status, answer.problem) == (422, "invalid")
    assert (pointer, rule) in {(each["pointer"], each["rule"]) for each in answer.json["errors"]}
    assert await head(client) == before


CONFIRMATIONS = [
    ("555;9", "2026-11-24", "/letter_number", "letter_number"),
    ("5" * 61, "2026-11-24", "/letter_number", "letter_number"),
    ("555/9", "2026-11-23", "/letter_date", "not_before_receipt"),
    ("555/9", "2026-11-25", "/letter_date", "not_in_future"),
]


@pytest.mark.parametrize(("number", "date", "pointer", "rule"), CONFIRMATIONS)
async def test_a_confirmation_that_cannot_be_is_refused(
    client: Client, number: str, date: str, pointer: str, rule: str
) -> None:
    request = await in_status(client, "completed")
    before = await head(client)

    body = {"letter_number": number, "letter_date": date}
    answer = await client.post(f"/v1/requests/{request}/confirm", body, token=SUPERVISOR)

    assert answer.status == 422
    (error,) = answer.json["errors"]
    assert (error["pointer"], error["rule"]) == (pointer, rule)
    assert await head(client) == before


CONTRADICTIONS = [
    pytest.param({"letter": a_letter(stamped=False)}, ["/checklist/stamped"], id="no stamp"),
    pytest.param(
        {"kind": "account_change", "accounts": []}, ["/checklist/accounts_named"], id="no accounts"
    ),
    pytest.param(
        {"kind": "account_change", "accounts": [], "letter": a_letter(stamped=False)},
        ["/checklist/stamped", "/checklist/accounts_named"],
        id="neither",
    ),
]


@pytest.mark.parametrize(("registered", "pointers"), CONTRADICTIONS)
async def test_a_checklist_that_contradicts_what_was_registered_is_refused(
    client: Client, registered: Json, pointers: list[str]
) -> None:
    number = await submitted(client, **registered)
    await give(client, number, "review")
    before = await head(client)

    answer = await give(client, number, "approve")

    assert answer.status == 422
    assert [each["pointer"] for each in answer.json["errors"]] == pointers
    assert {each["rule"] for each in answer.json["errors"]} == {"as_registered"}
    assert await head(client) == before


async def test_a_letter_that_was_stamped_meanwhile_contradicts_nothing(client: Client) -> None:
    number = await submitted(client, letter=a_letter(stamped=False))
    for command in ("return", "resubmit", "review"):
        await give(client, number, command)

    assert (await give(client, number, "approve")).status == 200


async def test_a_returned_request_is_resumed_before_it_is_rejected(client: Client) -> None:
    number = await in_status(client, "returned")

    answer = await give(client, number, "reject")

    assert (answer.status, answer.json["status"]) == (409, "returned")
    assert "resume" in answer.json["allowed"]


async def test_a_resubmission_follows_the_rules_of_the_submission(client: Client) -> None:
    number = await in_status(client, "returned")

    answer = await client.post(
        f"/v1/requests/{number}/resubmit", {"accounts": []}, token=SUPERVISOR
    )

    assert answer.status == 422
    assert answer.json["errors"][0]["rule"] == "at_least_one"


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        (b"{", 422, "invalid"),
        (b'{"kind": "password_reset"', 422, "invalid"),
        (b"\xff\xfe", 422, "invalid"),
        (b"", 422, "invalid"),
        (b'"' + b"x" * 1_048_576 + b'"', 413, "too-large"),
    ],
    ids=["half a body", "most of a body", "not UTF-8", "no body", "beyond 1 MiB"],
)
async def test_missing_or_malformed_body_is_refused(
    client: Client, body: bytes, status: int, problem: str
) -> None:
    before = await head(client)

    answer = await client.post("/v1/requests", body, token=SUPERVISOR)

    assert (answer.status, answer.problem) == (status, problem)
    assert await head(client) == before


async def test_a_key_that_is_too_long_is_refused(client: Client) -> None:
    answer = await client.post(
        "/v1/requests", SUBMISSION, token=INTAKE, headers={"idempotency-key": "k" * 129}
    )

    assert (answer.status, answer.problem) == (400, "malformed-request")


async def test_a_wrong_token_is_refused(client: Client) -> None:
    answer = await client.post("/v1/requests", SUBMISSION, token="no.such.token")

    assert (answer.status, answer.problem) == (401, "unauthenticated")


async def test_wrong_values_are_never_repeated(client: Client) -> None:
    body = {**CREATION, "accounts": ["rahasia@gmail.com"], "contact": {"nama": "Siti"}}

    answer = await client.post("/v1/requests", body, token=INTAKE)

    assert answer.status == 422
    assert "rahasia" not in answer.text
    assert "Siti" not in answer.text

"""Registered by mistake: what a void of a complaint does, needs and refuses."""

import pytest

from testbed.http import Client
from tests.support.cases.complaints_service import SUPERVISOR, Json, give, head, in_status, received

pytestmark = pytest.mark.asyncio(loop_scope="module")

STATUSES = ["received", "classified", "in_progress", "waiting", "resolved", "closed"]


@pytest.mark.parametrize("status", STATUSES)
async def test_a_void_complaint_stays_so(client: Client, status: str) -> None:
    complaint = await in_status(client, status)

    answer = await give(client, complaint["number"], "void")
    again = await give(client, complaint["number"], "void")
    rated = await give(
        client,
        complaint["number"],
        "rate",
        under="/v1/public/complaints",
        token=complaint["tracking_secret"],
    )

    assert (answer.status, answer.json["status"]) == (200, "voided")
    assert (answer.json["clock"]["state"], answer.json["allowed"]) == ("voided", [])
    assert (again.status, again.json["allowed"]) == (409, [])
    assert rated.status == 409


async def test_complainant_of_a_voided_case_is_told(client: Client) -> None:
    complaint = await received(client)
    await give(client, complaint["number"], "void")

    own = await client.get(
        f"/v1/public/complaints/{complaint['number']}", token=complaint["tracking_secret"]
    )

    assert (own.json["status"], own.json["allowed"]) == ("voided", [])
    assert "Iklan" not in own.text


WRONG = [
    ({"reason": "duplicate"}, "/of", "required"),
    ({"reason": "duplicate", "of": "ADU-0000-0000-0"}, "/of", "known_case"),
    ({"reason": "duplicate", "of": "PRM-0000-0000-0"}, "/of", "known_case"),
    ({"reason": "duplicate", "of": "itself"}, "/of", "another_case"),
    ({"reason": "duplicate", "of": "a void one"}, "/of", "not_voided"),
    ({"reason": "spam", "of": "another"}, "/of", "only_duplicate"),
    ({"reason": "iklan"}, "/reason", "choice"),
]


@pytest.mark.parametrize(("body", "pointer", "rule"), WRONG)
async def test_a_void_that_says_what_cannot_be_is_refused(
    client: Client, body: Json, pointer: str, rule: str
) -> None:
    number, other, void = [(await received(client))["number"] for _ in range(3)]
    await give(client, void, "void")
    named = {"itself": number, "another": other, "a void one": void}
    before = await head(client)

    said = {**body, **({"of": named.get(body["of"], body["of"])} if "of" in body else {})}
    answer = await client.post(f"/v1/complaints/{number}/void", said, token=SUPERVISOR)

    assert answer.status == 422
    (error,) = answer.json["errors"]
    assert (error["pointer"], error["rule"]) == (pointer, rule)
    assert await head(client) == before


async def test_an_assignee_whom_nobody_has_seen_is_refused(client: Client) -> None:
    number = (await in_status(client, "classified"))["number"]
    before = await head(client)

    answer = await client.post(
        f"/v1/complaints/{number}/assign", {"assignee": "nobody-1"}, token=SUPERVISOR
    )

    assert answer.status == 422
    (error,) = answer.json["errors"]
    assert (error["pointer"], error["rule"]) == ("/assignee", "known_staff")
    assert await head(client) == before

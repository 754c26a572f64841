"""All that is wrong with a command is one answer, and nothing hides in what is published."""

from typing import Any

import pytest

from testbed.http import Answer, Client
from tests.support.cases.requests_service import (
    INTAKE,
    SUBMISSION,
    SUPERVISOR,
    Json,
    head,
    in_status,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

LETTER: Json = SUBMISSION["letter"]


def changed(**changes: Any) -> Json:
    return {**SUBMISSION, **changes}


def letter(**changes: Any) -> Json:
    return changed(letter={**LETTER, **changes})


def broken(answer: Answer) -> list[tuple[str, str]]:
    return [(each["pointer"], each["rule"]) for each in answer.json["errors"]]


async def test_a_wrong_kind_agency_and_channel_are_three_errors_in_one_answer(
    client: Client,
) -> None:
    before = await head(client)
    body = changed(kind="account_deletion", agency="DINKS", channel="whatsapp")

    answer = await client.post("/v1/requests", body, token=INTAKE)

    assert (answer.status, answer.problem) == (422, "invalid")
    found = {each["pointer"]: each for each in answer.json["errors"]}
    assert {place: each["rule"] for place, each in found.items()} == {
        "/kind": "known_kind",
        "/agency": "registered_agency",
        "/channel": "known_channel",
    }
    assert found["/kind"]["allowed"] == ["account_creation", "account_change", "password_reset"]
    assert "account_creation, account_change, password_reset" in found["/kind"]["detail"]
    assert found["/channel"]["allowed"] == ["counter", "email", "post", "online"]
    assert "counter, email, post, online" in found["/channel"]["detail"]
    assert {"DINKES", "DISKOMINFO"} <= set(found["/agency"]["allowed"])
    assert "DINKES" in found["/agency"]["detail"]
    assert await head(client) == before


async def test_faults_of_form_and_of_the_office_come_in_one_answer(client: Client) -> None:
    before = await head(client)
    body = changed(
        kind="account_deletion",
        letter={**LETTER, "date": "2026-13-45", "signed_by": "me"},
        contact={"phone": "12345", "email": "siti"},
        received_at="2026-11-24T10:15:01+07:00",
        urgent=True,
    )

    answer = await client.post("/v1/requests", body, token=INTAKE)

    assert (answer.status, answer.problem) == (422, "invalid")
    assert broken(answer) == [
        ("/letter/date", "date"),
        ("/letter/signed_by", "choice"),
        ("/urgent", "unknown_field"),
        ("/kind", "known_kind"),
        ("/contact/phone", "phone"),
        ("/contact/email", "email"),
        ("/received_at", "not_in_future"),
    ]
    assert answer.json["errors"][1]["allowed"] == ["head_of_agency", "head_of_unit"]
    assert await head(client) == before


async def test_forbidden_field_leads_and_other_faults_are_named(client: Client) -> None:
    body = changed(kind="x", letter={**LETTER, "date": "2026-11-01"})
    body["received_at"] = "2026-11-02T09:00:00+07:00"

    answer = await client.post("/v1/requests", body, token=INTAKE)

    assert (answer.status, answer.problem) == (403, "forbidden")
    assert broken(answer) == [("/kind", "known_kind"), ("/received_at", "backdating")]


async def test_a_resubmission_says_all_that_is_wrong_with_it(client: Client) -> None:
    number = await in_status(client, "returned")
    wrong = {"accounts": ["Bagian Umum"], "contact": {"email": "siti"}}

    answer = await client.post(f"/v1/requests/{number}/resubmit", wrong, token=INTAKE)
    in_part = await client.post(
        f"/v1/requests/{number}/resubmit", {**wrong, "letter": {}}, token=INTAKE
    )

    assert broken(answer) == [("/accounts/0", "email"), ("/contact/email", "email")]
    assert set(broken(answer)) < set(broken(in_part))
    assert ("/letter/number", "required") in broken(in_part)


async def test_a_confirmation_says_all_that_is_wrong_with_it(client: Client) -> None:
    target = f"/v1/requests/{await in_status(client, 'completed')}/confirm"
    number = {"letter_number": "800;1"}

    answer = await client.post(target, {**number, "letter_date": "2026-11-25"}, token=SUPERVISOR)
    in_part = await client.post(target, {**number, "letter_date": "soon"}, token=SUPERVISOR)
    early = await client.post(target, {**number, "letter_date": "2026-01-01"}, token=SUPERVISOR)

    wrong_number = ("/letter_number", "letter_number")
    assert broken(answer) == [wrong_number, ("/letter_date", "not_in_future")]
    assert broken(in_part) == [("/letter_date", "date"), wrong_number]
    assert broken(early) == [wrong_number, ("/letter_date", "not_before_receipt")]


async def test_a_checklist_says_all_that_is_wrong_with_it(client: Client) -> None:
    number = await in_status(client, "under_review")
    checklist = {"signed_by_authorised_head": False, "stamped": False, "accounts_named": False}

    answer = await client.post(
        f"/v1/requests/{number}/approve", {"checklist": checklist}, token=SUPERVISOR
    )

    assert broken(answer) == [(f"/checklist/{item}", "met") for item in checklist]


@pytest.mark.parametrize("place", ["kind", "agency", "channel", "number", "letter_number"])
@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u0085"], ids=ascii)
async def test_nothing_hides_in_what_is_published(client: Client, place: str, hidden: str) -> None:
    before = await head(client)
    body = letter(number=f"800{hidden}/123") if place == "number" else SUBMISSION
    target = "/v1/requests"
    if place == "letter_number":
        body, target = {"letter_number": f"7{hidden}7", "letter_date": "2026-11-24"}, "/confirm"
        target = f"/v1/requests/{await in_status(client, 'completed')}/confirm"
        before = await head(client)
    elif place != "number":
        body = changed(**{place: f"{SUBMISSION[place][:3]}{hidden}{SUBMISSION[place][3:]}"})

    answer = await client.post(target, body, token=SUPERVISOR)

    (error,) = answer.json["errors"]
    assert (error["pointer"].rpartition("/")[2], error["rule"]) == (place, "characters")
    assert f"U+{ord(hidden):04X}" in error["detail"]
    assert await head(client) == before

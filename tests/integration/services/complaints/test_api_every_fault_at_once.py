"""All that is wrong with a command is one answer, and nothing hides in what is published."""

from typing import Any

import pytest

from testbed.http import Answer, Client
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


def changed(**changes: Any) -> Json:
    return {**COMPLAINT, **changes}


def complainant(**changes: Any) -> Json:
    return changed(complainant={"kind": "named", **changes})


def broken(answer: Answer) -> list[tuple[str, str]]:
    return [(each["pointer"], each["rule"]) for each in answer.json["errors"]]


async def test_every_fault_of_a_receipt_comes_in_one_answer(client: Client) -> None:
    before = await head(client)
    contact = {"phone": "12345", "email": "budi"}
    body = complainant(contact=contact) | {"channel": "pigeon", "text": "", "urgent": True}

    answer = await client.post("/v1/complaints", body, token=INTAKE)

    assert (answer.status, answer.problem) == (422, "invalid")
    assert broken(answer) == [
        ("/text", "too_short"),
        ("/urgent", "unknown_field"),
        ("/channel", "known_channel"),
        ("/complainant/contact/phone", "phone"),
        ("/complainant/contact/email", "email"),
    ]
    assert "whatsapp" in answer.json["errors"][2]["allowed"]
    assert "whatsapp" in answer.json["errors"][2]["detail"]
    assert await head(client) == before


@pytest.mark.parametrize("kind", ["named", "confidential"])
@pytest.mark.parametrize("contact", [None, {}, {"name": "Budi"}])
async def test_named_complainant_must_give_a_way_of_contact(
    client: Client, kind: str, contact: Json | None
) -> None:
    before = await head(client)
    of_whom = {"kind": kind, "contact": contact}

    office = await client.post("/v1/complaints", changed(complainant=of_whom), token=INTAKE)
    public = await client.post(PUBLIC, {**PUBLIC_COMPLAINT, "complainant": of_whom, "text": ""})

    expected = ("/complainant/contact", "way_of_contact")
    assert (office.status, broken(office)) == (422, [expected])
    assert (public.status, broken(public)) == (422, [("/text", "too_short"), expected])
    assert await head(client) == before


async def test_a_contact_is_kept_in_one_form(client: Client) -> None:
    contact = {"phone": "(0561) 736\u2011541", "email": "budi\u200b@contoh.example"}
    registered = await client.post("/v1/complaints", complainant(contact=contact), token=INTAKE)

    complaint = await client.get(registered.headers["location"], token=SUPERVISOR)

    assert complaint.json["complainant"]["contact"] == {
        "name": None,
        "phone": "+62561736541",
        "email": "budi@contoh.example",
    }


async def test_a_second_opinion_is_told_all_that_it_lacks(client: Client) -> None:
    number = (await in_status(client, "classified"))["number"]
    target = f"/v1/complaints/{number}/classify"

    answer = await client.post(target, {"category": "grave"}, token=SUPERVISOR)
    in_part = await client.post(target, {"category": "grave", "reason": ""}, token=SUPERVISOR)

    assert broken(answer) == [("/category", "known_category"), ("/reason", "required")]
    assert broken(in_part) == [("/reason", "too_short"), ("/category", "known_category")]
    assert answer.json["errors"][0]["allowed"] == in_part.json["errors"][1]["allowed"]


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u0085"], ids=ascii)
@pytest.mark.parametrize("place", ["channel", "lapor_number"])
async def test_nothing_hides_in_what_is_published(client: Client, place: str, hidden: str) -> None:
    before = await head(client)

    answer = await client.post("/v1/complaints", changed(**{place: f"7{hidden}7"}), token=INTAKE)

    assert (answer.status, broken(answer)) == (422, [(f"/{place}", "characters")])
    assert f"U+{ord(hidden):04X}" in answer.json["errors"][0]["detail"]
    assert await head(client) == before

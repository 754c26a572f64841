"""No text that is published, shown or put into a spreadsheet is something else than it looks like.

A turned direction makes a name read backwards to whoever handles the case; a sentence in a letter's
number, or in whose case it is, would be published with it; a cell that begins like a formula
is one.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from testbed.databases import Database
from testbed.http import Client
from testbed.surface import token
from tests.support.cases.complaints_service import (
    PUBLIC_COMPLAINT,
    SUPERVISOR,
    complaints_service,
    head,
    in_status,
)
from tests.support.cases.requests_service import requests_service, submission

TURNED = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]
CONTROL = ["\0", "\x08", "\x1b", "\x7f", "\x9b"]
WRITTEN = {
    "/v1/public/complaints": ("subject", "text"),
    "/v1/complaints/{number}/void": ("remark",),
    "/v1/complaints/{number}/forward": ("to", "reference", "reason"),
}
FORWARD = {"to": "Inspektorat", "reference": "INS/7", "reason": "Kewenangannya"}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/public/complaints": PUBLIC_COMPLAINT,
    "/v1/complaints/{number}/void": {"reason": "spam", "remark": "Iklan"},
    "/v1/complaints/{number}/forward": FORWARD,
}


@pytest.fixture
async def complaints(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Client]:
    async with complaints_service(database("complaints"), tmp_path) as client:
        yield client


@pytest.fixture
async def requests(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Client]:
    async with requests_service(database("requests"), tmp_path) as client:
        yield client


@pytest.mark.parametrize(
    ("target", "field"), [(target, field) for target, fields in WRITTEN.items() for field in fields]
)
async def test_text_that_turns_or_controls_is_refused(
    complaints: Client, target: str, field: str
) -> None:
    number = (await in_status(complaints, "received"))["number"]
    before, body = await head(complaints), BODIES[target]
    answers = [
        await complaints.post(
            target.format(number=number),
            {**body, field: f"Siti{character}Aminah"},
            token=None if "public" in target else SUPERVISOR,
        )
        for character in (*TURNED, *CONTROL)
    ]

    found = {(answer.status, answer.json["errors"][0]["rule"]) for answer in answers}
    assert found == {(422, "characters")}
    assert await head(complaints) == before


async def test_telephone_that_was_copied_with_its_direction_is_read(complaints: Client) -> None:
    contact = {"name": "Siti", "phone": "\u202a+62 812-5550-100\u202c"}
    body = {**PUBLIC_COMPLAINT, "complainant": {"kind": "named", "contact": contact}}

    assert (await complaints.post("/v1/public/complaints", body)).status == 201


@pytest.mark.parametrize(
    "number",
    [
        "800/1, hubungi Siti",
        "Siti: 0812",
        "=1+1",
        "８００/１",
        "800/1; selesai",
        "800/1\u202e",
        "8" * 61,
        "<b>800</b>",
    ],
    ids=ascii,
)
async def test_number_of_a_letter_is_no_place_for_a_sentence(requests: Client, number: str) -> None:
    body = submission()
    body["letter"] = {**body["letter"], "number": number}

    answer = await requests.post("/v1/requests", body, token=SUPERVISOR)

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"] == "/letter/number"


@pytest.mark.parametrize("assignee", ["Siti Aminah", "siapa saja, telepon 0812", "reviewer-9"])
async def test_case_is_given_to_a_known_pseudonym_only(complaints: Client, assignee: str) -> None:
    number = (await in_status(complaints, "classified"))["number"]
    body = {"assignee": assignee}

    answer = await complaints.post(f"/v1/complaints/{number}/assign", body, token=SUPERVISOR)

    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/assignee")


async def test_token_that_names_a_person_is_not_accepted(complaints: Client) -> None:
    """What a sub says is published with everything that its owner does."""
    answer = await complaints.get("/v1/me", token=token("reviewer", sub="Siti Aminah 0812"))

    assert answer.status == 401

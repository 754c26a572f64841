"""The same letter twice: refused where it is stored, however it is written and whoever is first."""

import asyncio
from typing import Any

import pytest

from testbed.http import Answer, Client
from tests.support.cases.requests_service import (
    INTAKE,
    SUPERVISOR,
    Json,
    a_letter,
    give,
    head,
    submission,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def submit(client: Client, letter: Json, **more: Any) -> Answer:
    headers = more.pop("headers", None)
    body = submission(letter=letter, **more)
    return await client.post("/v1/requests", body, token=INTAKE, headers=headers)


async def test_a_letter_that_stands_in_a_request_is_refused_naming_it(client: Client) -> None:
    letter = a_letter()
    first = await submit(client, letter)
    before = await head(client)

    second = await submit(client, letter)

    assert (second.status, second.problem) == (409, "same-letter")
    assert second.json["number"] == first.json["number"]
    assert first.json["number"] in second.json["detail"]
    assert await head(client) == before


async def test_case_and_spaces_of_its_number_make_no_other_letter(client: Client) -> None:
    letter = a_letter(number="800 / Spasi / 7")
    await submit(client, letter)

    second = await submit(client, {**letter, "number": "  800/   SPASI / 7 "})

    assert second.status == 409


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"agency": "DINSOS"}, id="another agency"),
        pytest.param({"letter": {"date": "2026-11-19"}}, id="another date"),
        pytest.param({"letter": {"number": "800/lain"}}, id="another number"),
    ],
)
async def test_another_letter_is_another(client: Client, other: Json) -> None:
    letter = a_letter()
    await submit(client, letter)

    more = {name: value for name, value in other.items() if name != "letter"}
    second = await submit(client, {**letter, **other.get("letter", {})}, **more)

    assert second.status == 201


async def test_a_letter_that_asks_for_one_thing_more_is_accepted_in_so_many_words(
    client: Client,
) -> None:
    letter = a_letter()
    await submit(client, letter)

    second = await submit(client, letter, accept_duplicate=True)

    assert second.status == 201


@pytest.mark.parametrize("ends", ["withdraw", "reject", "void"])
async def test_a_letter_may_come_again_once_its_request_stands_no_more(
    client: Client, ends: str
) -> None:
    letter = a_letter()
    first = (await submit(client, letter)).json["number"]
    await give(client, first, "review")

    ended = await give(client, first, ends)
    second = await submit(client, letter)

    assert (ended.status, second.status) == (200, 201)


async def test_an_accepted_duplicate_still_stands_when_the_first_is_void(client: Client) -> None:
    letter = a_letter()
    first = (await submit(client, letter)).json["number"]
    second = (await submit(client, letter, accept_duplicate=True)).json["number"]
    await give(client, first, "void")

    third = await submit(client, letter)

    assert (third.status, third.json["number"]) == (409, second)


async def test_same_letter_entered_by_many_clerks_makes_one_request(client: Client) -> None:
    letter = a_letter()

    answers = await asyncio.gather(*(submit(client, letter) for _ in range(8)))

    first = [each.json["number"] for each in answers if each.status == 201]
    refused = [each.json["number"] for each in answers if each.status == 409]
    assert len(first) == 1
    assert refused == first * 7


async def test_a_repeat_of_the_first_command_gives_the_first_answer(client: Client) -> None:
    letter, key = a_letter(), {"idempotency-key": "satu surat"}
    first = await submit(client, letter, headers=key)

    again = await submit(client, letter, headers=key)

    assert (again.status, again.body) == (201, first.body)


async def test_a_resubmission_takes_no_letter_of_another_request(client: Client) -> None:
    letter = a_letter()
    standing = (await submit(client, letter)).json["number"]
    returned = (await submit(client, a_letter())).json["number"]
    await give(client, returned, "return")
    target = f"/v1/requests/{returned}/resubmit"

    refused = await client.post(target, {"letter": letter}, token=SUPERVISOR)
    accepted = await client.post(
        target, {"letter": letter, "accept_duplicate": True}, token=SUPERVISOR
    )

    assert (refused.status, refused.json["number"]) == (409, standing)
    assert accepted.status == 200


async def test_a_resubmission_gives_the_former_letter_free_and_keeps_an_unchanged_one(
    client: Client,
) -> None:
    former, number = a_letter(), ""
    number = (await submit(client, former)).json["number"]
    await give(client, number, "return")
    same = {"letter": {**former, "signed_by": "head_of_unit"}}
    unchanged = await client.post(f"/v1/requests/{number}/resubmit", same, token=SUPERVISOR)
    await give(client, number, "return")
    changed = await give(client, number, "resubmit")

    second = await submit(client, former)

    assert (unchanged.status, changed.status, second.status) == (200, 200, 201)

"""Anonymous strangers can't fill the public figures, nor shut each other out.

Tried before: 1,500 complaints in 6 s through the JSON twin of the limited form, all counted; and
one /48 held the limit for all, so that an honest stranger was refused 600 times of 600.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from services.complaints.rate_limit.rates import COMPLAINING, FOLLOWING
from testbed.databases import Database
from testbed.http import Answer, Client
from tests.support.cases.complaints_service import (
    PUBLIC_COMPLAINT,
    REVIEWER,
    SUPERVISOR,
    complaints_service,
    head,
    in_status,
    published,
)

JSON, FORM = "/v1/public/complaints", "/pengaduan/formulir"
ANONYMOUS = {**PUBLIC_COMPLAINT, "complainant": {"kind": "anonymous"}}
TYPED = {"subject": "Surat belum dijawab", "text": "Sudah seminggu.", "complainant": "anonymous"}
HOUSEHOLD = COMPLAINING.household.burst
NETWORK = COMPLAINING.network.burst


@pytest.fixture
async def replicas(
    database: Callable[[str], Database], tmp_path: Path
) -> AsyncIterator[tuple[Client, Client]]:
    here = database("complaints")
    async with AsyncExitStack() as opened:
        one, other = [
            await opened.enter_async_context(complaints_service(here, tmp_path)) for _ in range(2)
        ]
        yield one, other


async def sends(client: Client, address: str) -> Answer:
    return await client.post(JSON, ANONYMOUS, headers={"x-forwarded-for": address})


async def sends_form(client: Client, address: str) -> Answer:
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-forwarded-for": address,
    }
    return await client.send("POST", FORM, urlencode(TYPED).encode(), headers=headers)


async def stored(clients: Iterable[Client], addresses: Iterable[str]) -> int:
    """How many of these complaints were taken, sent to the replicas in turn."""
    answers = [
        await sends(client, address)
        for client, address in zip(cycle(clients), addresses, strict=False)
    ]
    assert {answer.status for answer in answers} <= {201, 429}
    return sum(answer.status == 201 for answer in answers)


def households(network: str, number: int) -> list[str]:
    """The first addresses of so many /64 of a /48."""
    return [f"{network}:{each:x}::1" for each in range(number)]


async def test_flood_of_one_address_is_a_handful_whatever_the_replica(
    replicas: tuple[Client, Client],
) -> None:
    assert await stored(replicas, ["203.0.113.7"] * 400) <= HOUSEHOLD + 1


async def test_flood_of_one_network_is_bounded_and_shuts_nobody_out(
    replicas: tuple[Client, Client],
) -> None:
    flood = await stored(replicas, households("2001:db8:1", 400))

    assert flood <= NETWORK + 2
    assert (await sends(replicas[0], "192.0.2.1")).status == 201


async def test_stranger_gets_in_while_many_networks_use_up_what_all_may_send(
    replicas: tuple[Client, Client],
) -> None:
    full = COMPLAINING.everybody.burst
    networks = [f"2001:db8:{each:x}" for each in range(full // NETWORK + 2)]
    for network in networks:
        await stored(replicas, households(network, NETWORK))
    late = await sends(replicas[0], "2001:db8:0:ffff::1")

    assert late.status == 429
    assert (await sends(replicas[0], "192.0.2.1")).status == 201


async def test_form_and_its_json_twin_have_one_limit(replicas: tuple[Client, Client]) -> None:
    client, other = replicas
    await stored([client], ["203.0.113.7"] * (HOUSEHOLD - 1))
    last = await sends_form(client, "203.0.113.7")

    by_form, by_json = await sends_form(other, "203.0.113.7"), await sends(other, "203.0.113.7")

    assert (last.status, by_form.status, by_json.status) == (201, 429, 429)
    assert by_json.problem == "too-many-requests"
    assert 0 < int(by_json.headers["retry-after"]) <= COMPLAINING.household.every_seconds


async def test_guessing_of_secrets_by_the_json_twin_is_held_up(
    replicas: tuple[Client, Client],
) -> None:
    own = await in_status(replicas[0], "received")
    address = {"x-forwarded-for": "203.0.113.7"}
    guesses = [
        await replicas[0].get(f"{JSON}/{own['number']}", token="guess", headers=address)
        for _ in range(FOLLOWING.household.burst + 5)
    ]

    assert [answer.status for answer in guesses[-3:]] == [429] * 3


async def void(client: Client, *numbers: str, token: str = SUPERVISOR, **more: Any) -> Answer:
    body = {"numbers": numbers, "reason": "spam", "remark": "Iklan"}
    return await client.post("/v1/complaints/void", body, token=token, **more)


async def test_spam_is_voided_in_one_action_with_what_became_of_each(
    replicas: tuple[Client, Client],
) -> None:
    client = replicas[0]
    spam = [(await in_status(client, "received"))["number"] for _ in range(5)]
    voided = (await void(client, spam[0])).json["items"][0]["number"]
    before = await head(client)

    answer = await void(client, *spam, "ADU-0000-0000-1")

    assert (answer.status, answer.json["voided"], answer.json["refused"]) == (200, 4, 2)
    results = {each["number"]: each["voided"] for each in answer.json["items"]}
    assert results == {**dict.fromkeys(spam, True), voided: False, "ADU-0000-0000-1": False}
    problems = [each["problem"]["type"] for each in answer.json["items"] if each["problem"]]
    assert problems == ["/problems/not-allowed", "/problems/mistyped-number"]
    assert (await published(client, before)).count('"reason":"spam"') == 4


async def test_voiding_of_a_selection_that_is_sent_again_gives_the_first_answer(
    replicas: tuple[Client, Client],
) -> None:
    spam = [(await in_status(replicas[0], "received"))["number"] for _ in range(3)]
    key = {"idempotency-key": "spam-of-today"}

    first, again = [await void(client, *spam, headers=key) for client in replicas]

    assert first.json["voided"] == 3
    assert again.body == first.body


async def test_only_a_supervisor_voids_a_selection(replicas: tuple[Client, Client]) -> None:
    own = await in_status(replicas[0], "received")

    assert (await void(replicas[0], own["number"], token=REVIEWER)).status == 403

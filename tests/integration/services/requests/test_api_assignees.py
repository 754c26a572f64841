"""Who has a request in hand, to whom it may be given, and who is known to handle requests."""

import pytest

from testbed.http import Client
from testbed.surface import token
from tests.support.cases.requests_service import (
    AUDITOR,
    DINKES,
    INTAKE,
    REVIEWER,
    SUPERVISOR,
    give,
    head,
    in_status,
    submitted,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def assign(client: Client, number: str, sub: str) -> int:
    answer = await client.post(f"/v1/requests/{number}/assign", {"assignee": sub}, token=SUPERVISOR)
    return answer.status


async def test_reviewer_that_begins_the_review_takes_the_request(client: Client) -> None:
    number = await submitted(client)
    before = await client.get(f"/v1/requests/{number}", token=REVIEWER)

    answer = await give(client, number, "review", token=REVIEWER)

    assert (before.json["assignee"], answer.json["assignee"]) == (None, "reviewer-1")


async def test_a_supervisor_gives_it_to_another(client: Client) -> None:
    number = await in_status(client, "under_review")
    await client.get("/v1/me", token=token("reviewer", sub="reviewer-9", name="Rina"))

    status = await assign(client, number, "reviewer-9")

    request = await client.get(f"/v1/requests/{number}", token=SUPERVISOR)
    events = await client.get(f"/v1/requests/{number}/events", token=SUPERVISOR)
    assert status == 200
    assert (request.json["assignee"], request.json["status"]) == ("reviewer-9", "under_review")
    assert events.json["items"][-1]["event"] == "assigned"
    assert "Rina" not in events.text


@pytest.mark.parametrize("held", [("auditor",), ("subscriber",), (), ("agency",)])
async def test_person_without_a_staff_role_is_given_nothing(
    client: Client, held: tuple[str, ...]
) -> None:
    number, sub = await submitted(client), f"nobody-{'-'.join(held)}"
    if held:
        await client.get("/v1/me", token=token(*held, sub=sub, agency="DINKES"))
    before = await head(client)

    answer = await client.post(f"/v1/requests/{number}/assign", {"assignee": sub}, token=SUPERVISOR)

    assert answer.status == 422
    (error,) = answer.json["errors"]
    assert (error["pointer"], error["rule"]) == ("/assignee", "known_staff")
    assert await head(client) == before


async def test_former_staff_is_still_known(client: Client) -> None:
    await client.get("/v1/me", token=token("intake", sub="moved-1"))
    await client.get("/v1/me", token=token("auditor", sub="moved-1"))

    assert await assign(client, await submitted(client), "moved-1") == 200


async def test_a_finished_request_is_given_to_nobody(client: Client) -> None:
    assert await assign(client, await in_status(client, "confirmed"), "supervisor-1") == 409


async def test_the_staff_are_listed_by_name_with_the_roles_they_held(client: Client) -> None:
    for who in (
        token("reviewer", sub="r-2", name="budi"),
        token("supervisor", "auditor", sub="r-2", name="budi"),
        token("intake", sub="r-1", name="Ani"),
        token("auditor", sub="r-3", name="Citra"),
    ):
        await client.get("/v1/me", token=who)

    answer = await client.get("/v1/staff", token=REVIEWER)

    listed = [each for each in answer.json["items"] if each["sub"].startswith("r-")]
    assert answer.json["next_cursor"] is None
    assert listed == [
        {"sub": "r-1", "name": "Ani", "roles": ["intake"]},
        {"sub": "r-2", "name": "budi", "roles": ["reviewer", "supervisor"]},
    ]


async def test_a_caller_is_told_what_his_token_says(client: Client) -> None:
    agency = await client.get("/v1/me", token=token("agency", sub="a", name="X", agency="DINKES"))
    auditor = await client.get("/v1/me", token=token("supervisor", "auditor", sub="b"))
    nobody = await client.get("/v1/me")

    assert agency.json == {"sub": "a", "name": "X", "roles": ["agency"], "agency": "DINKES"}
    assert auditor.json["roles"] == ["supervisor", "auditor"]
    assert auditor.json["agency"] is None
    assert nobody.status == 401


@pytest.mark.parametrize("who", [DINKES, INTAKE, AUDITOR])
async def test_the_register_of_agencies_has_codes_and_names(client: Client, who: str) -> None:
    answer = await client.get("/v1/agencies", token=who)

    codes = [each["code"] for each in answer.json["items"]]
    (dinkes,) = [each for each in answer.json["items"] if each["code"] == "DINKES"]
    assert codes == sorted(codes)
    assert dinkes["name"]["id"].startswith("Dinas Kesehatan")
    assert dinkes["name"]["en"]

"""Who may do what: every cell of the table is tried over HTTP, on a request of DINKES."""

import pytest

from testbed.http import Answer, Client
from testbed.surface import token
from tests.support.cases.requests_service import (
    AUDITOR,
    BODIES,
    DINKES,
    DINSOS,
    INTAKE,
    REVIEWER,
    SUBSCRIBER,
    SUPERVISOR,
    Json,
    a_letter,
    give,
    head,
    in_status,
    received_now,
    submission,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

TABLE = """
call                 in            dinkes dinsos intake reviewer supervisor auditor subscriber none
submit               -             201    403    201    201      201        403     403        401
submit-earlier       -             403    403    201    201      201        403     403        401
submit-backdated     -             403    403    403    403      201        403     403        401
review               submitted     403    403    403    200      200        403     403        401
return               submitted     403    403    403    200      200        403     403        401
resubmit             returned      200    404    200    200      200        403     403        401
resume               returned      403    403    403    403      200        403     403        401
approve              under_review  403    403    403    200      200        403     403        401
reject               under_review  403    403    403    200      200        403     403        401
process              approved      403    403    403    200      200        403     403        401
complete             in_process    403    403    403    200      200        403     403        401
confirm              completed     403    403    403    200      200        403     403        401
withdraw             submitted     200    404    200    200      200        403     403        401
assign               submitted     403    403    403    403      200        403     403        401
void                 submitted     403    403    403    403      200        403     403        401
void                 confirmed     403    403    403    403      200        403     403        401
erase-personal-data  submitted     403    403    403    403      200        403     403        401
GET                  submitted     200    404    200    200      200        200     403        401
GET/events           submitted     200    404    200    200      200        200     403        401
GET/clock            submitted     200    404    200    200      200        200     403        401
GET:/v1/agencies     -             200    200    200    200      200        200     403        401
GET:/v1/staff        -             403    403    403    200      200        403     403        401
GET:/v1/me           -             200    200    200    200      200        200     200        401
"""

TOKENS = {
    "dinkes": DINKES,
    "dinsos": DINSOS,
    "intake": INTAKE,
    "reviewer": REVIEWER,
    "supervisor": SUPERVISOR,
    "auditor": AUDITOR,
    "subscriber": SUBSCRIBER,
    "none": None,
}
FAR_BACK = {"received_at": "2026-11-16T09:00:00+07:00"}  # six working days


def backdated() -> Json:
    return submission(**FAR_BACK, letter=a_letter(date="2026-11-13"))


HEADER, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    pytest.param(call, status, who, int(expected), id=f"{call}-by-{who}")
    for call, status, *cells in ROWS
    for who, expected in zip(HEADER[2:], cells, strict=True)
]


async def test_the_table_knows_every_command_and_every_role() -> None:
    assert {row[0] for row in ROWS} >= set(BODIES)
    assert HEADER[2:] == list(TOKENS)


@pytest.mark.parametrize(("call", "status", "who", "expected"), CELLS)
async def test_every_role_may_do_only_its_commands(
    client: Client, call: str, status: str, who: str, expected: int
) -> None:
    number = "" if status == "-" else await in_status(client, status)
    before = await head(client)

    answer = await called(client, call, number, TOKENS[who])

    assert answer.status == expected
    is_stored = await head(client) > before
    assert is_stored == (expected in {200, 201} and not call.startswith("GET"))


async def called(client: Client, call: str, number: str, token: str | None) -> Answer:
    """That call, by whoever has that token."""
    if call.startswith("GET:"):
        return await client.get(call.removeprefix("GET:"), token=token)
    if call.startswith("GET"):
        return await client.get(f"/v1/requests/{number}{call[3:]}", token=token)
    if call == "submit":
        return await client.post("/v1/requests", received_now(), token=token)
    if call == "submit-earlier":
        return await client.post("/v1/requests", submission(), token=token)
    if call == "submit-backdated":
        return await client.post("/v1/requests", backdated(), token=token)
    return await give(client, number, call, token=token)


async def test_caller_with_several_roles_acts_in_the_strongest(client: Client) -> None:
    both = token("intake", "supervisor", sub="both-1")

    answer = await client.post("/v1/requests", backdated(), token=both)

    assert answer.status == 201


@pytest.mark.parametrize(
    ("body", "by"),
    [
        pytest.param(backdated(), INTAKE, id="intake"),
        pytest.param(submission(), DINKES, id="agency"),
    ],
)
async def test_a_backdated_receipt_names_the_field_and_the_rule(
    client: Client, body: Json, by: str
) -> None:
    answer = await client.post("/v1/requests", body, token=by)

    assert answer.problem == "forbidden"
    assert answer.json["errors"][0]["pointer"] == "/received_at"
    assert answer.json["errors"][0]["rule"] == "backdating"

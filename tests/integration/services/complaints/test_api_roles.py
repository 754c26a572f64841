"""Who may do what: every cell of the table is tried over HTTP. It is assigned to `assignee`."""

import pytest

from testbed.http import Answer, Client
from tests.support.cases.complaints_service import (
    AGENCY,
    AUDITOR,
    BODIES,
    COMPLAINT,
    INTAKE,
    OTHER_REVIEWER,
    REVIEWER,
    SUBSCRIBER,
    SUPERVISOR,
    give,
    head,
    in_status,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

TABLE = """
call                   in           intake assignee reviewer supervisor auditor agency subscriber none
receive                -            201    403      403      201        403     403    403        401
receive-backdated      -            403    403      403      201        403     403    403        401
classify               received     403    200      200      200        403     403    403        401
reclassify             in_progress  403    403      403      200        403     403    403        401
assign                 classified   403    403      403      200        403     403    403        401
request-clarification  in_progress  403    200      403      200        403     403    403        401
clarify                waiting      200    403      403      200        403     403    403        401
resume                 waiting      403    403      403      200        403     403    403        401
respond                in_progress  403    200      403      200        403     403    403        401
resolve                in_progress  403    200      403      200        403     403    403        401
reject                 in_progress  403    200      403      200        403     403    403        401
forward                in_progress  403    403      403      200        403     403    403        401
reopen                 resolved     200    403      403      200        403     403    403        401
close                  resolved     200    403      403      200        403     403    403        401
void                   received     403    403      403      200        403     403    403        401
void                   closed       403    403      403      200        403     403    403        401
erase-personal-data    received     403    403      403      200        403     403    403        401
GET                    received     200    200      200      200        200     403    403        401
GET/events             received     200    200      200      200        200     403    403        401
GET/clock              received     200    200      200      200        200     403    403        401
GET:/v1/agencies       -            200    200      200      200        200     200    403        401
GET:/v1/staff          -            403    200      200      200        403     403    403        401
GET:/v1/me             -            200    200      200      200        200     200    200        401
"""  # noqa: E501 - a table is read across

TOKENS = {
    "intake": INTAKE,
    "assignee": REVIEWER,
    "reviewer": OTHER_REVIEWER,
    "supervisor": SUPERVISOR,
    "auditor": AUDITOR,
    "agency": AGENCY,
    "subscriber": SUBSCRIBER,
    "none": None,
}
FAR_BACK = {"received_at": "2026-11-16T09:00:00+07:00"}  # six working days

HEADER, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    pytest.param(call, status, who, int(expected), id=f"{call}-by-{who}")
    for call, status, *cells in ROWS
    for who, expected in zip(HEADER[2:], cells, strict=True)
]


async def test_the_table_knows_every_command_and_every_role() -> None:
    assert {row[0] for row in ROWS} >= set(BODIES) - {"rate"}
    assert HEADER[2:] == list(TOKENS)


@pytest.mark.parametrize(("call", "status", "who", "expected"), CELLS)
async def test_every_role_may_do_only_its_commands(
    client: Client, call: str, status: str, who: str, expected: int
) -> None:
    number = "" if status == "-" else (await in_status(client, status))["number"]
    before = await head(client)

    answer = await called(client, call, number, TOKENS[who])

    assert answer.status == expected, answer
    is_stored = await head(client) > before
    assert is_stored == (expected in {200, 201} and not call.startswith("GET"))


async def called(client: Client, call: str, number: str, token: str | None) -> Answer:
    """That call, by whoever has that token."""
    if call.startswith("GET:"):
        return await client.get(call.removeprefix("GET:"), token=token)
    if call.startswith("GET"):
        return await client.get(f"/v1/complaints/{number}{call[3:]}", token=token)
    if call.startswith("receive"):
        body = {**COMPLAINT, **(FAR_BACK if call == "receive-backdated" else {})}
        return await client.post("/v1/complaints", body, token=token)
    return await give(client, number, call, token=token)


OWN_CALLS = [
    pytest.param("GET", "received", id="read"),
    pytest.param("GET/clock", "received", id="clock"),
    pytest.param("clarify", "waiting", id="clarify"),
    pytest.param("reopen", "resolved", id="reopen"),
    pytest.param("close", "resolved", id="close"),
    pytest.param("rate", "resolved", id="rate"),
]


@pytest.mark.parametrize(("call", "status"), OWN_CALLS)
async def test_holder_of_the_secret_is_the_complainant(
    client: Client, call: str, status: str
) -> None:
    complaint = await in_status(client, status)

    answer = await own(client, call, complaint["number"], complaint["tracking_secret"])

    assert answer.status == 200, answer


@pytest.mark.parametrize(("call", "status"), OWN_CALLS)
async def test_a_wrong_secret_and_an_unknown_number_are_the_same_answer(
    client: Client, call: str, status: str
) -> None:
    complaint, other = await in_status(client, status), await in_status(client, status)
    before = await head(client)

    wrong = await own(client, call, complaint["number"], other["tracking_secret"])
    unknown = await own(client, call, "ADU-0000-0000-0", complaint["tracking_secret"])
    none = await own(client, call, complaint["number"], None)
    staff = await own(client, call, complaint["number"], SUPERVISOR)

    assert {each.status for each in (wrong, unknown, none, staff)} == {404}
    assert {each.problem for each in (wrong, unknown, none, staff)} == {"not-found"}
    assert await head(client) == before


async def own(client: Client, call: str, number: str, secret: str | None) -> Answer:
    """A call of the complainant's own."""
    under = "/v1/public/complaints"
    if call.startswith("GET"):
        return await client.get(f"{under}/{number}{call[3:]}", token=secret)
    return await give(client, number, call, token=secret, under=under)

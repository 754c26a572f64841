"""Whoever is refused leaves a line, with the reason and nothing personal, and raises a count."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from testbed.databases import Database
from testbed.http import Client
from testbed.surface import token
from tests.support.cases.complaints_service import (
    AUDITOR,
    PUBLIC_COMPLAINT,
    REVIEWER,
    SUPERVISOR,
    complaints_service,
    in_status,
)

FROM = {"x-forwarded-for": "2001:db8:1:2::7"}
NETWORK = "2001:db8:1::/48"
EXPIRED = token("reviewer", exp=1)
FORM = "/pengaduan/formulir"


@pytest.fixture
async def client(database: Callable[[str], Database], tmp_path: Path) -> AsyncIterator[Client]:
    async with complaints_service(database("complaints"), tmp_path) as client:
        yield client


async def line_of(client: Client, method: str, target: str, **asked: Any) -> dict[str, Any]:
    """The one line that this request leaves in the security log, with its status."""
    headers = {**FROM, **asked.pop("headers", {})}
    with capture_logs() as lines:
        await client.send(method, target, headers=headers, **asked)
    (line,) = [dict(each) for each in lines if each["event"] == "refused"]
    return line


JSON = {"content-type": "application/json"}
POSTED_FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("asked", "reason", "sub"),
    [
        pytest.param(("GET", "/v1/me"), "no_token", None, id="401"),
        pytest.param(("GET", "/v1/me", {"token": EXPIRED}), "invalid_token", None, id="expired"),
        pytest.param(
            ("GET", "/v1/readings", {"token": REVIEWER}), "forbidden", "reviewer-1", id="403"
        ),
        pytest.param(
            ("POST", "/v1/public/complaints", {"body": b"{}", "headers": JSON}),
            "invalid",
            None,
            id="422",
        ),
        pytest.param(
            ("POST", "/v1/public/complaints", {"body": b" " * 1_100_000, "headers": JSON}),
            "body_too_large",
            None,
            id="413",
        ),
        pytest.param(
            ("POST", FORM, {"headers": {**POSTED_FORM, "sec-fetch-site": "cross-site"}}),
            "another_site",
            None,
            id="form of another site",
        ),
        pytest.param(
            ("POST", FORM, {"body": b"website=x", "headers": POSTED_FORM}),
            "filled_by_a_program",
            None,
            id="field that nobody sees",
        ),
    ],
)
async def test_refusal_is_a_line_with_its_reason(
    client: Client, asked: Any, reason: str, sub: str | None
) -> None:
    method, target, *more = asked

    line = await line_of(client, method, target, **(more[0] if more else {}))

    assert (line["reason"], line["sub"], line["network"]) == (reason, sub, NETWORK)
    assert len(line["trace_id"]) == 32


async def test_wrong_secret_is_a_line_without_the_number(client: Client) -> None:
    complaint = await in_status(client, "received")
    target = f"/v1/public/complaints/{complaint['number']}"

    line = await line_of(client, "GET", target, token="guessed")

    assert (line["reason"], line["status"]) == ("wrong_secret", 404)
    assert complaint["number"] not in str(line)


async def test_refusals_are_counted_for_an_alarm(client: Client) -> None:
    for _ in range(3):
        await client.get("/v1/me", token=EXPIRED)

    metrics = await client.get("/metrics", token=AUDITOR)

    assert 'janji_requests_refused_total{reason="invalid_token"} 3.0' in metrics.text
    assert 'janji_requests_refused_total{reason="wrong_secret"} 0.0' in metrics.text


async def test_answers_leave_no_line(client: Client) -> None:
    with capture_logs() as lines:
        sent = await client.post("/v1/public/complaints", PUBLIC_COMPLAINT, headers=FROM)
        unknown = await client.get("/nowhere", headers=FROM)

    assert (sent.status, unknown.status) == (201, 404)
    assert [each for each in lines if each["event"] == "refused"] == []


async def test_readings_say_who_saw_which_case(client: Client) -> None:
    first, second = [await in_status(client, "received") for _ in range(2)]
    for complaint in (first, second, first):
        await client.get(f"/v1/complaints/{complaint['number']}", token=REVIEWER)

    page = await client.get("/v1/readings?limit=2", token=AUDITOR)
    rest = await client.get(f"/v1/readings?cursor={page.json['next_cursor']}", token=AUDITOR)
    of_one = await client.get(f"/v1/readings?number={first['number']}", token=SUPERVISOR)

    numbers = [each["number"] for each in [*page.json["items"], *rest.json["items"]]]
    assert numbers == [first["number"], second["number"], first["number"]]
    assert rest.json["next_cursor"] is None
    assert [each["sub"] for each in of_one.json["items"]] == ["reviewer-1", "reviewer-1"]


@pytest.mark.parametrize("role", ["intake", "reviewer", "subscriber", "agency"])
async def test_readings_are_for_those_who_watch_over_them(client: Client, role: str) -> None:
    answer = await client.get("/v1/readings", token=token(role, agency="DINKES"))

    assert answer.status == 403


async def test_longest_sub_of_a_token_may_read(client: Client) -> None:
    """Tried before: 200 characters of three bytes were 503 for every case."""
    complaint = await in_status(client, "received")
    long = token("reviewer", sub="\u0e01" * 200)

    answer = await client.get(f"/v1/complaints/{complaint['number']}", token=long)

    assert answer.status == 200

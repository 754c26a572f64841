"""Which roles may read the alerts, in which order, and the response to a wrong query."""

from collections.abc import AsyncIterator, Callable

import pytest

from services.projections.alerts.api import AlertsApi, AlertsView
from services.projections.alerts.domain import KINDS
from shared.eventstore.codec import Codec
from testbed.databases import Database
from testbed.event_logs import running
from testbed.http import Client
from testbed.surface import surface, token
from tests.support.alerts.due_cases import alert
from tests.support.clocks.case_clocks import day, received

STAFF = ("intake", "reviewer", "supervisor", "auditor")
READER = token("reviewer")

DAYS = (
    "Mon 2 Nov 09:00",
    "Tue 3 Nov 09:00",
    "Wed 4 Nov 09:00",
    "Thu 5 Nov 09:00",
    "Fri 6 Nov 09:00",
)


@pytest.fixture
async def client(database: Callable[[str], Database]) -> AsyncIterator[Client]:
    """A log with five alerts, of requests that came on five days."""
    url = database("projections").app_url
    codec = Codec(KINDS)
    async with running(url, codec=codec) as log:
        for came in DAYS:
            raised = alert(received(came, 1), day("Wed 11 Nov"))
            assert raised is not None
            await log.append(raised)
        yield surface(AlertsApi(log, codec).router())


async def positions(client: Client, query: str) -> list[int]:
    answer = await client.get(f"/v1/sla/alerts{query}", token=READER)
    return [each["position"] for each in answer.json["items"]]


async def test_the_newest_come_first(client: Client) -> None:
    answer = await client.get("/v1/sla/alerts", token=READER)

    AlertsView.model_validate_json(answer.body)
    newest, *_, oldest = answer.json["items"]
    assert (newest["position"], newest["due_on"]) == (5, "2026-11-09")
    assert (oldest["position"], oldest["due_on"]) == (1, "2026-11-03")
    assert answer.json["next_cursor"] is None
    assert newest["occurred_at"] == "2026-11-09T17:00:00Z"
    assert newest["clock"]["state"] == newest["alert"] == "overdue"


async def test_pages_show_every_alert_once(client: Client) -> None:
    first = (await client.get("/v1/sla/alerts?limit=2", token=READER)).json
    cursor = f"?limit=3&cursor={first['next_cursor']}"
    second = (await client.get(f"/v1/sla/alerts{cursor}", token=READER)).json

    assert [each["position"] for each in first["items"] + second["items"]] == [5, 4, 3, 2, 1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?after=0", [5, 4, 3, 2, 1]),
        ("?after=3", [5, 4]),
        ("?after=3&limit=1", [5]),
        ("?after=5", []),
        ("?after=9223372036854775807", []),
    ],
)
async def test_only_what_came_after_a_position(
    client: Client, query: str, found: list[int]
) -> None:
    assert await positions(client, query) == found


@pytest.mark.parametrize("role", STAFF)
async def test_all_staff_may_read_them(client: Client, role: str) -> None:
    assert (await client.get("/v1/sla/alerts", token=token(role))).status == 200


@pytest.mark.parametrize("role", ["subscriber", "agency"])
async def test_other_roles_may_not(client: Client, role: str) -> None:
    answer = await client.get("/v1/sla/alerts", token=token(role, agency="DINKES"))

    assert (answer.status, answer.problem) == (403, "forbidden")


async def test_alerts_are_not_read_without_a_token(client: Client) -> None:
    assert (await client.get("/v1/sla/alerts")).status == 401


@pytest.mark.parametrize(
    ("query", "pointer", "rule"),
    [
        ("?after=-1", "/after", "too_small"),
        ("?after=9223372036854775808", "/after", "too_large"),
        ("?after=last", "/after", "whole_number"),
        ("?limit=0", "/limit", "too_small"),
        ("?limit=501", "/limit", "too_large"),
        ("?cursor=", "/cursor", "too_short"),
        ("?cursor=%00", "/cursor", "cursor"),
        ("?cursor=caf%C3%A9", "/cursor", "cursor"),
        ("?cursor=WyJvdGhlciIsM10", "/cursor", "cursor"),
        ("?cursor=WyJhbGVydHMiLC0xXQ", "/cursor", "cursor"),
        ("?since=3", "/since", "unknown_field"),
    ],
)
async def test_a_wrong_question_is_named(
    client: Client, query: str, pointer: str, rule: str
) -> None:
    answer = await client.get(f"/v1/sla/alerts{query}", token=READER)

    assert answer.status == 422, answer
    (error,) = answer.json["errors"]
    assert (error["in"], error["pointer"], error["rule"]) == ("query", pointer, rule)

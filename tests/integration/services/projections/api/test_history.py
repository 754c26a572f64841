"""What everybody may read of the past: figures as of a day, revisions, and the logs' heads."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from typing import Any

import pytest

from services.projections.api.history_views import LogHeadsView, RevisionsView
from services.projections.api.public import PublicApi
from services.projections.read_models.periods import read_period
from services.projections.read_models.releases.releases import ReleaseCache
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.web.as_of_cache import WAITING_MAX, AsOfStatisticsCache
from shared.office_time import PONTIANAK, local_date
from shared.promise.standard import load_standards
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import UNAVAILABLE
from testbed.databases import Database
from testbed.event_factory import EventFactory
from testbed.http import Client
from testbed.projected import Projected, projected
from testbed.surface import NOW, surface

OCTOBER = "/v1/public/statistics?period=2026-10"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


@pytest.fixture
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    """Of two requests of October, of which one was confirmed in November, too late."""
    async with projected(database("projections").app_url, local_date(NOW)) as made:
        office = EventFactory()
        office.request(at("10-29 09:00")).then("confirmed", at("10-30 09:00"))
        office.request(at("10-30 09:00")).then("confirmed", at("11-04 09:00"))
        await made.apply(office.events)
        await made.at_the_head()
        yield made


@pytest.fixture
def rules(figures: Projected) -> RulesInForce:
    return RulesInForce(load_standards(), figures.calendar)


@pytest.fixture
def client(figures: Projected, rules: RulesInForce) -> Client:
    releases, as_of = ReleaseCache(rules), AsOfStatisticsCache(figures.pool, rules)
    return surface(PublicApi(figures.pool, rules, releases, as_of, now=lambda: NOW).router())


def states(said: dict[str, Any]) -> dict[str, int]:
    requests = said["services"]["requests"]
    return {state: requests[state] for state in ("received", "on_time", "late", "overdue")}


# As of.


async def test_figures_as_they_were_known_on_a_day(client: Client) -> None:
    before = (await client.get(f"{OCTOBER}&as_of=2026-11-03")).json
    after = (await client.get(f"{OCTOBER}&as_of=2026-11-04")).json

    assert states(before) == {"received": 2, "on_time": 1, "late": 0, "overdue": 1}
    assert states(after) == {"received": 2, "on_time": 1, "late": 1, "overdue": 0}
    assert before["as_of"] == "2026-11-02T17:00:00Z"
    assert before["log"]["requests"]["position"] == 3
    assert before["services"]["complaints"]["by_category"] is None
    assert before["services"]["complaints"]["by_channel"] is None


async def test_history_before_the_first_event_is_empty(client: Client) -> None:
    said = (await client.get(f"{OCTOBER}&as_of=1999-12-31")).json

    assert states(said) == {"received": 0, "on_time": 0, "late": 0, "overdue": 0}
    assert said["log"]["requests"] == {"epoch": None, "position": 0, "hash": None}


async def test_figures_of_a_day_come_as_a_table_too(client: Client) -> None:
    answer = await client.get("/v1/public/statistics.csv?period=2026-10&as_of=2026-11-03")

    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    overdue = [row for row in rows if row["measure"] == "overdue" and not row["breakdown"]]
    assert [(row["service"], row["value"]) for row in overdue] == [
        ("requests", "1"),
        ("complaints", "0"),
    ]


@pytest.mark.parametrize(
    "day", ["2026-11-25", "2199-01-01", "2026-02-30", "yesterday", "0001-01-01", ""]
)
async def test_a_day_that_has_not_come_or_is_none_is_refused(client: Client, day: str) -> None:
    answer = await client.get(f"{OCTOBER}&as_of={day}")

    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/as_of"]


async def test_a_day_that_is_over_is_worked_out_once(
    figures: Projected, rules: RulesInForce
) -> None:
    as_of = AsOfStatisticsCache(figures.pool, rules)
    october = read_period("2026-10")

    over = [await as_of.of_day(october, date(2026, 11, 3), now=NOW) for _ in range(2)]
    today = [await as_of.of_day(october, date(2026, 11, 24), now=NOW) for _ in range(2)]
    await figures.begin()
    of_another_generation = await as_of.of_day(october, date(2026, 11, 3), now=NOW)

    assert over[0] is over[1]
    assert today[0] is not today[1]
    assert states(of_another_generation)["received"] == 0


async def test_caller_beyond_the_queue_is_told_to_come_again(
    figures: Projected, rules: RulesInForce
) -> None:
    as_of, october = AsOfStatisticsCache(figures.pool, rules), read_period("2026-10")

    asked = [as_of.of_day(october, date(2026, 11, 3), now=NOW) for _ in range(WAITING_MAX + 1)]
    answers = await asyncio.gather(*asked, return_exceptions=True)

    refused = [each for each in answers if isinstance(each, Problem)]
    assert [(each.kind, each.headers) for each in refused] == [(UNAVAILABLE, {"Retry-After": "5"})]
    assert states(await as_of.of_day(october, date(2026, 11, 3), now=NOW))["received"] == 2


# Revisions.


async def test_figures_that_changed_after_the_end_of_their_period(client: Client) -> None:
    said = (await client.get("/v1/public/revisions?period=2026-10")).json

    RevisionsView.model_validate(said)
    assert said["items"][0] == {
        "period": "2026-10",
        "revised_on": "2026-11-04",
        "service": "requests",
        "kind": None,
        "figure": "late",
        "old": 0,
        "new": 1,
        "why": "finished",
    }
    assert {item["why"] for item in said["items"]} == {"finished", "overdue"}


async def test_revisions_come_in_pages_and_as_one_table(client: Client) -> None:
    path = "/v1/public/revisions?period=2026-10"
    whole = (await client.get(path)).json["items"]

    first = (await client.get(f"{path}&limit=3")).json
    second = (await client.get(f"{path}&limit=3&cursor={first['next_cursor']}")).json
    table = await client.get("/v1/public/revisions.csv?period=2026-10")

    assert first["items"] + second["items"] == whole[:6]
    rows = list(csv.DictReader(io.StringIO(table.body.decode())))
    assert [(row["figure"], row["new"]) for row in rows] == [
        (item["figure"], str(item["new"])) for item in whole
    ]


async def test_a_cursor_that_is_not_ours_is_refused(client: Client) -> None:
    answer = await client.get("/v1/public/revisions?period=2026-10&cursor=WzFd")

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"] == "/cursor"


# The logs' heads.


async def test_every_day_has_its_last_position_and_hash(client: Client, figures: Projected) -> None:
    answer = await client.get("/v1/public/log-heads")

    LogHeadsView.model_validate(answer.json)
    requests = answer.json["requests"]
    assert [(head["date"], head["position"]) for head in requests] == [
        ("2026-10-29", 1),
        ("2026-10-30", 3),
        ("2026-11-04", 4),
    ]
    assert answer.json["complaints"] == []
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_heads_come_as_a_table_too(client: Client) -> None:
    said = (await client.get("/v1/public/log-heads")).json["requests"]

    table = await client.get("/v1/public/log-heads", headers={"accept": "text/csv"})

    rows = list(csv.DictReader(io.StringIO(table.body.decode())))
    assert [(row["service"], row["date"], row["hash"]) for row in rows] == [
        ("requests", head["date"], head["hash"]) for head in said
    ]


async def test_forked_source_is_stale_at_once_and_serves_no_heads(
    client: Client, figures: Projected
) -> None:
    await figures.forked("requests")

    now = await client.get("/v1/public/statistics?period=2026-10")
    then = await client.get("/v1/public/statistics?period=2026-10&as_of=2026-10-31")
    heads = await client.get("/v1/public/log-heads")

    assert now.json["stale"]
    assert then.json["stale"]
    assert now.json["log"]["requests"]["forked_at"] == now.json["log"]["requests"]["position"]
    assert "forked_at" not in now.json["log"]["complaints"]
    assert heads.json["requests"] == []

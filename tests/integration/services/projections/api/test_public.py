"""What everybody may read: figures as JSON and as CSV, and what periods there are."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from services.projections.api.public import PublicApi
from services.projections.api.schemas import PeriodsView, StatisticsView
from services.projections.read_models.releases.releases import ReleaseCache
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.web.as_of_cache import AsOfStatisticsCache
from shared.office_time import PONTIANAK, local_date
from shared.promise.standard import load_standards
from testbed.databases import Database, clone, drop
from testbed.event_factory import EventFactory
from testbed.http import Client
from testbed.projected import Projected, projected
from testbed.surface import NOW, surface

pytestmark = pytest.mark.asyncio(loop_scope="module")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


def client_of(figures: Projected) -> Client:
    rules = RulesInForce(load_standards(), figures.calendar)
    releases, as_of = ReleaseCache(rules), AsOfStatisticsCache(figures.pool, rules)
    return surface(PublicApi(figures.pool, rules, releases, as_of, now=lambda: NOW).router())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nothing_yet(postgres: str) -> AsyncIterator[Client]:
    """For all to whom it doesn't matter what has happened: nothing has."""
    database = await clone(postgres, "projections")
    try:
        async with projected(database.app_url, local_date(NOW)) as made:
            yield client_of(made)
    finally:
        await drop(postgres, database)


@pytest_asyncio.fixture(loop_scope="module")
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture
def client(figures: Projected) -> Client:
    return client_of(figures)


async def confirmed_in_time(figures: Projected, times: int) -> EventFactory:
    office = EventFactory()
    for minute in range(times):
        received_at = at(f"11-23 09:{minute:02}")
        office.request(received_at).then("confirmed", at("11-23 14:00"), letter_number="555/1")
    await figures.apply(office.events)
    await figures.at_the_head()
    return office


async def test_figures_before_anything_happened(nothing_yet: Client) -> None:
    answer = await nothing_yet.get("/v1/public/statistics?period=2026-11")

    said = answer.json
    assert said["period"] == {
        "id": "2026-11",
        "from": "2026-11-01",
        "to": "2026-11-30",
        "complete": False,
    }
    assert said["as_of"] == "2026-11-23T17:00:00Z"  # 00:00 of the 24th in Pontianak
    assert said["stale"] is True  # no head check yet
    assert said["log"]["requests"] == {"epoch": None, "position": 0, "hash": None}
    requests = said["services"]["requests"]
    assert (requests["received"], requests["on_time_rate"], requests["target_met"]) == (
        0,
        None,
        None,
    )
    assert requests["days_used"] == {"median": None, "p90": None, "max": None, "histogram": {}}
    assert requests["oldest_overdue_days"] is None
    assert said["services"]["complaints"]["by_category"] is None
    assert said["services"]["complaints"]["rating"] is None


async def test_figures_say_as_of_when_and_where_in_the_log(
    client: Client, figures: Projected
) -> None:
    office = await confirmed_in_time(figures, 3)

    said = (await client.get("/v1/public/statistics?period=2026-Q4")).json

    last = office.of("requests")[-1]
    assert said["stale"] is False
    assert said["held"] == 0
    assert said["as_of"] == "2026-11-23T17:00:00Z"
    assert said["log"]["requests"] == {
        "epoch": last.epoch,
        "position": 6,
        "hash": last.hash.hex(),
    }
    assert said["services"]["requests"]["on_time"] == 3
    assert said["services"]["requests"]["target_met"] is True
    assert said["services"]["requests"]["by_kind"]["password_reset"]["on_time_rate"] == 1.0


async def test_the_same_events_on_the_same_day_give_the_same_bytes(
    client: Client, figures: Projected
) -> None:
    office = await confirmed_in_time(figures, 3)
    once = await client.get("/v1/public/statistics?period=2026")

    await figures.begin()
    await figures.apply(office.events)
    again = await client.get("/v1/public/statistics?period=2026")

    assert again.body == once.body


async def test_any_site_may_ask(nothing_yet: Client) -> None:
    answer = await nothing_yet.get("/v1/public/periods")
    asked_first = await nothing_yet.send("OPTIONS", "/v1/public/statistics")

    assert answer.headers["access-control-allow-origin"] == "*"
    assert asked_first.status == 204
    assert asked_first.headers["access-control-allow-headers"] == "Accept, If-None-Match"


async def test_figures_of_a_service_that_is_behind_are_marked(
    client: Client, figures: Projected
) -> None:
    await confirmed_in_time(figures, 1)

    answer = await client.get("/v1/public/statistics?period=2026&min_position=requests:3")

    assert answer.headers["janji-stale"] == "true"
    assert answer.json["services"]["requests"]["received"] == 1


async def table(client: Client, path: str, **headers: str) -> list[dict[str, str]]:
    answer = await client.get(path, headers=headers)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def only(rows: list[dict[str, str]], **wanted: str) -> list[str]:
    return [row["value"] for row in rows if wanted.items() <= row.items()]


async def test_figures_are_a_table_too(client: Client, figures: Projected) -> None:
    await confirmed_in_time(figures, 3)

    rows = await table(client, "/v1/public/statistics.csv?period=2026-11")
    by_accept = await table(client, "/v1/public/statistics?period=2026-11", accept="text/csv")

    assert rows == by_accept
    assert {row["period"] for row in rows} == {"2026-11"}
    mine = {"service": "requests", "breakdown": ""}
    assert only(rows, **mine, measure="received") == ["3"]
    assert only(rows, **mine, measure="on_time_rate") == ["1.0"]
    assert only(rows, **mine, measure="days_used", days="0") == ["3"]
    assert only(rows, **mine, measure="days_elapsed_max") == ["0"]
    assert only(rows, breakdown="kind", member="password_reset", measure="on_time") == ["3"]


async def test_periods_have_begun_or_hold_a_case(client: Client, figures: Projected) -> None:
    office = EventFactory()
    office.request(at("11-30 17:00"))  # after the close: received on 1 December
    await figures.apply(office.events)

    items = (await client.get("/v1/public/periods")).json["items"]

    ids = [item["id"] for item in items]
    assert ids == [
        "2026",
        *[f"2026-Q{quarter}" for quarter in range(1, 5)],
        *[f"2026-{month:02}" for month in range(1, 13)],
    ]
    assert items[1] == {
        "id": "2026-Q1",
        "kind": "quarter",
        "from": "2026-01-01",
        "to": "2026-03-31",
        "complete": True,
    }


@pytest.mark.parametrize("period", ["2026", "2026-Q4", "2026-11"])
async def test_answers_are_as_the_api_describes_them(
    client: Client, figures: Projected, period: str
) -> None:
    office = await confirmed_in_time(figures, 2)
    office.complaint(at("11-20 09:00")).then("resolved", at("11-20 10:00"))
    await figures.apply(office.of("complaints"))

    answer = await client.get(f"/v1/public/statistics?period={period}")
    periods = await client.get("/v1/public/periods")

    StatisticsView.model_validate(answer.json)
    PeriodsView.model_validate(periods.json)


async def test_period_defaults_to_this_year(nothing_yet: Client) -> None:
    assert (await nothing_yet.get("/v1/public/statistics")).json["period"]["id"] == "2026"


@pytest.mark.parametrize(
    "query",
    [
        "period=2026-13",
        "period=2026-Q5",
        "period=26",
        "period=0000",
        "period=next",
        "period=2026-12",  # hasn't begun
        "period=2027",
        "period=9999",
        "perod=2026",
        "min_position=requests",
    ],
)
async def test_malformed_period_is_refused(nothing_yet: Client, query: str) -> None:
    answer = await nothing_yet.get(f"/v1/public/statistics?{query}")

    assert answer.problem == "invalid"
    assert answer.json["errors"][0]["in"] == "query"


def described(package: Any) -> list[str]:
    return [field["name"] for field in package["resources"][0]["schema"]["fields"]]


async def test_the_data_package_describes_the_table(nothing_yet: Client) -> None:
    package = (await nothing_yet.get("/datapackage.json")).json
    answer = await nothing_yet.get(f"/{package['resources'][0]['path']}")

    assert next(csv.reader(io.StringIO(answer.text))) == described(package)
    assert package["licenses"][0]["name"] == "CC-BY-4.0"

"""Complaints in detail are released: of which instants, of what, and unchanging."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.projections.api.public import PublicApi
from services.projections.api.release_schemas import ReleasesView, ReleaseView
from services.projections.api.schemas import StatisticsView
from services.projections.read_models.releases.releases import NOT_RELEASED, ReleaseCache
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.web.as_of_cache import AsOfStatisticsCache
from shared.office_time import PONTIANAK
from shared.promise.standard import load_standards
from testbed.databases import Database
from testbed.event_factory import EventFactory
from testbed.http import Client
from testbed.projected import Projected, projected
from testbed.surface import surface

IMPORTED_AT = datetime(2026, 11, 24, 9, tzinfo=PONTIANAK)

DETAIL = tuple(NOT_RELEASED)


@pytest.fixture
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, date(2026, 11, 24)) as made:
        yield made


@pytest.fixture
def client(figures: Projected) -> Client:
    rules = RulesInForce(load_standards(), figures.calendar)
    as_of = AsOfStatisticsCache(figures.pool, rules)
    return surface(
        PublicApi(figures.pool, rules, ReleaseCache(rules), as_of, now=figures.now).router()
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


def importing(at: datetime = IMPORTED_AT) -> EventFactory:
    return EventFactory(imports_at=at)


def answered(
    office: EventFactory, times: int, day: str, channel: str = "whatsapp", category: str = "minor"
) -> None:
    """So many complaints that came on a day were answered on the same day."""
    for minute in range(times):
        received_at = at(f"{day} 08:00") + timedelta(minutes=minute)
        complaint = office.complaint(received_at, channel=channel)
        complaint.then("classified", at(f"{day} 14:00"), category=category)
        complaint.then("resolved", at(f"{day} 15:00"))


async def detail(client: Client, period: str) -> Mapping[str, Any]:
    said = (await client.get(f"/v1/public/statistics?period={period}")).json
    StatisticsView.model_validate(said)
    complaints = said["services"]["complaints"]
    return {name: complaints[name] for name in DETAIL}


async def received(client: Client, period: str, by: str = "by_channel") -> dict[str, int]:
    rows = (await detail(client, period))[by] or {}
    return {key: row["received"] for key, row in rows.items() if row["received"]}


async def test_detail_is_absent_before_the_first_release(
    client: Client, figures: Projected
) -> None:
    office = EventFactory()
    answered(office, 30, "11-20")
    await figures.apply(office.events)
    await figures.at_the_head()

    assert await detail(client, "2026") == NOT_RELEASED
    assert await detail(client, "2026-11") == NOT_RELEASED


async def test_an_import_of_20_complaints_is_released_at_once(
    client: Client, figures: Projected
) -> None:
    office = importing()
    answered(office, 12, "11-20")
    answered(office, 8, "11-19", channel="phone", category="normative")
    await figures.apply(office.events)
    await figures.at_the_head()

    year = await detail(client, "2026")

    assert year["released_at"] == "2026-11-24T02:00:00Z"
    assert year["by_channel"]["whatsapp"] == {
        "members": ["whatsapp"],
        "received": 12,
        "on_time": 12,
        "not_on_time": 0,
        "undecided": 0,
        "on_time_rate": 1.0,
        "released_on": "2026-11-24",
    }
    assert year["by_category"]["normative"]["days_allowed"] == 5
    assert year["days_used"]["histogram"] == {"0": 20}
    assert year["rating"] == {"mean": None, "count": 0, "released_on": "2026-11-24"}
    assert await received(client, "2026-Q4") == {"whatsapp": 12, "phone": 8}
    assert await detail(client, "2026-Q3") == NOT_RELEASED
    assert await detail(client, "2026-11") == NOT_RELEASED


async def test_an_import_of_19_waits_for_the_quarter_to_end(
    client: Client, figures: Projected
) -> None:
    office = importing()
    answered(office, 19, "11-20")
    await figures.apply(office.events)
    await figures.at_the_head()
    assert await detail(client, "2026") == NOT_RELEASED

    await new_year(figures)

    assert (await detail(client, "2026"))["released_at"] == "2026-12-31T17:00:00Z"
    assert await received(client, "2026-Q4") == {"whatsapp": 19}


async def test_nothing_is_released_while_the_import_goes_on(
    client: Client, figures: Projected
) -> None:
    office = importing()
    answered(office, 30, "11-20")
    more = EventFactory(imports_at=IMPORTED_AT + timedelta(seconds=2), _cases=30)
    more.recorded_at = office.recorded_at
    more._positions = office._positions
    answered(more, 10, "11-20", channel="email")
    figures.clock = IMPORTED_AT + timedelta(seconds=2)
    await figures.apply(office.events)
    await figures.at_the_head()
    assert await detail(client, "2026") == NOT_RELEASED

    await figures.apply(more.events)
    figures.clock = IMPORTED_AT + timedelta(seconds=6)
    await figures.at_the_head()

    assert await received(client, "2026") == {"whatsapp": 30, "email": 10}
    assert (await detail(client, "2026"))["released_at"] == "2026-11-24T02:00:02Z"


async def test_a_release_holds_what_was_known_when_the_import_ended_and_no_more(
    client: Client, figures: Projected
) -> None:
    """What is recorded on the same day later doesn't show, whenever it is applied."""
    office = importing()
    answered(office, 25, "11-20")
    office.imports_at = None
    office.delay = timedelta(days=4, hours=2)
    answered(office, 10, "11-20", channel="email")
    await figures.apply(office.events)
    await figures.at_the_head()

    assert await received(client, "2026") == {"whatsapp": 25}


async def new_year(figures: Projected) -> None:
    await figures.roll(date(2027, 1, 1))
    await figures.at_the_head()


async def test_a_quarter_is_released_on_the_first_day_after_it(
    client: Client, figures: Projected
) -> None:
    figures.today = date(2026, 9, 30)
    office = EventFactory()
    answered(office, 12, "08-04")
    answered(office, 9, "05-04", channel="lapor", category="non_oversight")
    await figures.begin()
    await figures.apply(office.events)
    await figures.at_the_head()
    assert await detail(client, "2026-Q3") == NOT_RELEASED

    await figures.roll(date(2026, 10, 1))
    await figures.at_the_head()

    assert await received(client, "2026-Q3") == {"whatsapp": 12}
    assert await received(client, "2026") == {"whatsapp": 12, "lapor": 9}
    assert (await detail(client, "2026-Q3"))["released_at"] == "2026-09-30T17:00:00Z"


async def test_the_last_day_is_in_the_release_and_the_next_is_not(
    client: Client, figures: Projected
) -> None:
    figures.today = date(2026, 10, 1)
    office = EventFactory()
    answered(office, 7, "09-30")
    answered(office, 7, "10-01")
    await figures.begin()
    await figures.apply(office.events)
    await figures.at_the_head()

    assert await received(client, "2026") == {"whatsapp": 7}
    assert await received(client, "2026-Q4") == {}


async def test_a_release_is_kept_and_served_by_its_date(client: Client, figures: Projected) -> None:
    office = importing()
    answered(office, 25, "11-20")
    await figures.apply(office.events)
    await figures.at_the_head()
    before = (await client.get("/v1/public/releases/2026-11-24")).json
    office.imports_at = None
    office.delay = timedelta(days=8)
    answered(office, 30, "11-20", channel="email")
    await figures.apply(office.events[75:])
    await new_year(figures)

    items = (await client.get("/v1/public/releases")).json
    kept = (await client.get("/v1/public/releases/2026-11-24")).json

    ReleasesView.model_validate(items)
    ReleaseView.model_validate(kept)
    assert [(each["date"], each["why"]) for each in items["items"]] == [
        ("2027-01-01", "quarter"),
        ("2026-11-24", "import"),
    ]
    assert items["items"][1]["periods"] == ["2026", "2026-Q4"]
    assert (await client.get(items["items"][1]["url"])).json == kept == before
    assert await received(client, "2026") == {"whatsapp": 25, "email": 30}


async def test_two_imports_of_a_day_are_two_releases(client: Client, figures: Projected) -> None:
    office = importing()
    answered(office, 25, "11-20")
    office.imports_at = IMPORTED_AT + timedelta(hours=1)
    answered(office, 30, "11-20", channel="email")
    await figures.apply(office.events)
    await figures.at_the_head()

    first = (await client.get("/v1/public/releases/2026-11-24.1")).json
    last = (await client.get("/v1/public/releases/2026-11-24")).json

    assert "email" not in {k for k, v in channels(first).items() if v}
    assert channels(last)["email"] == 30
    assert last == (await client.get("/v1/public/releases/2026-11-24.2")).json


def channels(release: Mapping[str, Any]) -> dict[str, int]:
    return {k: row["received"] for k, row in release["periods"]["2026"]["by_channel"].items()}


@pytest.mark.parametrize("date", ["2026-11-23", "2026-11-24.3", "2026-13-01"])
async def test_a_day_without_a_release_is_not_found(client: Client, date: str) -> None:
    assert (await client.get(f"/v1/public/releases/{date}")).status == 404


async def test_an_import_releases_only_the_years_that_it_touched(
    client: Client, figures: Projected
) -> None:
    office = importing()
    answered(office, 25, "11-20")
    office.imports_at = IMPORTED_AT + timedelta(hours=1)
    for minute in range(20):
        office.complaint(datetime(2025, 3, 4, 9, minute, tzinfo=PONTIANAK))
    await figures.apply(office.events)
    await figures.at_the_head()

    items = (await client.get("/v1/public/releases")).json["items"]

    assert [each["periods"] for each in items] == [["2025", "2025-Q1"], ["2026", "2026-Q4"]]

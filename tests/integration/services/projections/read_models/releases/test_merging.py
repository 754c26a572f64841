"""Which rows of complaints are released as one, and when they stand."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.projections.api.public import PublicApi
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


async def new_year(figures: Projected) -> None:
    await figures.roll(date(2027, 1, 1))
    await figures.at_the_head()


async def test_few_are_shown_with_their_neighbours(client: Client, figures: Projected) -> None:
    office = importing()
    answered(office, 20, "11-20", channel="email")
    answered(office, 3, "11-20", channel="facebook", category="oversight")
    answered(office, 4, "11-20", channel="twitter", category="non_oversight")
    await figures.apply(office.events)
    await figures.at_the_head()

    year = await detail(client, "2026")

    assert await received(client, "2026") == {"email": 20, "facebook+twitter": 7}
    merged = year["by_category"]["non_oversight+oversight"]
    assert (merged["members"], merged["days_allowed"]) == (["non_oversight", "oversight"], None)
    assert (merged["received"], merged["on_time"], merged["on_time_rate"]) == (7, 7, 1.0)


async def test_a_period_of_fewer_than_5_has_no_rows(client: Client, figures: Projected) -> None:
    office = importing()
    answered(office, 20, "11-20")
    answered(office, 4, "08-04", channel="phone")
    await figures.apply(office.events)
    await figures.at_the_head()

    assert (await detail(client, "2026-Q3"))["by_channel"] == {}


async def test_oversight_is_not_told_apart_in_quarters(client: Client, figures: Projected) -> None:
    office = importing()
    answered(office, 20, "11-20", category="oversight")
    answered(office, 20, "11-20", category="non_oversight")
    await figures.apply(office.events)
    await figures.at_the_head()

    assert (await received(client, "2026", "by_category"))["oversight"] == 20
    assert await received(client, "2026-Q4", "by_category") == {"non_oversight+oversight": 40}


async def test_a_row_that_hardly_changed_stands_with_its_date(
    client: Client, figures: Projected
) -> None:
    office = importing()
    answered(office, 20, "11-20")
    answered(office, 10, "11-20", channel="lapor")
    office.imports_at = None
    office.delay = timedelta(days=4, hours=2)
    answered(office, 9, "11-20")
    answered(office, 4, "11-20", channel="lapor")
    answered(office, 3, "11-20", channel="twitter")
    await figures.apply(office.events)
    await new_year(figures)

    rows = (await detail(client, "2026"))["by_channel"]

    said = {key: (row["received"], row["released_on"]) for key, row in rows.items()}
    assert said["whatsapp"] == (29, "2027-01-01")
    assert said["lapor"] == (10, "2026-11-24")
    assert said["twitter"] == (0, "2026-11-24")

"""Complaints in detail are released: of which instants, of what, and unchanging."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.projections.past import Past
from services.projections.public_api import PublicApi
from services.projections.read_models.releases import NOTHING_YET
from services.projections.read_models.statistics import Office as Measures
from services.projections.views import StatisticsView
from shared.promise.standard import load_standards
from shared.promise.working_days import PONTIANAK
from tests.support.databases import Database
from tests.support.http import Client
from tests.support.paper_office import Office
from tests.support.projected import Projected, projected
from tests.support.surface import surface

IMPORTED_AT = datetime(2026, 11, 24, 9, tzinfo=PONTIANAK)
DETAIL = tuple(NOTHING_YET)


@pytest.fixture
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, date(2026, 11, 24)) as made:
        yield made


@pytest.fixture
def client(figures: Projected) -> Client:
    measures = Measures(load_standards(), figures.calendar)
    past = Past(figures.pool, measures)
    return surface(PublicApi(figures.pool, measures, past, now=figures.now).router())


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PONTIANAK)


def importing(at: datetime = IMPORTED_AT) -> Office:
    return Office(imports_at=at)


def answered(
    office: Office, times: int, day: str, channel: str = "whatsapp", category: str = "minor"
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


async def test_before_the_first_release_there_is_no_detail(
    client: Client, figures: Projected
) -> None:
    office = Office()
    answered(office, 30, "11-20")
    await figures.apply(office.events)
    await figures.at_the_head()

    assert await detail(client, "2026") == NOTHING_YET
    assert await detail(client, "2026-11") == NOTHING_YET


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
    assert await detail(client, "2026-Q3") == NOTHING_YET
    assert await detail(client, "2026-11") == NOTHING_YET

"""What is live of complaints while their details are released."""

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
from tests.support.years.apply_stories import BEFORE_ALL, day_of, for_any_story
from tests.support.years.stories import Story

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


async def new_year(figures: Projected) -> None:
    await figures.roll(date(2027, 1, 1))
    await figures.at_the_head()


async def test_a_rebuild_gives_the_same_releases(client: Client, figures: Projected) -> None:
    office = importing()
    answered(office, 25, "11-20")
    office.imports_at = None
    office.delay = timedelta(days=4, hours=2)
    answered(office, 12, "11-20", channel="email")
    for event in office.events:  # one by one
        await figures.apply([event])
    await new_year(figures)
    before = [await client.get(f"/v1/public/releases/{day}") for day in RELEASED]

    await figures.begin()
    await figures.apply(office.events)
    await figures.at_the_head()

    assert [await client.get(f"/v1/public/releases/{day}") for day in RELEASED] == before


RELEASED = ("2026-11-24", "2027-01-01")


async def test_a_held_case_holds_back_the_release(client: Client, figures: Projected) -> None:
    office = importing()
    answered(office, 25, "11-20")
    del office.events[3].body["data"]["clock"]
    await figures.apply(office.events)
    await figures.at_the_head()

    assert await detail(client, "2026") == NOT_RELEASED


MAY_CHANGE = {"log", "as_of"}


async def live(client: Client, period: str) -> dict[str, Any]:
    """All of it but for how far the log is read."""
    said: dict[str, Any] = (await client.get(f"/v1/public/statistics?period={period}")).json
    return {name: said[name] for name in said if name not in MAY_CHANGE}


async def test_another_category_moves_no_live_figure_but_that_it_happened(
    client: Client, figures: Projected
) -> None:
    office = importing()
    answered(office, 25, "11-20")
    office.imports_at = None
    case = office.complaint(at("11-24 09:10"), channel="twitter")
    case.then("classified", at("11-24 09:20"), category="minor")
    case.then("classified", at("11-24 09:30"), category="non_oversight")
    *earlier, last = office.events
    await figures.apply(earlier)
    await figures.at_the_head()
    before = {period: await live(client, period) for period in PERIODS}

    await figures.apply([last])

    for period in PERIODS:
        now = await live(client, period)
        assert now["services"]["complaints"].pop("reclassified") == 1
        assert before[period]["services"]["complaints"].pop("reclassified") == 0
        assert now == before[period]


@pytest.mark.parametrize(
    "event",
    [
        ("classified", {"category": "non_oversight"}),
        ("assigned", {"assignee": "officer-1"}),
        ("responded", {}),
    ],
    ids=lambda event: event[0],
)
async def test_an_event_that_moves_no_promise_moves_no_live_byte(
    client: Client, figures: Projected, event: tuple[str, dict[str, Any]]
) -> None:
    office = importing()
    answered(office, 25, "11-20")
    office.imports_at = None
    office.complaint(at("11-24 09:10")).then(event[0], at("11-24 09:20"), **event[1])
    *earlier, last = office.events
    await figures.apply(earlier)
    await figures.at_the_head()
    before = [await live(client, period) for period in PERIODS]

    await figures.apply([last])

    assert [await live(client, period) for period in PERIODS] == before


async def test_a_rating_moves_no_live_byte(client: Client, figures: Projected) -> None:
    office = importing()
    answered(office, 25, "11-20")
    office.imports_at = None
    case = office.complaint(at("11-24 09:10")).then("resolved", at("11-24 09:20"))
    case.then("rated", at("11-24 09:30"), score=1)
    *earlier, last = office.events
    await figures.apply(earlier)
    await figures.at_the_head()
    before = [await live(client, period) for period in PERIODS]

    await figures.apply([last])

    assert [await live(client, period) for period in PERIODS] == before


PERIODS = ("2026", "2026-Q4", "2026-11")


def test_no_event_moves_what_is_released(database: Callable[[str], Database]) -> None:
    """Polled before and after every single event of any history: detail is as it was released."""
    url = database("projections").app_url

    async def polled(story: Story) -> None:
        async with projected(url, BEFORE_ALL) as office:
            seen: dict[tuple[str, str | None], Any] = {}
            for event in story.office().events:
                office.today = max(office.today, day_of(event))
                await office.apply([event])
                for period in ("2025", "2026", "2026-Q4", "2026-11"):
                    said = (await office.statistics(period))["services"]["complaints"]
                    found = {name: said[name] for name in DETAIL}
                    assert seen.setdefault((period, said["released_at"]), found) == found

    for_any_story(polled)

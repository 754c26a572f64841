"""What was known on a day of the past is what a replay says that stops there."""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.projections.read_models.releases.releases import NOT_RELEASED
from shared.messaging.subscription import Incoming
from shared.office_time import PONTIANAK
from testbed.databases import Database
from testbed.event_factory import EventFactory
from testbed.projected import Projected, projected
from tests.support.years.apply_stories import (
    BEFORE_ALL,
    apply_as_it_happened,
    day_of,
    for_any_story,
)
from tests.support.years.stories import Story

PERIODS = ("2025", "2026", "2026-Q4", "2026-11")


def test_any_day_of_the_past_is_a_replay_that_stops_there(
    database: Callable[[str], Database],
) -> None:
    url = database("projections").app_url

    async def looked_back(story: Story) -> None:
        async with projected(url, BEFORE_ALL) as office:
            events = story.office().events
            await apply_as_it_happened(office, story, events)
            await office.at_the_head()
            days = [day for day in story.looks if day <= office.today]
            known = {day: await what_was_known(office, day) for day in days}

            replayed = {day: await replay(office, events, day) for day in days}

            assert known == replayed

    for_any_story(looked_back)


async def what_was_known(office: Projected, day: date) -> dict[str, Any]:
    return {period: (await office.known(period, day)).figures for period in PERIODS}


async def replay(office: Projected, events: list[Incoming], day: date) -> dict[str, Any]:
    """Read models that were given what was recorded by the end of that day, and no more."""
    office.today = day
    await office.begin()
    await office.apply([event for event in events if day_of(event) <= day])
    await office.at_the_head()
    said = {period: await office.statistics(period) for period in PERIODS}
    for figures in said.values():
        figures["services"]["complaints"] |= NOT_RELEASED
    return said


@pytest.fixture
async def office(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, date(2026, 11, 24)) as made:
        yield made


async def test_late_event_was_not_known_before(office: Projected) -> None:
    paper = EventFactory(delay=timedelta(days=3))
    paper.request(at("10 09:00")).then("confirmed", at("10 15:00"))
    await office.apply(paper.events)

    before = (await office.known("2026-11", date(2026, 11, 12))).figures["services"]["requests"]
    after = (await office.known("2026-11", date(2026, 11, 13))).figures["services"]["requests"]

    assert (before["received"], after["received"], after["on_time"]) == (0, 1, 1)


async def test_a_day_is_final_once_nothing_of_it_can_come_any_more(office: Projected) -> None:
    paper = EventFactory()
    paper.request(at("10 09:00"))
    await office.apply(paper.events)

    before_a_head_check = await office.known("2026-11", date(2026, 11, 10))
    await office.at_the_head()
    over = await office.known("2026-11", date(2026, 11, 23))
    today = await office.known("2026-11", date(2026, 11, 24))

    assert (before_a_head_check.is_final, over.is_final, today.is_final) == (False, True, False)
    assert (before_a_head_check.figures["stale"], today.figures["stale"]) == (True, False)


async def test_a_case_that_is_held_was_held_from_its_event_on(office: Projected) -> None:
    paper = EventFactory()
    paper.request(at("10 09:00"))
    paper.request(at("12 09:00"))
    del paper.events[1].body["data"]["clock"]
    await office.apply(paper.events)
    await office.at_the_head()

    before = await office.known("2026-11", date(2026, 11, 11))
    after = await office.known("2026-11", date(2026, 11, 12))

    assert (before.figures["held"], after.figures["held"]) == (0, 1)
    assert not after.is_final, "it will be counted"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=PONTIANAK)

"""What was known on a day of the past is what a replay says that stops there."""

from collections.abc import Callable
from datetime import date
from typing import Any

from services.projections.read_models.as_of import NOT_TOLD
from shared.messaging.subscription import Incoming
from tests.support.databases import Database
from tests.support.projected import Projected, projected
from tests.support.stories import Story
from tests.support.telling import BEFORE_ALL, day_of, for_any_story, told_as_it_happened

PERIODS = ("2025", "2026", "2026-Q4", "2026-11")


def test_any_day_of_the_past_is_a_replay_that_stops_there(
    database: Callable[[str], Database],
) -> None:
    url = database("projections").app_url

    async def looked_back(story: Story) -> None:
        async with projected(url, BEFORE_ALL) as office:
            events = story.office().events
            await told_as_it_happened(office, story, events)
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
        figures["services"]["complaints"] |= NOT_TOLD
    return said

"""The read models against a second, slow count of the same events (`recount.py`).

Whatever happened to whichever cases, however the events came in batches, and on whichever days
they were applied: on a given day the figures are those of a recount, and the rows are those of a
rebuild on that day.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from shared.messaging.subscription import Incoming
from testbed.databases import Database
from testbed.projected import SOURCES, Projected, projected
from tests.support.years.apply_stories import BEFORE_ALL, apply_as_it_happened, for_any_story
from tests.support.years.recount import follow, recount
from tests.support.years.stories import Story

PERIODS = {
    "2025": (date(2025, 1, 1), date(2025, 12, 31)),
    "2026": (date(2026, 1, 1), date(2026, 12, 31)),
    "2026-Q4": (date(2026, 10, 1), date(2026, 12, 31)),
    "2026-11": (date(2026, 11, 1), date(2026, 11, 30)),
}


def test_figures_are_those_of_a_recount(database: Callable[[str], Database]) -> None:
    url = database("projections").app_url

    async def told(story: Story) -> None:
        async with projected(url, BEFORE_ALL) as office:
            events = story.office().events
            await apply_as_it_happened(office, story, events)
            await every_figure_is_recounted(office, events)

    for_any_story(told)


def test_rows_are_those_of_a_rebuild_on_that_day(database: Callable[[str], Database]) -> None:
    url = database("projections").app_url

    async def told_twice(story: Story) -> None:
        async with projected(url, BEFORE_ALL) as office:
            events = story.office().events
            await apply_as_it_happened(office, story, events)
            live = await office.rows()

            await office.begin()
            await office.apply(events)

            assert await office.rows() == live

    for_any_story(told_twice)


async def every_figure_is_recounted(office: Projected, events: list[Incoming]) -> None:
    cases = follow(events, office.today)
    for period, (first, last) in PERIODS.items():
        said = (await office.statistics(period))["services"]
        for service in SOURCES:
            counted = recount(cases, service, first, last, office.today)
            assert only(counted, said[service]) == counted


def only(wanted: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in wanted}

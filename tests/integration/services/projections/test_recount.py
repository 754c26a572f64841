"""The read models against a second, slow count of the same events (`recount.py`).

Whatever happened to whichever cases, however the events came in batches, and on whichever days
they were applied: on a given day the figures are those of a recount, and the rows are those of a
rebuild on that day.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings

from shared.messaging.subscription import Incoming
from shared.promise.working_days import local_date
from tests.support.databases import Database
from tests.support.projected import SOURCES, Projected, projected
from tests.support.recount import follow, recount
from tests.support.stories import Story, stories

BEFORE_ALL = date(2025, 1, 1)

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
            await told_as_it_happened(office, story, events)
            await every_figure_is_recounted(office, events)

    for_any_story(told)


def test_rows_are_those_of_a_rebuild_on_that_day(database: Callable[[str], Database]) -> None:
    url = database("projections").app_url

    async def told_twice(story: Story) -> None:
        async with projected(url, BEFORE_ALL) as office:
            events = story.office().events
            await told_as_it_happened(office, story, events)
            live = await office.rows()

            await office.begin()
            await office.apply(events)

            assert await office.rows() == live

    for_any_story(told_twice)


def for_any_story(check: Callable[[Story], Awaitable[None]]) -> None:
    async def awaited(story: Story) -> None:
        await check(story)

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(stories())
    def holds(story: Story) -> None:
        asyncio.run(awaited(story))

    holds()


async def told_as_it_happened(office: Projected, story: Story, events: list[Incoming]) -> None:
    """In batches, each on the day of its last event; then come quiet days."""
    for batch in batches(story, events):
        office.today = max(office.today, day_of(batch[-1]))
        await office.apply(batch)
    await office.roll(max(office.today, story.last_day))
    assert await office.held() == 0


def batches(story: Story, events: list[Incoming]) -> Iterator[list[Incoming]]:
    cuts = list(story.cuts)
    while events:
        size = cuts.pop() if cuts else len(events)
        yield events[:size]
        events = events[size:]


def day_of(event: Incoming) -> date:
    return local_date(datetime.fromisoformat(event.body["data"]["occurred_at"]))


async def every_figure_is_recounted(office: Projected, events: list[Incoming]) -> None:
    cases = follow(events, office.today)
    for period, (first, last) in PERIODS.items():
        said = (await office.statistics(period))["services"]
        for service in SOURCES:
            counted = recount(cases, service, first, last, office.today)
            assert only(counted, said[service]) == counted


def only(wanted: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in wanted}

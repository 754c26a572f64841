"""Applies the random years of `stories.py` to read models, in the order in which they happened."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings

from shared.messaging.subscription import Incoming
from shared.office_time import local_date
from testbed.projected import Projected
from tests.support.years.examples import examples
from tests.support.years.stories import Story, stories

BEFORE_ALL = date(2025, 1, 1)


def for_any_story(check: Callable[[Story], Awaitable[None]]) -> None:
    async def awaited(story: Story) -> None:
        await check(story)

    @settings(max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck))
    @given(stories())
    def holds(story: Story) -> None:
        asyncio.run(awaited(story))

    holds()


async def apply_as_it_happened(office: Projected, story: Story, events: list[Incoming]) -> None:
    """In batches, each on the day on which its last event was recorded, or later; then come quiet
    days."""
    for batch in batches(story, events):
        office.today = max(office.today, day_of(batch[-1]) + timedelta(days=story.late))
        await office.apply(batch)
    await office.roll(max(office.today, story.last_day))
    assert await office.held() == 0
    assert not await office.reasons() & {"other", "calendar_amended"}, "one calendar, known events"


def batches(story: Story, events: list[Incoming]) -> Iterator[list[Incoming]]:
    cuts = list(story.cuts)
    while events:
        size = cuts.pop() if cuts else len(events)
        yield events[:size]
        events = events[size:]


def day_of(event: Incoming) -> date:
    return local_date(datetime.fromisoformat(event.body["data"]["recorded_at"]))

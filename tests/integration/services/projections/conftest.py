"""Sources that are followed: over a broker, over their feeds, or both in turn. Kept pages."""

from collections.abc import AsyncIterator, Callable

import pytest

from shared.office_time import local_date
from testbed.databases import Database
from testbed.projected import projected
from testbed.surface import NOW
from tests.support.messaging.following import Following, following
from tests.support.pages.cached_pages import CachedPages, cached_pages
from tests.support.pages.public_pages import year_in_which_all_happened


@pytest.fixture
async def without_broker(database: Callable[[str], Database]) -> AsyncIterator[Following]:
    async with following(database) as office:
        yield office


@pytest.fixture(params=["over the broker", "over the feeds"])
async def office(
    request: pytest.FixtureRequest, database: Callable[[str], Database]
) -> AsyncIterator[Following]:
    broker_url = request.getfixturevalue("vhost") if "broker" in request.param else None
    async with following(database, broker_url) as office:
        yield office


@pytest.fixture
async def cached(database: Callable[[str], Database]) -> AsyncIterator[CachedPages]:
    ours = database("projections")
    async with projected(ours.app_url, local_date(NOW)) as figures:
        await figures.at_the_head()
        async with cached_pages(figures, ours.app_url) as made:
            yield made


@pytest.fixture
async def full(cached: CachedPages) -> CachedPages:
    """Of a year in which everything happened."""
    events = year_in_which_all_happened()
    await cached.figures.apply(events)
    assert await cached.invalidator.wait_until_applied(
        {event.source: event.position for event in events}
    )
    return cached

"""Sources that are followed: over a broker, over their feeds, or both in turn."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.support.databases import Database
from tests.support.followed import Following, following


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

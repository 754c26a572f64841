"""The public's pages over read models of a test."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from shared.office_time import local_date
from testbed.databases import Database, clone, drop
from testbed.http import Client
from testbed.projected import Projected, projected
from testbed.surface import NOW
from tests.support.pages.public_pages import pages_of, year_in_which_all_happened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full(postgres: str) -> AsyncIterator[Client]:
    """The pages of a year in which everything happened, for all of a file who only read."""
    database = await clone(postgres, "projections")
    try:
        async with projected(database.app_url, local_date(NOW)) as figures:
            await figures.apply(year_in_which_all_happened())
            await figures.at_the_head()
            yield pages_of(figures)
    finally:
        await drop(postgres, database)


@pytest_asyncio.fixture(loop_scope="module")
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture
def client(figures: Projected) -> Client:
    return pages_of(figures)

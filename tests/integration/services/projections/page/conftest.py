"""The public's pages over read models of a test."""

from collections.abc import AsyncIterator, Callable

import pytest

from shared.promise.working_days import local_date
from tests.support.databases import Database
from tests.support.http import Client
from tests.support.projected import Projected, projected
from tests.support.public_pages import pages_of
from tests.support.surface import NOW


@pytest.fixture
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture
def client(figures: Projected) -> Client:
    return pages_of(figures)

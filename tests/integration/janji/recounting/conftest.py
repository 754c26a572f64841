"""A year in which everything happened, downloaded."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from shared.office_time import local_date
from testbed.databases import Database
from testbed.projected import Projected, projected
from testbed.surface import NOW
from tests.support.pages.downloads import Download, downloaded
from tests.support.pages.public_pages import pages_of, year_in_which_all_happened


@pytest.fixture
async def figures(database: Callable[[str], Database]) -> AsyncIterator[Projected]:
    async with projected(database("projections").app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture
async def year(figures: Projected, tmp_path: Path) -> Download:
    """One in which everything happened."""
    await figures.apply(year_in_which_all_happened())
    return await downloaded(pages_of(figures), tmp_path, "2026")

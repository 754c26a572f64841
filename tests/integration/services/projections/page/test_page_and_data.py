"""What the page shows is what the data say, and both fit through a bad line."""

import gzip
import re

import pytest

from tests.support.http import Client
from tests.support.markup import Markup
from tests.support.page_states import many_cases
from tests.support.projected import Projected
from tests.support.surface import standard

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("service", ["requests", "complaints"])
async def test_the_months_on_the_page_are_those_of_the_json(full: Client, service: str) -> None:
    page = Markup((await full.get("/en/?period=2026-Q4")).text)
    found = (await full.get("/v1/public/statistics?period=2026-Q4")).json["services"][service]

    october, november = found["by_month"]["2026-10"], found["by_month"]["2026-11"]
    for name, month in (("October", october), ("November", november)):
        late = month["late"] + month["overdue"]
        row = f"{name} 2026 {month['received']} {month['on_time']} {late}"
        assert row in page.text


async def test_the_breakdowns_on_the_page_are_those_of_the_json(full: Client) -> None:
    page = Markup((await full.get("/en/")).text)
    found = (await full.get("/v1/public/statistics?period=2026")).json["services"]["complaints"]

    rows = [
        (standard().channels[code].name.en, row) for code, row in found["by_channel"].items()
    ] + [(standard().categories[code].name.en, found["by_category"][code]) for code in ("minor",)]
    for name, row in rows:
        cells = (row[each] for each in ("received", "on_time", "not_on_time"))
        said = " ".join("hidden" if cell is None else f"{cell}" for cell in cells)
        assert re.search(rf"{re.escape(name)} (\(5 working days\) )?{said}", page.text)


@pytest.mark.parametrize("path", ["/", "/standar", "/metode"])
async def test_a_page_with_its_styles_is_small(
    client: Client, figures: Projected, path: str
) -> None:
    """60 KB compressed, on a bad line, however many cases there are."""
    await figures.apply(many_cases())

    page = await client.get(path)

    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page.text)
    css = await client.get(style)
    assert sum(len(gzip.compress(each.text.encode())) for each in (page, css)) <= 60 * 1024

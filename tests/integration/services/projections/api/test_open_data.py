"""The data package is what the Frictionless tool takes for one, and every table is as it says."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import frictionless
import pytest

from services.projections.api.open_data import BREAKDOWNS, TABLES
from shared.office_time import local_date
from testbed.databases import Database
from testbed.http import Client
from testbed.projected import projected
from testbed.surface import NOW
from tests.support.pages.public_pages import pages_of, year_in_which_all_happened


@pytest.fixture
async def client(database: Callable[[str], Database]) -> AsyncIterator[Client]:
    """A year in which everything happened."""
    async with projected(database("projections").app_url, local_date(NOW)) as figures:
        await figures.apply(year_in_which_all_happened())
        await figures.at_the_head()
        yield pages_of(figures)


async def downloaded(client: Client, folder: Path, query: str = "") -> Path:
    """The package with all its tables, as somebody would keep it."""
    package = (await client.get("/datapackage.json")).json
    (folder / "datapackage.json").write_text(json.dumps(package))
    for resource in package["resources"]:
        answer = await client.get(f"/{resource['path']}{query}")
        assert answer.status == 200, resource["path"]
        table = folder / resource["path"]
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_bytes(answer.body)
    return folder / "datapackage.json"


def faults(package: Path) -> list[list[str]]:
    report = frictionless.validate(str(package))
    assert report.stats["tasks"] == len(TABLES)
    return [list(map(str, fault)) for fault in report.flatten(["name", "type", "message"])]


async def test_the_package_and_all_its_tables_are_valid(client: Client, tmp_path: Path) -> None:
    package = await downloaded(client, tmp_path)

    assert faults(package) == []


@pytest.mark.parametrize(
    "query",
    ["period=2026-Q2", "period=2026-11", "period=2026&as_of=2026-11-20", "period=2026-01"],
)
async def test_the_table_is_as_it_says_whatever_is_asked_for(
    client: Client, tmp_path: Path, query: str
) -> None:
    package = await downloaded(client, tmp_path)
    answer = await client.get(f"/v1/public/statistics.csv?{query}")

    (tmp_path / "v1/public/statistics.csv").write_bytes(answer.body)

    assert answer.status == 200
    assert faults(package) == []


@pytest.mark.parametrize(
    ("cell", "by"),
    [
        ("complaints", "complaint"),
        ("2026-11-24,", "yesterday,"),
        ("2026-11-24T", "24 November "),
        ("\r\n", ";"),
    ],
)
async def test_a_table_that_is_not_as_it_says_would_be_found(
    client: Client, tmp_path: Path, cell: str, by: str
) -> None:
    package = await downloaded(client, tmp_path)
    table = tmp_path / "v1/public/statistics.csv"

    table.write_bytes(table.read_bytes().replace(cell.encode(), by.encode(), 1))

    assert faults(package)


async def test_open_data_name_their_owner_and_licence(client: Client) -> None:
    package = (await client.get("/datapackage.json")).json
    answer = await client.get("/v1/public/statistics.csv")

    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert package["contributors"][0]["title"] in package["citation"]
    assert 'rel="license", </datapackage.json>; rel="describedby"' in answer.headers["link"]
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("service", ["requests", "complaints"])
async def test_every_figure_of_the_json_is_in_the_table(client: Client, service: str) -> None:
    """Of a service as a whole; the breakdowns are compared where they are made."""
    block = (await client.get("/v1/public/statistics?period=2026")).json["services"][service]
    text = (await client.get("/v1/public/statistics.csv?period=2026")).text

    first, *rows = csv.DictReader(io.StringIO(text))
    mine = [row for row in rows if row["service"] == service]
    figures = {name for name, value in block.items() if type(value) in (int, float)}
    measures = {row["measure"] for row in mine if not row["breakdown"]}
    assert figures | {"days_used_median", "days_elapsed_p90"} <= measures
    assert sum(row["days"] != "" for row in mine) == len(block["days_used"]["histogram"]) > 0
    broken_down = {BREAKDOWNS[name] for name in BREAKDOWNS if block.get(name)}
    assert {row["breakdown"] for row in mine} == {"", *broken_down}
    assert (first["measure"], first["value"]) == ("held", "0")

"""What the page shows is what the data say, and both fit through a bad line."""

import gzip
import re
from datetime import date
from typing import Any

import pytest

from services.projections.page.bar import STATES
from services.projections.page.words import WORDS
from shared.web.page.figures import working_days
from tests.support.http import Client
from tests.support.page_states import many_cases
from tests.support.page_tables import Rows, Tables
from tests.support.projected import Projected
from tests.support.surface import standard

Json = dict[str, Any]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("period", ["2026", "2026-Q4", "2026-11"])
async def test_every_figure_of_every_table_is_that_of_the_json(full: Client, period: str) -> None:
    """And no table shows anything else: the comparison is of all tables, cell by cell."""
    page = Tables((await full.get(f"/en/?period={period}")).text)
    found = (await full.get(f"/v1/public/statistics?period={period}")).json

    said = {
        caption: rows
        for service, block in found["services"].items()
        for caption, rows in tables_of(service, block).items()
    }
    assert {generalised(caption): rows for caption, rows in page.found.items()} == said


def generalised(caption: str) -> str:
    return re.sub(r"(Quarter 4 of |November )?2026", "*", caption)


def tables_of(service: str, block: Json) -> dict[str, Rows]:
    """What the tables of a service have to say, made of the JSON alone."""
    name, names = service.capitalize(), (*STATES, "received")
    identity = [[word(state), str(block[state])] for state in names]
    histogram = block["days_used"]["histogram"].items()
    tables = {
        f"{name} received in *, by state": [["State", "Count"], *identity],
        f"Working days used by {service} that are finished or overdue": [
            ["Working days used", "Count"],
            *([days, str(count)] for days, count in histogram),
        ],
        f"What happened to the {service} received in *": what_may_be_hidden(block),
    }
    if block["by_month"]:
        tables[f"{name} received in *, by month of receipt"] = months(block["by_month"])
    if service == "requests":
        tables[f"{name} received in *, by kind and state"] = side_by_side(
            {standard().kinds[code].name.en: row for code, row in block["by_kind"].items()},
            {word(state): state for state in names},
        )
    else:
        tables |= breakdowns(block)
        tables["Further time limits of the complaints received in *"] = [
            ["Deadline", "Kept", "Missed", "Running"],
            *(clock(row) for row in block["further_clocks"].values()),
        ]
    return tables


def what_may_be_hidden(block: Json) -> Rows:
    counts = ("waited", "rejected", "reopened", "reopenings", "reclassified")
    ages = [n for n in ("oldest_overdue_days", "oldest_waiting_days") if block[n] is not None]
    return [
        *([word(name), str(block[name])] for name in counts),
        *([word(name), working_days(block[name], "en")] for name in ages),
    ]


def months(by_month: Json) -> Rows:
    """Those that have begun: it is November."""
    begun = {date.fromisoformat(f"{id_}-01"): row for id_, row in by_month.items()}
    return [
        ["Month", "Received", "On time", "Not on time"],
        *(
            [f"{first:%B %Y}", *map(str, (row["received"], row["on_time"], not_on_time(row)))]
            for first, row in begun.items()
            if first <= date(2026, 11, 1)
        ),
    ]


def not_on_time(row: Json) -> int:
    return int(row["late"] + row["overdue"])


def side_by_side(columns: dict[str, Json], names: dict[str, str]) -> Rows:
    rows = [[said, *(str(each[name]) for each in columns.values())] for said, name in names.items()]
    return [["State", *columns], *rows]


def breakdowns(block: Json) -> dict[str, Rows]:
    if block["by_category"] is None:
        return {}
    categories = {
        f"{called('categories', code)} ({working_days(row['days_allowed'], 'en')})": row
        for code, row in block["by_category"].items()
    }
    channels = {called("channels", code): row for code, row in block["by_channel"].items()}
    return {
        "Complaints received in *, by category": cells("Category and deadline", categories),
        "Complaints received in *, by channel": cells("Channel", channels),
    }


def cells(heading: str, rows: dict[str, Json]) -> Rows:
    names = ("received", "on_time", "not_on_time")
    shown = [
        [said, *("hidden" if row[name] is None else str(row[name]) for name in names)]
        for said, row in rows.items()
    ]
    return [[heading, "Received", "On time", "Not on time"], *shown]


def called(members: str, code: str) -> str:
    named = getattr(standard(), members)
    return str(named[code].name.en) if code in named else word(code)


def clock(row: Json) -> list[str]:
    unit = {"working_days": "working days", "calendar_days": "calendar days"}[row["unit"]]
    counts = (str(row[name]) for name in ("kept", "missed", "running"))
    return [f"{row['name']['en']} ({row['days']} {unit})", *counts]


def word(key: str) -> str:
    return WORDS[key].en


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

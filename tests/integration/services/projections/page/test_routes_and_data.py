"""What the page shows is what the data say, and both fit through a bad line."""

import gzip
import re
from datetime import date
from typing import Any

import pytest

from services.projections.page.drawings.bar import STATES
from services.projections.page.drawings.captions import NEVER, word_of
from services.projections.page.figures_page import AGES, HAPPENED, RECORDED
from shared.web.page.formatting import working_days
from testbed.http import Client
from testbed.projected import Projected
from testbed.surface import standard
from tests.support.pages.page_states import many_cases
from tests.support.pages.page_tables import Rows, Tables

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
    name = service.capitalize()
    names = [each for each in (*STATES, "received") if each not in NEVER[service]]
    identity = [[word(state, service), str(block[state])] for state in names]
    tables = {
        f"{name} received in *, by state": [["State", "Count"], *identity],
        f"What happened to the {service} received in *": what_may_be_hidden(service, block),
        f"How {service} of * were recorded": [[word(n), str(block[n])] for n in RECORDED],
    }
    if block["days_used"]:
        histogram = block["days_used"]["histogram"].items()
        tables[f"Working days used by {service} that are finished or overdue"] = [
            ["Working days used", "Count"],
            *([days, str(count)] for days, count in histogram),
        ]
    if block["by_month"]:
        tables[f"{name} received in *, by month of receipt"] = months(block["by_month"])
    if service == "requests":
        kinds = {standard().kinds[code].name.en: row for code, row in block["by_kind"].items()}
        tables[f"{name} received in *, by kind"] = by_kind(kinds)
        tables[f"{name} received in *, by kind and state"] = by_kind_and_state(kinds, names)
    elif block["released_at"]:
        tables |= breakdowns(block)
        tables["Further time limits of the complaints received in *"] = [
            ["Deadline", "Kept", "Missed", "Running"],
            *(clock(row) for row in block["further_clocks"].values()),
        ]
    return tables


def what_may_be_hidden(service: str, block: Json) -> Rows:
    counts = [each for each in HAPPENED if each in block and each not in NEVER[service]]
    ages = [each for each in AGES if block[each] is not None]
    return [
        *([word(each, service), str(block[each])] for each in counts),
        *([word(each, service), working_days(block[each], "en")] for each in ages),
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


def by_kind(kinds: dict[str, Json]) -> Rows:
    rows = [
        [name, *map(str, (row["received"], row["on_time"], not_on_time(row)))]
        for name, row in kinds.items()
    ]
    return [["Kind", "Received", "On time", "Not on time"], *rows]


def by_kind_and_state(kinds: dict[str, Json], names: list[str]) -> Rows:
    states = [each for each in names if each != "received"]
    rows = [
        each
        for name, row in kinds.items()
        for each in (
            [name, str(row["received"])],
            *([word(state), str(row[state])] for state in states),
        )
    ]
    return [["Kind, state", "Count"], *rows]


def breakdowns(block: Json) -> dict[str, Rows]:
    categories = {called("categories", row): row for row in block["by_category"].values()}
    channels = {called("channels", row): row for row in block["by_channel"].values()}
    tables = {
        "Complaints received in *, by category": cells("Category and deadline", categories),
        "Complaints received in *, by channel": cells("Channel", channels),
    }
    return {caption: rows for caption, rows in tables.items() if len(rows) > 1}


def cells(heading: str, rows: dict[str, Json]) -> Rows:
    names = ("received", "on_time", "not_on_time")
    shown = [[said, *(str(row[name]) for name in names)] for said, row in rows.items()]
    return [[heading, "Received", "On time", "Not on time"], *shown]


def called(members: str, row: Json) -> str:
    """The row's members; what stands before the colon of all of them is said once."""
    named, names = getattr(standard(), members), []
    for code in row["members"]:
        name = str(named[code].name.en) if code in named else word(code)
        names.append(f"{name}{allowed(members, code)}")
    before = names[0].partition(": ")[0] + ": "
    return ", ".join([names[0], *(name.removeprefix(before) for name in names[1:])])


def allowed(members: str, code: str) -> str:
    if members != "categories":
        return ""
    days = standard().complaint_days.get(code, standard().shortest_complaint_days)
    return f" ({working_days(days, 'en')})"


def clock(row: Json) -> list[str]:
    unit = {"working_days": "working days", "calendar_days": "calendar days"}[row["unit"]]
    counts = (str(row[name]) for name in ("kept", "missed", "running"))
    return [f"{row['name']['en']} ({row['days']} {unit})", *counts]


def word(key: str, service: str = "requests") -> str:
    return word_of(key, service).en


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

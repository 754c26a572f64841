"""`janji recount` makes the published figures of requests again, and names what was changed."""

import asyncio
import copy
import csv
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from janji.recounting.comparison import NO_FIGURES
from testbed.databases import Database
from testbed.projected import Projected, projected
from tests.support.pages.downloads import Download, downloaded
from tests.support.pages.public_pages import pages_of
from tests.support.years.apply_stories import BEFORE_ALL, day_of
from tests.support.years.demonstration_year import demonstration
from tests.support.years.examples import examples
from tests.support.years.random_year import RandomYear

YEAR = "2026"
PERIODS = ("2026", "2026-Q1", "2026-Q4", "2026-05", "2026-11", "2025", "2027")

worlds = st.builds(RandomYear, seed=st.integers(0, 10**9), cases=st.integers(50, 300))


@pytest.mark.system
async def test_the_demonstration_year_is_recounted_in_every_period(
    figures: Projected, tmp_path: Path
) -> None:
    await figures.apply(demonstration())
    client = pages_of(figures)
    periods = [each["id"] for each in (await client.get("/v1/public/periods")).json["items"]]

    kept = [await downloaded(client, tmp_path, period) for period in periods]

    assert len(kept) > 20
    assert {each.table.stem: each.differences() for each in kept} == {key: {} for key in periods}
    assert (await figures.statistics(YEAR))["services"]["requests"]["received"] > 1_000


def test_random_histories_are_recounted(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    url = database("projections").app_url

    async def recounted(world: RandomYear, days_later: int) -> None:
        async with projected(url, BEFORE_ALL, world.calendar) as office:
            events = world.events()
            office.today = day_of(events[-1])
            await office.apply(events)
            await office.roll(office.today + timedelta(days=days_later))
            client = pages_of(office)
            known = [each["id"] for each in (await client.get("/v1/public/periods")).json["items"]]
            for period in set(PERIODS).intersection(known):
                assert (await downloaded(client, tmp_path, period)).differences() == {}

    one_look = settings(
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.reuse, Phase.generate],
        max_examples=examples(2),
    )

    @one_look
    @given(worlds, st.integers(0, 60))
    def holds(world: RandomYear, days_later: int) -> None:
        asyncio.run(recounted(world, days_later))

    holds()


def places(figures: Any, of: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The address of every figure."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from places(value, (*of, name))
        elif of or name not in NO_FIGURES:
            yield (*of, name)


def another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else "2026-01-01" if value else 1


async def test_every_changed_figure_is_named(year: Download) -> None:
    truth = year.figures()
    block = truth["services"]["requests"]
    addresses = [each for each in places(block) if each[0] not in NO_FIGURES]

    for address in addresses:
        changed = copy.deepcopy(truth)
        place = changed["services"]["requests"]
        for part in address[:-1]:
            place = place[part]
        was = place[address[-1]]
        place[address[-1]] = another(was)
        year.statistics.write_text(json.dumps(changed))

        assert year.differences() == {".".join(address): (was, another(was))}

    assert len(addresses) > 150


async def test_a_figure_that_is_left_out_or_made_up_is_named(year: Download) -> None:
    changed = year.figures()
    block = changed["services"]["requests"]
    del block["waited"]
    block["days_used"]["histogram"]["77"] = 1
    block["made_up"] = 5
    year.statistics.write_text(json.dumps(changed))

    differences = year.differences()

    assert differences.keys() == {"waited", "days_used.histogram.77", "made_up"}
    assert differences["made_up"] == ("-", 5)


@pytest.mark.parametrize(
    ("column", "cell", "named"),
    [
        ("kind", "account_creation", {"by_kind.account_creation.received"}),
        ("received_on", "2026-01-02", {"by_month.2026-01.received"}),
        ("state", "withdrawn", {"on_time", "withdrawn", "by_kind.password_reset.on_time"}),
        ("days_used", "9", {"days_used.max", "days_used.histogram.9"}),
        ("days_elapsed", "9", {"days_elapsed.max"}),
        ("waited", "true", {"waited"}),
        ("rejected", "true", {"rejected"}),
        ("backdated", "true", {"backdated"}),
        ("provisional", "true", {"provisional"}),
    ],
)
async def test_a_changed_cell_of_the_table_changes_figures_that_are_named(
    year: Download, column: str, cell: str, named: set[str]
) -> None:
    rows = year.rows()
    changed = next(row for row in rows if row["state"] == "on_time" and row[column] != cell)
    changed[column] = cell
    with year.table.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

    assert named <= year.differences().keys()


async def test_a_row_that_is_missing_is_noticed(year: Download) -> None:
    lines = year.table.read_text().splitlines(keepends=True)
    year.table.write_text("".join(lines[:-1]))

    assert {"received", "days_elapsed.median"} & year.differences().keys() == {"received"}

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
from tests.support.databases import Database
from tests.support.demonstration import demonstration
from tests.support.downloads import Download, downloaded
from tests.support.examples import examples
from tests.support.projected import Projected, projected
from tests.support.public_pages import pages_of
from tests.support.telling import BEFORE_ALL, day_of
from tests.support.worlds import World

YEAR = "2026"
PERIODS = ("2026", "2026-Q1", "2026-Q4", "2026-05", "2026-11", "2025", "2027")

worlds = st.builds(World, seed=st.integers(0, 10**9), cases=st.integers(50, 300))


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

    async def recounted(world: World, days_later: int) -> None:
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
        max_examples=examples(5),
    )

    @one_look
    @given(worlds, st.integers(0, 60))
    def holds(world: World, days_later: int) -> None:
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


# At the command line, with nothing installed but Python: `-S` leaves out all that is.


def recount(
    *arguments: object, python: tuple[str, ...] = ("-S", "-m", "janji.recounting")
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *python, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_it_needs_nothing_but_python(year: Download) -> None:
    alone = recount(year.table)
    ran = recount(year.table, "--statistics", year.statistics)

    assert (alone.returncode, ran.returncode, ran.stderr) == (0, 0, "")
    assert "compared with nothing" in alone.stdout.splitlines()[-1]
    assert ran.stdout.splitlines()[-1].startswith("All ")


async def test_what_differs_is_said_last_and_fails(year: Download) -> None:
    changed = year.figures()
    changed["services"]["requests"]["by_kind"]["password_reset"]["on_time"] += 1
    changed["as_of"] = "2026-11-24T09:00:00Z"
    year.statistics.write_text(json.dumps(changed))

    ran = recount(year.table, "--statistics", year.statistics)

    on_time = changed["services"]["requests"]["by_kind"]["password_reset"]["on_time"]
    named, instants, last = ran.stdout.splitlines()[-3:]
    assert ran.returncode == 1
    assert named == (f"by_kind.password_reset.on_time: counted {on_time - 1}, published {on_time}")
    assert "2026-11-24T09:00:00Z" in instants
    assert last.startswith("1 of ")


async def test_what_cannot_be_counted_is_refused_in_one_line(
    year: Download, tmp_path: Path
) -> None:
    without = tmp_path / "without.csv"
    without.write_text(year.table.read_text().replace("waited", "awaited", 1))
    other = tmp_path / "other.json"
    other.write_text(json.dumps(year.figures() | {"period": {"id": "2026-11"}}))

    for said, *arguments in (
        ("line 1, waited: this column is missing", without),
        ("are of 2026-11, the table of 2026", year.table, "--statistics", other),
        ("no statistics in JSON", year.table, "--statistics", year.table),
        ("No such file", tmp_path / "missing.csv"),
        ("No such file", year.table, "--statistics", tmp_path / "missing.json"),
        ("refused", year.table, "--statistics", "http://127.0.0.1:9/v1/public/statistics"),
    ):
        ran = recount(*arguments)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr.count("\n") == 1
        assert said in ran.stderr


class Statistics(BaseHTTPRequestHandler):
    """An office that answers with a file."""

    def __init__(self, body: bytes, *given: Any) -> None:
        self.body = body
        super().__init__(*given)

    def do_GET(self) -> None:
        self.send_response(200 if self.path.endswith("?period=2026") else 404)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


async def test_statistics_are_taken_from_an_address(year: Download) -> None:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Statistics, year.statistics.read_bytes())
    ) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v1/public/statistics"
        found = recount(year.table, "--statistics", f"{url}?period=2026")
        missing = recount(year.table, "--statistics", f"{url}?period=1999")
        server.shutdown()

    assert found.returncode == 0
    assert (missing.returncode, "404" in missing.stderr) == (2, True)


async def test_the_command_of_the_installation_is_the_same(year: Download) -> None:
    arguments = (year.table, "--statistics", year.statistics)

    ran = recount(*arguments, python=("-m", "janji", "recount"))

    assert ran.returncode == 0
    assert ran.stdout == recount(*arguments).stdout

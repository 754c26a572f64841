"""`janji recount` at the command line, with nothing installed but Python: `-S` leaves out all that
is."""

import json
import subprocess
import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tests.support.pages.downloads import Download

ROOT = Path(__file__).parents[4]


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


async def test_recount_command_needs_nothing_but_python(year: Download) -> None:
    alone = recount(year.table)
    ran = recount(year.table, "--statistics", year.statistics)

    assert (alone.returncode, ran.returncode, ran.stderr) == (0, 0, "")
    assert "compared with nothing" in alone.stdout.splitlines()[-1]
    assert ran.stdout.splitlines()[-1].startswith("All ")


async def test_differences_are_said_last_and_fail(year: Download) -> None:
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


async def test_uncountable_input_is_refused_in_one_line(year: Download, tmp_path: Path) -> None:
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

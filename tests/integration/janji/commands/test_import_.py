"""`janji import`, as somebody of the office runs it on a server."""

import os
from asyncio.subprocess import STDOUT
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from testbed.databases import Database
from testbed.imports import MASTER_KEY, answered, event, resolved, spreadsheet
from tests.support.processes.forked import forked

WRONG = event("P-2", "2026-11-03 09:00", "review")


@dataclass
class Clerk:
    """Somebody with a spreadsheet at a terminal; `variables` say where the logs are."""

    folder: Path
    variables: Mapping[str, str]
    exit_code: int = 0

    async def imports(self, *options: str) -> str:
        """What is printed; `exit_code` says how it ended."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("JANJI_")}
        home = {"JANJI_HOME": str(self.folder / "home"), "COLUMNS": "200"}
        words = ("import", str(self.folder / "history.csv"), *options)
        environment = {**inherited, **home, **self.variables}
        process = await forked("janji", *words, environment=environment, stderr=STDOUT)
        printed, _ = await process.communicate()
        self.exit_code = process.returncode or 0
        return printed.decode()


@pytest.fixture
def clerk(tmp_path: Path, database: Callable[[str], Database]) -> Clerk:
    services = ("requests", "complaints")
    urls = {f"JANJI_{each.upper()}_DATABASE_URL": database(each).app_url for each in services}
    return Clerk(tmp_path, {**urls, "JANJI_MASTER_KEY": MASTER_KEY})


async def test_history_comes_in_once(clerk: Clerk, tmp_path: Path) -> None:
    spreadsheet(tmp_path / "history.csv", [*answered("P-1"), *resolved("A-1")])
    numbers = tmp_path / "numbers.csv"

    first = await clerk.imports("--numbers", str(numbers))
    again = await clerk.imports()

    assert clerk.exit_code == 0, again
    assert "Rows imported: 10, of 2 cases" in first
    assert "Rows imported: 0" in again
    assert "Known before: 10." in again
    assert [line.partition("-")[0] for line in numbers.read_text("utf-8-sig").splitlines()] == [
        "service,case,number",
        "requests,P",
        "complaints,A",
    ]


async def test_a_wrong_row_is_named_and_nothing_comes_in(clerk: Clerk, tmp_path: Path) -> None:
    spreadsheet(tmp_path / "history.csv", [*answered("P-1"), WRONG])

    printed = await clerk.imports()

    assert clerk.exit_code == 1
    assert "line 8, column command, rule received_first: Sebuah kasus dimulai" in printed
    assert "Nothing was imported: 1 of 7 rows are of cases with a wrong row." in printed


async def test_the_others_come_in_if_asked(clerk: Clerk, tmp_path: Path) -> None:
    spreadsheet(tmp_path / "history.csv", [*answered("P-1"), WRONG])

    printed = await clerk.imports("--skip-bad")

    assert clerk.exit_code == 0, printed
    assert "Rows imported: 6, of 1 cases" in printed
    assert f"Left out: 1. Mend these rows in {tmp_path / 'history.bad.csv'}" in printed


async def test_a_broken_file_is_refused_in_one_line(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_bytes(b"PK\x03\x04")

    printed = await clerk.imports()

    assert clerk.exit_code == 1
    assert printed.strip() == "janji: history.csv: is a workbook: save the sheet as “CSV UTF-8”"


async def test_missing_setting_is_named(clerk: Clerk, tmp_path: Path) -> None:
    spreadsheet(tmp_path / "history.csv", answered("P-1"))
    clerk.variables = {"JANJI_MASTER_KEY": MASTER_KEY}

    printed = await clerk.imports()

    assert "JANJI_REQUESTS_DATABASE_URL: is not set; set it" in printed


async def test_absence_of_running_services_is_said(clerk: Clerk, tmp_path: Path) -> None:
    spreadsheet(tmp_path / "history.csv", answered("P-1"))
    clerk.variables = {}

    printed = await clerk.imports()

    assert clerk.exit_code == 1
    assert "janji: nothing runs here: `janji up` first, or set" in printed

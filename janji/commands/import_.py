"""`janji import`: imports an office's history from a spreadsheet, all of it or nothing."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from janji.commands.failures import errors_in_one_line
from janji.importing.cases import CaseRows
from janji.importing.import_file import ImportResult, import_file
from janji.importing.logs import find_settings
from janji.importing.release_wait import is_released, local_addresses, wait_released
from janji.installation import progress_bars
from shared.spreadsheet import write_csv

VIOLATIONS_SHOWN_MAX = 100  # more than an office corrects before the next try
INTERRUPTED = 130

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="See docs/import.md.")]
SkipBad = Annotated[
    bool,
    typer.Option(
        "--skip-bad", help="Import the valid cases; write the rows of the others to a file."
    ),
]
NumbersTo = Annotated[
    Path | None,
    typer.Option("--numbers", dir_okay=False, help="Write each case's number to this CSV file."),
]
app = typer.Typer(add_completion=False)
console = Console(highlight=False, soft_wrap=True, markup=False)


@app.command()
def import_(file: File, skip_bad: SkipBad = False, numbers: NumbersTo = None) -> None:
    """Import the history of requests and complaints from FILE. A repeat adds only new rows."""
    began, began_at = time.monotonic(), datetime.now(UTC)
    try:
        with errors_in_one_line(), progress_bars(console, "rows") as report:
            done = uvloop.run(import_file(file, find_settings(), report, skip_bad=skip_bad))
            if numbers is not None:
                _write_numbers(numbers, done.numbered)
    except KeyboardInterrupt:
        console.print("Interrupted. Imported cases are complete; run it again to continue.")
        raise typer.Exit(INTERRUPTED) from None
    _say(done, seconds=time.monotonic() - began)
    if done.imported is not None and done.imported.cases and is_released(done.numbered):
        _wait(began_at)
    if done.imported is None or done.imported.refused:
        raise typer.Exit(1)


def _wait(began_at: datetime) -> None:
    """Wait for the release of the imported complaints."""
    addresses = local_addresses()
    date = addresses and uvloop.run(wait_released(began_at, addresses))
    if date is not None:
        console.print(f"Complaints in detail are released: /v1/public/releases/{date}")


def _write_numbers(path: Path, cases: Iterable[CaseRows]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        numbers = ((case.key.service, case.key.case, case.number) for case in cases)
        write_csv(file, chain([("service", "case", "number")], numbers))


def _say(done: ImportResult, *, seconds: float) -> None:
    violations = sorted(done.violations, key=attrgetter("line"))
    for violation in violations[:VIOLATIONS_SHOWN_MAX]:
        console.print(str(violation), style="red")
    if len(violations) > VIOLATIONS_SHOWN_MAX:
        console.print(f"… and {len(violations) - VIOLATIONS_SHOWN_MAX:,} more", style="red")
    if done.imported is None:
        rows = f"{len(done.invalid_lines):,} of {done.reading.rows:,} rows"
        console.print(f"Nothing was imported: {rows} are of cases with a wrong row.")
        return
    console.print(
        f"Rows imported: {done.imported.rows:,}, of {done.imported.cases:,} cases,"
        f" in {seconds:.1f} s. Known before: {done.rows_known:,}."
    )
    if done.bad is not None:
        console.print(f"Left out: {len(done.invalid_lines):,}. Mend these rows in {done.bad}")

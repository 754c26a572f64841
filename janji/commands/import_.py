"""`janji import`: an office's history from a spreadsheet, whole or not at all."""

import asyncio
import csv
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.local.commands import CannotStart
from janji.commands.failures import said_in_one_line
from janji.importing.cases import CaseRows
from janji.importing.logs import Settings, find_settings, opened
from janji.importing.reading import Reading, copy_lines, read
from janji.importing.rows import Flaw
from janji.importing.run import Import, Imported, WrongMasterKey
from janji.importing.table import Unreadable
from janji.projections import progress_shown
from shared.eventstore.errors import EventLogError

FLAWS_SHOWN_MAX = 100  # more than anybody mends before trying again

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="See docs/import.md.")]
SkipBad = Annotated[
    bool,
    typer.Option(
        "--skip-bad", help="Import the other cases; write the rows of wrong ones to a file."
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
    """Import the history of requests and complaints from FILE. Doing it again adds what is new."""
    began = time.monotonic()
    try:
        with said_in_one_line():
            done = asyncio.run(import_file(file, find_settings(), skip_bad=skip_bad))
            if numbers is not None:
                _write_numbers(numbers, done.numbered)
    except KeyboardInterrupt:
        console.print("Interrupted. What is in is in whole: run it again to go on.")
        raise typer.Exit(130) from None
    _say(done, seconds=time.monotonic() - began)
    if done.imported is None or done.imported.refused:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a file. `bad` is where the rows of wrong cases were written to."""

    reading: Reading
    flaws: Sequence[Flaw]
    numbered: Sequence[CaseRows] = ()
    imported: Imported | None = None  # None: nothing was, because of the flaws
    bad: Path | None = None
    set_aside: int = 0


async def import_file(file: Path, given: Settings, *, skip_bad: bool = False) -> Done:
    """Read, check, append. Raises CannotStart."""
    now = datetime.now(UTC)
    with progress_shown(console, "rows") as report, _failures_in_words():
        reading = read(file, now, lambda done, of: report("read", done, of))
        services = sorted({case.key.service for case in reading.cases})
        async with opened(given, services) as doors:
            for door in doors.values():
                await door.check_key()
            work = Import(doors, given.secrets, now)
            new, refused = await work.check(reading.cases, report)
            flaws = [*reading.flaws, *(flaw for _, flaw in refused)]
            wrong = [*reading.left_out, *(row.line for case, _ in refused for row in case.rows)]
            if flaws and not skip_bad:
                return Done(reading, flaws, set_aside=len(wrong))
            bad = _set_aside(file, wrong) if wrong else None
            imported = await work.append(new, report)
    left_out = {case.key for case, _ in refused}
    numbered = [case for case in reading.cases if case.key not in left_out]
    return Done(reading, [*flaws, *imported.refused], numbered, imported, bad, len(wrong))


def _set_aside(file: Path, lines: Iterable[int]) -> Path:
    """Before anything is imported, so that no row can be in neither place."""
    bad = file.with_name(f"{file.stem}.bad.csv")
    copy_lines(file, bad, set(lines))
    return bad


def _write_numbers(path: Path, cases: Iterable[CaseRows]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("service", "case", "number"))
        writer.writerows((case.key.service, case.key.case, case.number) for case in cases)


def _say(done: Done, *, seconds: float) -> None:
    flaws = sorted(done.flaws, key=attrgetter("line"))
    for flaw in flaws[:FLAWS_SHOWN_MAX]:
        console.print(str(flaw), style="red")
    if len(flaws) > FLAWS_SHOWN_MAX:
        console.print(f"… and {len(flaws) - FLAWS_SHOWN_MAX:,} more", style="red")
    rows, imported = done.reading.rows, done.imported
    if imported is None:
        said = f"{len(flaws):,} flaws in cases of {done.set_aside:,} of {rows:,} rows"
        console.print(f"Nothing was imported: {said}.")
        return
    known = rows - imported.rows - imported.rows_refused - done.set_aside
    console.print(
        f"{imported.rows:,} rows of {imported.cases:,} cases imported in {seconds:.1f} s;"
        f" {known:,} rows were there already."
    )
    if done.bad is not None:
        console.print(f"{done.set_aside:,} rows were left out: mend them in {done.bad}")


@contextmanager
def _failures_in_words() -> Iterator[None]:
    """What stops an import, as `CannotStart`."""
    failures: list[BaseException] = []
    try:
        yield
    except* (EventLogError, Unreadable, WrongMasterKey) as group:
        failures = list(group.exceptions)
    if failures:
        raise CannotStart(str(failures[0])) from failures[0]

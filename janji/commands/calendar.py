"""`janji calendar`: the working calendar, and the decrees that amend it.

It stores a new version in the database of each service, first in that of the projections, so that
they know it before any event refers to it. Running services load it and re-evaluate their open
cases; this command shows their progress. It can be interrupted and run again with the same file.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.failures import CannotStart
from janji.case_services import CASE_SERVICES
from janji.commands.failures import errors_in_one_line
from janji.installation import (
    failures_as_cannot_start,
    find_installation,
    progress_bars,
    today,
)
from services.projections.replay.generation_builder import Report
from shared.calendars.store import CalendarStore, SweepProgress
from shared.eventstore.codec import Codec
from shared.eventstore.database import READ_SECONDS
from shared.eventstore.reader import LogReader
from shared.postgres.connection import connected
from shared.promise.amending import check_amendment
from shared.promise.calendar_year import Year, year_in
from shared.promise.data_file import WrongData
from shared.promise.standard import DATA
from shared.promise.working_days import Calendar

FILE_BYTES_MAX = 256 * 1024  # as in the table; a year takes 5 KiB
LOOK_SECONDS = 0.2
STALLED_SECONDS = 30.0  # a running service checks every two
PAGE_EVENTS = 1_000
ROWS_MAX = 20
IS_PROJECTIONS = "select to_regclass('public.projection_live') is not null"

BY_OWNER = "who alone may bring a calendar that every service counts by"

File = Annotated[
    Path, typer.Argument(help="YEAR.toml: a year with its old versions and a new one.")
]
OneYear = Annotated[int | None, typer.Argument(help="The file to write a new version into.")]
Moves = Counter[tuple[str | None, str | None]]

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


@app.callback()
def _options() -> None:
    """The working calendar: which days are off, by which decree."""


@app.command()
def show(year: OneYear = None) -> None:
    """Show the years in force and the progress of the sweeps over open cases; or YEAR's file."""
    with errors_in_one_line(), _failures():
        asyncio.run(_show() if year is None else _show_file(year))


@app.command()
def apply(file: File) -> None:
    """Put a new version of a year in force, and show which due dates it moves."""
    with errors_in_one_line(), _failures():
        content = _read(file)
        is_done = asyncio.run(_apply(file.name, content))
    if not is_done:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class CalendarDatabase:
    """The calendar in one service's database; `log` is None for the projections."""

    service: str
    store: CalendarStore
    log: LogReader | None

    async def sweep(self, part: str) -> SweepProgress | None:
        """The latest sweep with this version of a year (`2026.2`)."""
        for sweep in await self.store.sweeps():
            if part in sweep.calendar.split("+"):
                return sweep
        return None


# Putting it in force.


def _read(file: Path) -> bytes:
    """Read the file, up to the largest size of a year."""
    with file.open("rb") as opened:
        content = opened.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise WrongData(file.name, "", f"is longer than {FILE_BYTES_MAX} bytes")
    return content


async def _apply(name: str, content: bytes) -> bool:
    """Put the year in force; whether all services have re-evaluated their open cases."""
    year = year_in(name, content)
    part = f"{year.year}.{year.newest.number}"
    async with _places() as places:
        if await _put_in_force(places, year, content.decode()):
            console.print(f"{part} is in force: {year.newest.decree}")
        else:
            console.print(f"{part} was in force already: {year.newest.decree}")
        with progress_bars(console) as report:
            watched = [_watch(place, part, report) for place in places if place.log]
            are_done = await asyncio.gather(*watched)
        for place in places:
            if place.log:
                await _say_moves(place, part)
    return all(are_done)


async def _put_in_force(places: Sequence[CalendarDatabase], year: Year, text: str) -> bool:
    """In all databases or, if one refuses it, in none; whether it was new to any.

    An interruption leaves it in force in the first databases; the next run continues.
    """
    lacking = [place for place in places if await place.store.content(year) != text]
    for place in lacking:
        if not await place.store.may_apply():
            raise CannotStart(f"{place.service}: give the URL of the database's owner, {BY_OWNER}")
        present = (await place.store.calendar()).year(year.year)
        check_amendment(year, present, text=text, today=today())
    for place in lacking:
        if not await place.store.apply(year, text):
            number = f"{year.year}.{year.newest.number}"
            raise CannotStart(f"{place.service}: another {number} was applied meanwhile")
    return bool(lacking)


# Watching the services.


async def _watch(place: CalendarDatabase, part: str, report: Report) -> bool:
    """Wait until the service has re-evaluated its cases; False if it makes no progress."""
    assert place.log is not None
    loop = asyncio.get_running_loop()
    reached, since = -1, loop.time()
    while True:
        sweep = await place.sweep(part)
        position = sweep.position if sweep else -1
        head = (await place.log.head()).position
        if sweep and sweep.finished_at:
            report(place.service, head, head)  # the rest are its own events
            return True
        report(place.service, max(position, 0), head)
        if position != reached:
            reached, since = position, loop.time()
        elif loop.time() - since > STALLED_SECONDS:
            console.print(
                f"{place.service} is not running; it re-evaluates its open cases on start"
            )
            return False
        await asyncio.sleep(LOOK_SECONDS)


async def _say_moves(place: CalendarDatabase, part: str) -> None:
    sweep = await place.sweep(part)
    moves = await _moves(place, sweep) if sweep else Moves()
    cases = moves.total()
    console.print(f"{place.service}: {cases:,} due date{'' if cases == 1 else 's'} moved")
    if not moves:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("From")
    table.add_column("To")
    table.add_column("Cases", justify="right")
    for (before, after), count in sorted(moves.items(), key=_by_date)[:ROWS_MAX]:
        table.add_row(before or "unknown", after or "unknown", f"{count:,}")
    console.print(table)
    if len(moves) > ROWS_MAX:
        console.print(f"and {len(moves) - ROWS_MAX} more pairs of dates")


async def _moves(place: CalendarDatabase, sweep: SweepProgress) -> Moves:
    """The moves of due dates with their counts, read from the log."""
    assert place.log is not None
    topic = f"{place.service}.due_date_changed"
    codec = Codec([CASE_SERVICES[place.service].kind])
    moves, position = Moves(), sweep.first_position
    while page := await place.log.read(position, PAGE_EVENTS):
        for event in (codec.decode(each) for each in page if each.topic == topic):
            if event.clock["calendar"] == sweep.calendar:
                moves[event.due_on_before, event.clock["due_on"]] += 1
        position = page[-1].position
    return moves


def _by_date(move: tuple[tuple[str | None, str | None], int]) -> tuple[str, str]:
    (before, after), _ = move
    return before or "", after or ""


# Showing it.


async def _show() -> None:
    async with _places() as places:
        for place in places:
            calendar = await place.store.calendar()
            console.print(f"[bold]{place.service}[/bold]: {calendar.version}")
            sweep = next(iter(await place.store.sweeps()), None)
            if place.log and sweep:
                head = (await place.log.head()).position
                console.print(f"  cases re-evaluated up to {sweep.position:,} of {head:,}")
        console.print(_years(calendar))


async def _show_file(number: int) -> None:
    """Print the year in force, as it was applied or shipped."""
    async with _places() as places:
        year = (await places[0].store.calendar()).year(number)
        if year is None:
            raise CannotStart(f"nothing is known of {number}: begin a file with version 1")
        applied = await places[0].store.content(year)
    typer.echo(applied or _shipped(number), nl=False)


def _shipped(number: int) -> str:
    return (DATA / f"calendar/{number}.toml").read_text(encoding="utf-8")


def _years(calendar: Calendar) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("Year", "Version", "Provisional", "Decree"):
        table.add_column(heading)
    for part in calendar.version.split("+"):
        number = int(part.partition(".")[0])
        year = calendar.year(number)
        assert year is not None
        provisional = "yes" if calendar.is_provisional(date(number, 1, 1)) else "no"
        table.add_row(str(number), str(year.newest.number), provisional, year.newest.decree)
    return table


@asynccontextmanager
async def _places() -> AsyncIterator[Sequence[CalendarDatabase]]:
    """All databases, that of the projections first. Raises CannotStart, LogUnavailable."""
    installation = find_installation()
    if missing := [each for each in CASE_SERVICES if each not in installation.logs]:
        raise CannotStart(f"set JANJI_{missing[0].upper()}_DATABASE_URL: the calendar is for all")
    async with AsyncExitStack() as opened:
        url = installation.owners["projections"]
        await _check_projections(url)
        places = [
            CalendarDatabase(
                "projections", await opened.enter_async_context(CalendarStore(url)), None
            )
        ]
        for service in CASE_SERVICES:
            url = installation.owners[service]
            store = await opened.enter_async_context(CalendarStore(url))
            log = await opened.enter_async_context(LogReader(url, codec=Codec([])))
            places.append(CalendarDatabase(service, store, log))
        yield places


async def _check_projections(url: str) -> None:
    """Refuse another service's database, which the variable names in that service's container."""
    async with connected(url, name="janji calendar", answer_seconds=READ_SECONDS) as connection:
        is_theirs = await connection.fetchval(IS_PROJECTIONS)
    if not is_theirs:
        raise CannotStart("JANJI_DATABASE_URL: give that of the projection service")


@contextmanager
def _failures() -> Iterator[None]:
    """Report an invalid file in one line, like external failures."""
    with failures_as_cannot_start():
        try:
            yield
        except WrongData as refusal:
            raise CannotStart(str(refusal)) from refusal

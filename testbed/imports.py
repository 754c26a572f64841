"""Spreadsheets of an office, and the targets that they come in by.

It is Tuesday, 24 November 2026, 10:15 in Pontianak.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from janji.importing import logs
from janji.importing.cases import CaseRows, Decider, by_case
from janji.importing.imported_commands import ImportContext
from janji.importing.logs import ImportSettings
from janji.importing.numbers import Secrets
from janji.importing.parsed_file import SERVICE_IMPORTS, USES
from janji.importing.rows import InvalidRow, Row, Rows, Violation
from janji.importing.run import Importer, ImportTarget, ImportTotals
from janji.importing.table import COLUMNS, Record
from shared.eventstore.keys.keyring import MasterKey
from shared.eventstore.keys.master_keys import IMPORTS, LABELS
from shared.office_time import PONTIANAK
from shared.promise.agencies import load_agencies
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from testbed.databases import Database
from testbed.surface import NOW

MASTER_KEY = base64.b64encode(bytes(32)).decode()
SECRETS = Secrets(MasterKey(bytes(32)).derive(LABELS[IMPORTS]))
RULES = ImportContext(load_standards(), load_agencies(), load_calendar())

Cells = Mapping[str, str]

SUBMIT: Cells = {"kind": "password_reset", "agency": "DINKES", "channel": "counter"}
RECEIVE: Cells = {"channel": "whatsapp"}


def event(case: str, at: str, command: str, **cells: str) -> Cells:
    """A row of requests; `at` is of the wall of the office."""
    filled = {**SUBMIT, **cells} if command == "submit" else cells
    return {"case": case, "service": "requests", "at": on_the_wall(at), "command": command} | filled


def heard(case: str, at: str, command: str, **cells: str) -> Cells:
    """A row of complaints."""
    filled = {**RECEIVE, **cells} if command == "receive" else cells
    row = {"case": case, "service": "complaints", "at": on_the_wall(at), "command": command}
    return row | filled


def on_the_wall(at: str) -> str:
    return datetime.fromisoformat(at).replace(tzinfo=PONTIANAK).isoformat()


def answered(case: str, on: str = "2026-11-02", *, until: str = "confirm") -> list[Cells]:
    """A request that was answered on the day on which it came, up to a command."""
    commands = ("submit", "review", "approve", "process", "complete", "confirm")
    wanted = commands[: commands.index(until) + 1]
    return [event(case, f"{on} {9 + n:02}:00", command) for n, command in enumerate(wanted)]


def resolved(case: str) -> list[Cells]:
    """A complaint that was resolved on Tuesday 3 November."""
    return [
        heard(case, "2026-11-02 09:00", "receive"),
        heard(case, "2026-11-02 10:00", "classify", category="minor"),
        heard(case, "2026-11-02 10:05", "assign"),
        heard(case, "2026-11-03 10:00", "resolve"),
    ]


def spreadsheet(path: Path, rows: Sequence[Cells], *, delimiter: str = ",") -> Path:
    """Those rows as a file, the header on line 1."""
    columns = [column for column in COLUMNS if any(column in row for row in rows)]
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    path.write_text("".join(f"{delimiter.join(line)}\n" for line in lines))
    return path


def row(cells: Cells, line: int = 2, now: datetime = NOW) -> Row:
    """A row, its cells checked. Raises InvalidRow."""
    columns = list(cells)
    return Rows(columns, USES, now).row(Record(line, [cells[column] for column in columns]))


def violations(cells: Cells) -> list[tuple[str, str]]:
    """The columns and rules that the cells of a row break."""
    try:
        row(cells)
    except InvalidRow as wrong:
        return [(violation.column, violation.rule) for violation in wrong.violations]
    return []


def rows(cells: Sequence[Cells], now: datetime = NOW) -> list[Row]:
    return [row(each, line, now) for line, each in enumerate(cells, start=2)]


def decider(service: str, now: datetime = NOW) -> Decider:
    return Decider(SERVICE_IMPORTS[service], RULES, now)


def cases_of(*histories: Sequence[Cells]) -> list[CaseRows]:
    """Cases whose rows stand one after the other in a file."""
    return by_case(rows([cells for each in histories for cells in each]))


def settings_for(database: Callable[[str], Database]) -> ImportSettings:
    """Both services, each with a database of its own."""
    urls = {f"{service}_database_url": database(service).app_url for service in SERVICE_IMPORTS}
    return ImportSettings.model_validate({**urls, "master_key": MASTER_KEY})


def targets_with(given: ImportSettings) -> AbstractAsyncContextManager[Mapping[str, ImportTarget]]:
    """Of both services."""
    return logs.open_targets(given, SERVICE_IMPORTS)


def targets_of(
    database: Callable[[str], Database],
) -> AbstractAsyncContextManager[Mapping[str, ImportTarget]]:
    """Of both services, each with a log of its own."""
    return targets_with(settings_for(database))


async def imported(
    targets: Mapping[str, ImportTarget], cases: Sequence[CaseRows], now: datetime = NOW
) -> ImportTotals:
    """All of these cases, none of them refused."""
    work = Importer(targets, now)
    new, refused = await work.check(cases)
    assert refused == {}
    done = await work.append(new)
    assert done.refused == []
    return done


async def refusals(
    targets: Mapping[str, ImportTarget], cases: Sequence[CaseRows]
) -> list[Violation]:
    """What is wrong with these cases; nothing is imported."""
    _, refused = await Importer(targets, NOW).check(cases)
    return [violation for found in refused.values() for violation in found]


async def history(target: ImportTarget) -> list[Any]:
    """The events of a log, in order, without what is personal."""
    return [target.codec.decode(recorded) for recorded in await target.log.read(0, 10_000)]

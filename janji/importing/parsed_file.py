"""A parsed file: its cases, and the violations of its rows. Next: `run.py` checks the cases."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from janji.importing.cases import CaseRows, by_case
from janji.importing.complaint_commands import COMPLAINTS
from janji.importing.request_commands import REQUESTS
from janji.importing.rows import InvalidRow, Row, Rows, Violation
from janji.importing.table import Progress, Unreadable, opened
from shared.spreadsheet import write_csv

SERVICE_IMPORTS = {history.service.name: history for history in (REQUESTS, COMPLAINTS)}
USES = {service: history.uses for service, history in SERVICE_IMPORTS.items()}


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The cases whose rows are all valid, and the violations in the other cases.

    `skipped_lines` are all lines of the other cases, since a case without one of its rows would be
    another case. `undecided` are their rows, as far as they can be read.
    """

    cases: Sequence[CaseRows]
    violations: Sequence[Violation]
    skipped_lines: Collection[int]
    rows: int
    undecided: Sequence[Row] = ()


def parse(path: Path, now: datetime, progress: Progress = lambda *_: None) -> ParsedFile:
    """Parse the whole file. Raises OSError, Unreadable."""
    violations: list[Violation] = []
    skipped_lines: set[int] = set()
    undecided: list[Row] = []
    invalid_cases: set[str] = set()  # keys of cases, of both services if the row names none

    def valid_rows() -> Iterator[Row]:
        with opened(path, progress) as table:
            rows = Rows(table.columns, USES, now)
            for record in table.records:
                try:
                    yield rows.row(record)
                except InvalidRow as wrong:
                    violations.extend(wrong.violations)
                    skipped_lines.add(record.line)
                    undecided.append(wrong.row)
                    invalid_cases.add(wrong.row.case)

    cases = by_case(valid_rows())
    sound = [case for case in cases if case.key.case not in invalid_cases]
    undecided += [row for case in cases if case.key.case in invalid_cases for row in case.rows]
    skipped_lines |= {row.line for row in undecided}
    rows_read = len(skipped_lines) + sum(len(case.rows) for case in sound)
    if not rows_read:
        raise Unreadable(path, "holds no rows under its header")
    told = [row for row in undecided if row.service in SERVICE_IMPORTS]
    return ParsedFile(sound, violations, skipped_lines, rows_read, told)


def copy_lines(path: Path, to: Path, lines: Collection[int]) -> None:
    """Write those rows to a file of the same format, to be corrected and imported again."""
    with opened(path) as table, to.open("w", encoding="utf-8-sig", newline="") as file:
        told = (record.cells for record in table.records if record.line in lines)
        write_csv(file, chain([table.header], told), delimiter=table.delimiter)

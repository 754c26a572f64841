"""A file as the cases that it tells of, and what is wrong with its rows.

Next: `run.py` has the cases decided and appended.
"""

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from janji.importing.cases import CaseRows, by_case
from janji.importing.complaint_commands import COMPLAINTS
from janji.importing.request_commands import REQUESTS
from janji.importing.rows import InvalidRow, Row, Rows, Violation
from janji.importing.table import Progress, Unreadable, opened

HISTORIES = {history.service.name: history for history in (REQUESTS, COMPLAINTS)}
USES = {service: history.uses for service, history in HISTORIES.items()}


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The cases of which every row can be read, and the flaws of the others' rows.

    `left_out` are the lines of cases with a flaw. A case that lacks a row is not the same case.
    `undecided` are their rows, as far as they can be read.
    """

    cases: Sequence[CaseRows]
    flaws: Sequence[Violation]
    left_out: Collection[int]
    rows: int
    undecided: Sequence[Row] = ()


def parse(path: Path, now: datetime, progress: Progress = lambda *_: None) -> ParsedFile:
    """All of the file. Raises OSError, Unreadable."""
    flaws: list[Violation] = []
    left_out: set[int] = set()
    undecided: list[Row] = []
    spoilt: set[str] = set()  # keys of cases; of either service, if that can't be told

    def sound_rows() -> Iterator[Row]:
        with opened(path, progress) as table:
            rows = Rows(table.columns, USES, now)
            for record in table.records:
                try:
                    yield rows.row(record)
                except InvalidRow as wrong:
                    flaws.extend(wrong.flaws)
                    left_out.add(record.line)
                    undecided.append(wrong.row)
                    spoilt.add(wrong.row.case)

    cases = by_case(sound_rows())
    sound = [case for case in cases if case.key.case not in spoilt]
    undecided += [row for case in cases if case.key.case in spoilt for row in case.rows]
    left_out |= {row.line for row in undecided}
    rows_read = len(left_out) + sum(len(case.rows) for case in sound)
    if not rows_read:
        raise Unreadable(path, "holds no rows under its header")
    told = [row for row in undecided if row.service in HISTORIES]
    return ParsedFile(sound, flaws, left_out, rows_read, told)


def copy_lines(path: Path, to: Path, lines: Collection[int]) -> None:
    """Write those rows into a file of the same form, to be mended and imported again."""
    with opened(path) as table, to.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=table.delimiter)
        writer.writerow(table.header)
        writer.writerows(record.cells for record in table.records if record.line in lines)

"""A CSV file as rows of cells, each with its line; any other file is refused in one line.

UTF-8, with or without a byte order mark; commas, semicolons (as Excel writes them where a comma
is the decimal sign) or tabs. Blank rows are skipped.
"""

import csv
from _csv import Reader
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from shared.spreadsheet import without_escape

REQUIRED = ("case", "service", "at", "command")
OPTIONAL = (
    "kind",
    "agency",
    "channel",
    "category",
    "reason",
    "text",
    "to",
    "reference",
    "assignee",
    "of",
    "score",
    "letter_number",
    "letter_date",
    "signed_by",
    "accounts",
)
COLUMNS = (*REQUIRED, *OPTIONAL)

NAME_SHOWN_MAX = 40

DELIMITERS = (",", ";", "\t")
OTHER_FORMATS = {
    b"PK\x03\x04": "a workbook",
    b"\xd0\xcf\x11\xe0": "a workbook",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
SAVE_AS = "save the sheet as “CSV UTF-8”"
NOT_UTF_8 = f"is not UTF-8: {SAVE_AS}"
REPORT_EVERY_ROWS = 1_000

Cells = Sequence[str]
Progress = Callable[[int, int], None]
"""Called with the number of rows read, and the approximate total."""


class Unreadable(Exception):
    """The file is no table of history; the message says in one line where, and the remedy."""

    def __init__(self, path: Path, words: str, line: int | None = None) -> None:
        place = path.name if line is None else f"{path.name}, line {line}"
        super().__init__(f"{place}: {words}")


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the file; `line` is its first line, and the header's is 1."""

    line: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The file's header, the columns that it names, and the records below."""

    header: Cells
    columns: Sequence[str]
    delimiter: str
    records: Iterator[Record]


@contextmanager
def opened(path: Path, progress: Progress = lambda *_: None) -> Iterator[CsvTable]:
    """The table in a file, until the block ends. Raises OSError, and Unreadable as it is read."""
    _check_format(path)
    with TextIOWrapper(path.open("rb"), encoding="utf-8-sig", newline="") as text:
        delimiter = _delimiter(path, text)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        size = path.stat().st_size

        def report(rows: int) -> None:
            progress(rows, rows * size // max(text.buffer.tell(), 1))

        records = _records(path, reader, report)
        header = next(records, None)
        if header is None:
            raise Unreadable(path, "is empty")
        yield CsvTable(header.cells, _columns(path, header), delimiter, records)


def _delimiter(path: Path, text: TextIOWrapper) -> str:
    """The most frequent delimiter of the first line."""
    try:
        first_line = text.readline()
    except UnicodeDecodeError:
        raise Unreadable(path, NOT_UTF_8, _first_undecodable(path)) from None
    text.seek(0)
    return max(DELIMITERS, key=first_line.count)


def _check_format(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise Unreadable(path, "is empty")
    for mark, name in OTHER_FORMATS.items():
        if start.startswith(mark):
            raise Unreadable(path, f"is {name}: {SAVE_AS}")


def _records(path: Path, reader: Reader, report: Callable[[int], None]) -> Iterator[Record]:
    line, count = 1, 0
    try:
        for count, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield Record(line, [without_escape(cell) for cell in cells])
            line = reader.line_num + 1
            if count % REPORT_EVERY_ROWS == 0:
                report(count)
    except UnicodeDecodeError:
        raise Unreadable(path, NOT_UTF_8, _first_undecodable(path)) from None
    except csv.Error as error:
        raise Unreadable(path, f"broken CSV, {error}", line) from None
    report(count)


def _first_undecodable(path: Path) -> int:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1


def _columns(path: Path, header: Record) -> Sequence[str]:
    columns = [name.strip().lower() for name in header.cells]
    for name in columns:
        if name not in COLUMNS:
            named = f"column {name[:NAME_SHOWN_MAX]!r}" if name else "a column without a name"
            known = ", ".join(COLUMNS)
            raise Unreadable(path, f"{named} is unknown; there are {known}", header.line)
        if columns.count(name) > 1:
            raise Unreadable(path, f"column {name} is there twice", header.line)
    for name in REQUIRED:
        if name not in columns:
            raise Unreadable(path, f"column {name} is missing", header.line)
    return columns

"""The rows of `requests.csv`; an invalid cell is refused by line and column."""

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NoReturn

FLAGS = ("waited", "rejected", "backdated", "imported", "provisional")
DAYS = ("days_used", "days_elapsed")
AGES = {"overdue": "overdue_days", "waiting": "waiting_days"}
COLUMNS = (
    *("id", "kind", "received_on", "due_on", "ended_on", "state", *DAYS, *FLAGS),
    *("imported_on", *AGES.values(), "period", "as_of"),
)

DIGITS_MAX = 6
OFFICE = timedelta(hours=7)  # Pontianak, after UTC
LARGE_BYTES = 10_000_000  # larger files report progress
ROWS_A_REPORT = 50_000


class Refused(Exception):
    """The input can't be counted or compared."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One line of the table. Its methods parse a cell, or refuse it by its column."""

    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        return self.cells[column] or self.refuse(column, "must not be empty")

    def truth(self, column: str) -> bool:
        text = self.cells[column].lower()  # a spreadsheet writes TRUE
        return text == "true" if text in ("true", "false") else self.refuse(column, "is no truth")

    def number(self, column: str) -> int:
        text = self.cells[column]
        is_whole = text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX
        return int(text) if is_whole else self.refuse(column, "is no whole number")

    def day(self, column: str) -> date:
        return day(self.cells[column]) or self.refuse(column, "is no day like 2026-11-24")

    def day_of_instant(self, column: str) -> date:
        """The day at the office of an instant in UTC."""
        at = office_day(self.cells[column])
        return at or self.refuse(column, "is no instant like 2026-11-24T03:00:00Z")

    def given(self, column: str, *, only_if: bool, what: str) -> None:
        """Refuse the cell unless it is filled exactly if it must be."""
        if (self.cells[column] != "") != only_if:
            self.refuse(column, f"doesn't fit {what}")

    def refuse(self, column: str, why: str) -> NoReturn:
        raise Refused(f"line {self.line}, {column}: {self.cells[column]!r} {why}")


@cache
def day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None


@cache
def office_day(text: str) -> date | None:
    try:
        return (datetime.fromisoformat(text) + OFFICE).date()
    except (OverflowError, ValueError):
        return None


def rows_of(path: Path) -> Iterator[CsvRow]:
    """The rows of the file. Raises Refused for any other table, and OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        reader = csv.reader(io.TextIOWrapper(file, "utf-8-sig", newline=""), strict=True)
        try:
            header = _header(next(reader, []))
            for count, cells in enumerate(reader, start=1):
                if not cells:  # an empty line
                    continue
                if len(cells) != len(header):
                    raise Refused(f"line {reader.line_num}: {len(cells)} of {len(header)} cells")
                yield CsvRow(reader.line_num, dict(zip(header, cells, strict=True)))
                if size >= LARGE_BYTES and count % ROWS_A_REPORT == 0:
                    print(f"\r{file.tell() / size:4.0%} read", end="", file=sys.stderr, flush=True)
        except (csv.Error, UnicodeDecodeError) as error:
            raise Refused(f"from line {reader.line_num} on: {error}") from error
    if size >= LARGE_BYTES:
        print("\r100% read", file=sys.stderr)


def _header(cells: Sequence[str]) -> Sequence[str]:
    """Unknown columns, of a newer release, are ignored."""
    for column in COLUMNS:
        if cells.count(column) != 1:
            how = "stands twice" if column in cells else "is missing"
            raise Refused(f"line 1, {column}: this column {how}")
    return cells

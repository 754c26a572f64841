"""The one writer of CSV: no cell that it writes is taken for a formula by a spreadsheet.

A formula in a cell can send a row elsewhere or start a program when somebody opens the file. A cell
that begins like one gets an apostrophe in front, which spreadsheets take for "this is text".
"""

import csv
import unicodedata
from collections.abc import Iterable
from typing import Any, TextIO

SIGNS = frozenset("=+-@")  # also in full width, small, or behind white space: they are read alike
BREAKS = ("\t", "\r", "\n")  # in front of anything: they begin a new cell in what is pasted
MARK = "'"


def write_csv(
    file: TextIO, rows: Iterable[Iterable[Any]], *, delimiter: str = ",", line_end: str = "\r\n"
) -> None:
    """None is an empty cell, a boolean is `true` or `false`."""
    writer = csv.writer(file, delimiter=delimiter, lineterminator=line_end)
    writer.writerows([_cell(value) for value in row] for row in rows)


def escape_formula(text: str) -> str:
    """Text that no spreadsheet reads as a formula."""
    return MARK + text if _begins_formula(text) else text


def without_escape(text: str) -> str:
    """The text that was escaped."""
    return text[1:] if text.startswith(MARK) and _begins_formula(text[1:]) else text


def _begins_formula(text: str) -> bool:
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return first in SIGNS or text.startswith(BREAKS)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape_formula(value) if isinstance(value, str) else value

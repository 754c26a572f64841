"""The figures of a period as a workbook: a sheet a table, real numbers and dates in its cells.

Texts are in Indonesian first and in English. The same figures give the same bytes: the workbook's
time of creation is the time of the figures. `workbook_sheets.py` has the sheets.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any, TypeAlias

import xlsxwriter

from services.projections.api.downloads.workbook_sheets import Share, Sheet, sheets_of
from shared.office_time import PONTIANAK
from shared.promise.standard import Standard
from shared.spreadsheet import escape_formula

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Formats: TypeAlias = Mapping[str, Any]

# Nothing is written to a file, and no cell changes its type.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def workbook(statistics: Mapping[str, Any], standard: Standard) -> bytes:
    """`statistics` as in the JSON; `standard` has the names of kinds and channels."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        book.set_properties({"title": standard.title.id, "created": _local(statistics["as_of"])})
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "rate": book.add_format({"num_format": "0.0 %"}),
        }
        for sheet in sheets_of(statistics, standard):
            _write(book.add_worksheet(sheet.name), sheet, formats)
    return content.getvalue()


def _write(page: Any, sheet: Sheet, formats: Formats) -> None:
    for column, title in enumerate(sheet.head):
        page.write_string(0, column, title, formats["head"])
    for row, values in enumerate(sheet.rows, start=1):
        for column, value in enumerate(values):
            _write_cell(page, row, column, value, formats)
    page.freeze_panes(1, 0)
    page.autofit()


def _write_cell(page: Any, row: int, column: int, value: Any, formats: Formats) -> None:
    """None is an empty cell. An instant is written in the office's time: a spreadsheet has no
    time zones."""
    match value:
        case None:
            pass
        case bool():
            page.write_boolean(row, column, value)
        case Share():
            page.write_number(row, column, value, formats["rate"])
        case int() | float():
            page.write_number(row, column, value)
        case dt.datetime():
            page.write_datetime(row, column, _naive(value), formats["instant"])
        case dt.date():
            page.write_datetime(row, column, value, formats["date"])
        case _:
            page.write_string(row, column, escape_formula(str(value)))


def _local(text: str) -> dt.datetime:
    return _naive(dt.datetime.fromisoformat(text))


def _naive(value: dt.datetime) -> dt.datetime:
    return value.astimezone(PONTIANAK).replace(tzinfo=None, microsecond=0)

"""No cell is a formula, however its sign is written; everything else is as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.spreadsheet import escape_formula, without_escape, write_csv

FORMULAS = [
    *(f"{sign}SUM(A1:A9)" for sign in "=+-@＝＋－＠﹦﹢﹣﹫"),
    *("\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u3000＝1", "=", "-0561 736541"),
]
HARMLESS = ["", "Siti", "800/1", "a=b", "'quoted'", " ", "０", "(-1)", "dinkes@kalbarprov.go.id"]


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_cell_that_a_spreadsheet_takes_for_a_formula_is_text(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert escape_formula(text) == text


@given(text=st.text(max_size=20))
def test_cells_are_read_back_as_they_were(text: str) -> None:
    if not text.startswith("'"):
        assert without_escape(escape_formula(text)) == text


def test_cells_of_every_type_are_written() -> None:
    file = io.StringIO()

    write_csv(file, [["a", "b", "c"], [None, True, -1.5], ["＝1", 'x"y', "-1"]])

    assert list(csv.reader(io.StringIO(file.getvalue()))) == [
        ["a", "b", "c"],
        ["", "true", "-1.5"],
        ["'＝1", 'x"y', "'-1"],
    ]

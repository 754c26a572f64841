"""A table that can't be counted is refused in one line, which names line and column."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from janji.recounting.comparison import compared, counted
from janji.recounting.table import COLUMNS, Refused

Cells = Mapping[str, str]

ON_TIME: Cells = dict.fromkeys(COLUMNS, "") | {
    "id": "0" * 24,
    "kind": "password_reset",
    "received_on": "2026-11-02",
    "due_on": "2026-11-03",
    "ended_on": "2026-11-03",
    "state": "on_time",
    "days_used": "1",
    "days_elapsed": "1",
    "waited": "false",
    "rejected": "false",
    "backdated": "false",
    "imported": "false",
    "provisional": "false",
    "period": "2026-11",
    "as_of": "2026-11-24T03:00:00Z",
}
OVERDUE: Cells = {"state": "overdue", "ended_on": "", "overdue_days": "3"}
OPEN: Cells = {"state": "running", "ended_on": ""}
WAITING: Cells = {"state": "waiting", "ended_on": "", "due_on": "", "waiting_days": "2"}


def written(folder: Path, *rows: Cells, columns: tuple[str, ...] = COLUMNS) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**ON_TIME, "id": f"{number:024}", **row} for number, row in enumerate(rows))
    path = folder / "requests.csv"
    path.write_text(text.getvalue(), newline="")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        counted(path)
    return str(refused.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    others = tuple(each for each in COLUMNS if each != column)

    assert refusal(written(tmp_path, {}, columns=others)) == (
        f"line 1, {column}: this column is missing"
    )


@pytest.mark.parametrize(
    ("cells", "column", "why"),
    [
        ({"id": ""}, "id", "must not be empty"),
        ({"id": f"{0:024}"}, "id", "stands twice"),
        ({"kind": ""}, "kind", "must not be empty"),
        ({"received_on": "2 Nov"}, "received_on", "is no day"),
        ({"received_on": "20261102"}, "received_on", "is no day"),
        ({"received_on": "2026-12-01"}, "received_on", "lies outside of 2026-11"),
        ({"received_on": "2025-11-02"}, "received_on", "lies outside of 2026-11"),
        ({"due_on": "2026-02-30"}, "due_on", "is no day"),
        ({"due_on": ""}, "due_on", "doesn't fit the state on_time"),
        ({"due_on": "2026-11-02"}, "due_on", "doesn't fit the state on_time"),
        ({"state": "late"}, "due_on", "doesn't fit the state late"),
        ({**OVERDUE, "due_on": "2026-11-01"}, "due_on", "lies before the receipt on 2026-11-02"),
        ({**OVERDUE, "due_on": "2026-11-24"}, "overdue_days", "doesn't fit a due date 0 days ago"),
        ({**OVERDUE, "overdue_days": "22"}, "overdue_days", "doesn't fit a due date 21 days ago"),
        ({**OVERDUE, "overdue_days": "0"}, "overdue_days", "doesn't fit a due date 21 days ago"),
        ({"ended_on": "2019-01-01"}, "ended_on", "lies before the receipt on 2026-11-02"),
        ({"state": "withdrawn", "ended_on": "2026-11-25"}, "ended_on", "lies after 2026-11-24"),
        ({"imported": "true", "imported_on": "2027-01-01"}, "imported_on", "lies after 2026-11-24"),
        ({**OPEN, "days_used": "2"}, "days_used", "is more than the 1 days that went by"),
        ({**OPEN, "days_elapsed": "24"}, "days_elapsed", "is more than there were from 2026-11-02"),
        ({**OVERDUE, "due_on": ""}, "due_on", "doesn't fit the state overdue"),
        ({"ended_on": ""}, "ended_on", "doesn't fit the state on_time"),
        ({"state": "running"}, "ended_on", "doesn't fit the state running"),
        ({"state": ""}, "state", "must not be empty"),
        ({"state": "lost"}, "state", "is no state"),
        ({"days_used": "-1"}, "days_used", "is no whole number"),
        ({"days_used": "1.0"}, "days_used", "is no whole number"),
        ({"days_used": "9" * 5_000}, "days_used", "is no whole number"),
        ({"days_elapsed": ""}, "days_elapsed", "is no whole number"),
        ({"waited": "ya"}, "waited", "is no truth"),
        ({"imported": "true"}, "imported_on", "doesn't fit `imported`"),
        ({"imported_on": "2026-11-24"}, "imported_on", "doesn't fit `imported`"),
        ({**OVERDUE, "overdue_days": ""}, "overdue_days", "doesn't fit the state overdue"),
        ({"overdue_days": "3"}, "overdue_days", "doesn't fit the state on_time"),
        ({**WAITING, "waiting_days": ""}, "waiting_days", "doesn't fit the state waiting"),
        ({**WAITING, "waiting_days": "x"}, "waiting_days", "is no whole number"),
        ({"period": "2026"}, "period", "is another period than 2026-11"),
        ({"as_of": "2026-11-25T03:00:00Z"}, "as_of", "is another instant than"),
    ],
)
def test_a_bad_cell_is_named_with_its_line(
    tmp_path: Path, cells: Cells, column: str, why: str
) -> None:
    said = refusal(written(tmp_path, {}, cells))

    assert said.startswith(f"line 3, {column}: ")
    assert why in said
    assert "\n" not in said


@pytest.mark.parametrize("period", ["November", "2026-13", "2026-Q5", "26"])
def test_a_period_that_is_none_is_refused(tmp_path: Path, period: str) -> None:
    assert refusal(written(tmp_path, {"period": period})).startswith("line 2, period: ")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ((b"false,false,false,false", b"false,false"), "line 2: 16 of 18 cells"),
        ((b"password_reset", b"\xff\xfe"), "from line"),
        ((b",password_reset", b',"password"_reset'), "from line 2 on"),
        ((b",", b";"), "line 1, id: this column is missing"),
    ],
)
def test_file_that_is_no_table_is_refused(
    tmp_path: Path, change: tuple[bytes, bytes], line: str
) -> None:
    path = written(tmp_path, {})
    path.write_bytes(path.read_bytes().replace(*change))

    assert line in refusal(path)


def test_table_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    """A mark at the beginning, truths in capitals, an empty last line, a column more."""
    path = written(tmp_path, {"waited": "TRUE"}, {})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\r\n")

    figures = counted(path).figures()

    assert (figures["received"], figures["waited"]) == (2, 1)


def test_statistics_of_another_period_are_refused(tmp_path: Path) -> None:
    count = counted(written(tmp_path, {}))
    theirs: dict[str, Any] = {"period": "2026", "as_of": "", "block": {"target_rate": 1.0}}

    with pytest.raises(Refused, match="are of 2026, the table of 2026-11"):
        compared(count, theirs)


def test_the_ages_are_those_of_the_oldest(tmp_path: Path) -> None:
    older = {**OVERDUE, "overdue_days": "11"}, {**WAITING, "waiting_days": "9"}

    figures = counted(written(tmp_path, OVERDUE, *older, WAITING)).figures()

    assert (figures["oldest_overdue_days"], figures["oldest_waiting_days"]) == (11, 9)


@pytest.mark.parametrize(
    ("cells", "voided_overdue"),
    [
        ({"ended_on": "2026-11-03"}, 0),
        ({"ended_on": "2026-11-04"}, 1),
        ({"ended_on": "2026-11-04", "due_on": ""}, 0),
    ],
)
def test_a_voided_case_is_in_no_count_but_its_own(
    tmp_path: Path, cells: Cells, voided_overdue: int
) -> None:
    figures = counted(written(tmp_path, {"state": "voided", "waited": "true", **cells})).figures()

    assert (figures["voided"], figures["voided_overdue"]) == (1, voided_overdue)
    assert (figures["received"], figures["waited"], figures["days_used"]["max"]) == (0, 0, None)


def test_verdict_is_absent_for_undecreed_days(tmp_path: Path) -> None:
    decreed = counted(written(tmp_path, {}))
    undecreed = counted(written(tmp_path, {}, {"provisional": "true"}))
    nothing = counted(written(tmp_path, WAITING))

    assert [each.target_met(1.0) for each in (decreed, undecreed, nothing)] == [True, None, None]


def test_an_instant_that_is_none_is_named(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, {"as_of": "today"})).startswith("line 2, as_of: 'today' is no")

"""History of past years: reckoned by their decrees, and refused where there is none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from janji.importing.cases import Decider, InvalidCase, by_case
from janji.importing.parsed_file import SERVICE_IMPORTS
from janji.importing.rows import Violation
from shared.promise.working_days import Calendar, load_calendar
from testbed.imports import RULES, Cells, answered, event, rows
from testbed.surface import NOW
from tests.support.clocks.data_files import DataFiles

NUMBER = "PRM-0000-0000-0"
EID_2023 = [
    event("P-1", "2023-04-18 09:00", "submit"),
    event("P-1", "2023-04-18 10:00", "review"),
    event("P-1", "2023-04-18 11:00", "approve"),
    event("P-1", "2023-04-18 12:00", "process"),
    event("P-1", "2023-04-26 09:00", "complete"),
    event("P-1", "2023-04-26 10:00", "confirm"),
]


def without(year: int, folder: Path) -> Calendar:
    data = DataFiles(folder / "data")
    (data.folder / f"calendar/{year}.toml").unlink()
    return load_calendar(data.folder)


def decided(
    cells: Sequence[Cells], calendar: Calendar = RULES.calendar, now: datetime = NOW
) -> list[Any]:
    """The events of the case that these rows tell. Raises InvalidCase."""
    (case,) = by_case(rows(cells, now))
    case.number = NUMBER
    decider = Decider(SERVICE_IMPORTS["requests"], replace(RULES, calendar=calendar), now)
    request = decider.decide(case, ()).case
    return list(request.collect_events()) if request else []


def refused_by(calendar: Calendar, cells: Sequence[Cells], now: datetime = NOW) -> Violation:
    with pytest.raises(InvalidCase) as refused:
        decided(cells, calendar, now)
    (found,) = refused.value.violations
    return found


def test_a_past_year_is_reckoned_by_its_decrees() -> None:
    """The leave around Eid al-Fitr 2023 was moved: 26 April is the next working day."""
    confirmed = decided(EID_2023)[-1].clock

    assert confirmed["due_on"] == "2023-04-26"
    assert (confirmed["state"], confirmed["days_used"]) == ("on_time", 1)
    assert not confirmed["provisional"]


def test_a_row_of_a_past_year_without_a_calendar_is_refused(tmp_path: Path) -> None:
    found = refused_by(without(2023, tmp_path), EID_2023)

    assert (found.line, found.column, found.rule) == (2, "at", "calendar_known")
    assert "2023" in found.detail.id
    assert "janji calendar apply" in found.detail.id


def test_a_case_that_goes_on_in_such_a_year_is_refused_at_that_row(tmp_path: Path) -> None:
    cells = [
        event("P-1", "2022-12-28 09:00", "submit"),
        event("P-1", "2022-12-28 10:00", "return"),
        event("P-1", "2023-01-03 09:00", "resubmit"),
    ]

    found = refused_by(without(2023, tmp_path), cells)

    assert (found.line, found.column, found.rule) == (4, "at", "calendar_known")


def test_a_row_that_only_lets_the_clock_run_on_is_refused_too(tmp_path: Path) -> None:
    cells = [
        event("P-1", "2022-12-28 09:00", "submit"),
        event("P-1", "2023-01-03 09:00", "review"),
    ]

    found = refused_by(without(2023, tmp_path), cells)

    assert (found.line, found.rule) == (3, "calendar_known")


def test_a_year_that_is_over_and_was_never_decreed_is_unknown() -> None:
    cells = answered("P-1", on="2028-03-01")
    in_2028, in_2029 = (datetime(year, 3, 2, 3, tzinfo=UTC) for year in (2028, 2029))

    assert decided(cells, now=in_2028)
    assert refused_by(load_calendar(), cells, in_2029).rule == "calendar_known"


def test_a_receipt_before_the_first_standard_names_its_other_faults_too() -> None:
    cells = [{**EID_2023[0], "at": "2021-05-04T09:00:00+07:00", "agency": "NASA"}]

    with pytest.raises(InvalidCase) as refused:
        decided(cells, RULES.calendar)

    assert [(violation.column, violation.rule) for violation in refused.value.violations] == [
        ("agency", "registered_agency"),
        ("at", "under_a_standard"),
    ]

"""A past year without a calendar is unknown: no case is received or goes on by it."""

from datetime import date, datetime

import pytest

from shared.cases.case import ActContext, Actor
from shared.office_time import PONTIANAK
from shared.promise.standard import load_standards
from shared.promise.working_days import Calendar
from shared.refusals import UnknownYear
from tests.support.clocks.calendar_amendments import begun, year_of
from tests.unit.shared.cases.test_case import CALENDAR, Errand, act

NEW_YEARS_EVE = datetime(2025, 12, 31, 9, tzinfo=PONTIANAK)


def lacking(year: int, at: datetime) -> ActContext:
    """Who gives a command where the years around that one are decreed, and it isn't."""
    years = [year_of(begun(each)) for each in (2024, 2025, 2026, 2027) if each != year]
    calendar = Calendar(years, load_standards().hours_on)
    return ActContext(by=Actor("sub-1", "intake"), at=at, calendar=calendar)


def test_a_case_of_an_unknown_year_is_not_received() -> None:
    with pytest.raises(UnknownYear) as refused:
        Errand.open(lacking(2025, NEW_YEARS_EVE))

    assert (refused.value.year, refused.value.at_receipt) == (2025, True)


def test_a_case_that_would_be_due_in_an_unknown_year_is_not_received() -> None:
    with pytest.raises(UnknownYear) as refused:
        Errand.open(lacking(2026, NEW_YEARS_EVE))

    assert (refused.value.year, refused.value.at_receipt) == (2026, True)


def test_a_clock_does_not_move_into_an_unknown_year() -> None:
    errand = Errand.open(lacking(2026, datetime(2025, 12, 30, 9, tzinfo=PONTIANAK)))

    with pytest.raises(UnknownYear) as refused:
        errand.close(lacking(2026, datetime(2026, 1, 2, 9, tzinfo=PONTIANAK)))

    assert (refused.value.year, refused.value.at_receipt) == (2026, False)


def test_a_person_is_forgotten_whatever_the_calendar_knows() -> None:
    errand = Errand.open(lacking(2026, datetime(2025, 12, 30, 9, tzinfo=PONTIANAK)))

    errand.erase_personal_data(lacking(2026, datetime(2026, 1, 2, 9, tzinfo=PONTIANAK)))

    assert errand.personal_data_erased


def test_a_year_to_come_is_provisional_and_not_refused() -> None:
    errand = Errand.open(act(datetime(2027, 12, 31, 9, tzinfo=PONTIANAK)))

    reading = errand.clock.reading(date(2027, 12, 31), CALENDAR)
    assert (reading.due_on, reading.provisional) == (date(2028, 1, 3), True)

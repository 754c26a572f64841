"""The calendar: its days off are the decreed ones, its arithmetic is that of a wall calendar."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.promise.calendar_year import DayOff
from shared.promise.working_days import Calendar, local_date
from tests.support.clocks import CALENDAR, at, day, made_up_calendar, row
from tests.support.histories import days_off

YEARS = [2025, 2026, 2027]


def decreed(year: int, kind: str, calendar: Calendar = CALENDAR) -> list[date]:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return [each for each in days if each.year == year and _kind(calendar.day_off(each)) == kind]


def _kind(day_off: DayOff | None) -> str | None:
    return day_off.kind if day_off else None


# The decrees. An independent library knows the same days; it is asked here only, never at run time.


@pytest.mark.parametrize("year", YEARS)
def test_an_independent_library_knows_the_same_holidays(year: int) -> None:
    theirs = holidays.country_holidays("ID", years=year, categories="public")

    assert decreed(year, "holiday") == sorted(theirs)


@pytest.mark.parametrize("year", YEARS)
def test_an_independent_library_knows_the_same_collective_leave(year: int) -> None:
    theirs = holidays.country_holidays("ID", years=year, categories="government")

    assert decreed(year, "collective_leave") == sorted(theirs)


@pytest.mark.parametrize(
    ("year", "holiday_count", "leave_count", "decree"),
    [
        row("2025", 2025, 17, 11, "Nomor 1017/2024, 2/2024, 2/2024"),
        row("2026", 2026, 17, 8, "Nomor 1497/2025, 2/2025, 5/2025"),
        row("2027", 2027, 18, 8, "Nomor 1205/2026, 3/2026, 2/2026"),
    ],
)
def test_there_are_as_many_days_off_as_the_decree_announces(
    year: int, holiday_count: int, leave_count: int, decree: str
) -> None:
    new_year = CALENDAR.day_off(date(year, 1, 1))

    assert len(decreed(year, "holiday")) == holiday_count
    assert len(decreed(year, "collective_leave")) == leave_count
    assert new_year is not None
    assert decree in new_year.decree


def test_18_august_2025_was_added_by_the_decree_of_7_august() -> None:
    added = day("Mon 18 Aug 2025")

    day_off = CALENDAR.day_off(added)

    assert day_off is not None
    assert (day_off.kind, "933/2025" in day_off.decree) == ("collective_leave", True)
    assert CALENDAR.as_of("2025.1+2026.1+2027.1").is_working_day(added)
    assert CALENDAR.version == "2025.2+2026.1+2027.1"


@pytest.mark.parametrize(
    ("when", "provisional"),
    [
        row("decreed", "Thu 31 Dec 2026", False),
        row("religious dates unconfirmed", "Fri 1 Jan 2027", True),
        row("no decree yet", "Mon 3 Jan 2028", True),
        row("no data", "Tue 31 Dec 2024", True),
    ],
)
def test_a_year_is_provisional_until_all_its_days_off_are_known(
    when: str, provisional: bool
) -> None:
    assert CALENDAR.is_provisional(day(when)) == provisional


def test_a_year_without_data_has_weekends_only() -> None:
    assert CALENDAR.is_working_day(day("Mon 25 Dec 2028"))
    assert not CALENDAR.is_working_day(day("Sun 24 Dec 2028"))


# Arithmetic

dates = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def worked(calendar: Calendar, after: date, until: date) -> list[date]:
    """The working days in between, found one by one."""
    days = [after + timedelta(days=n + 1) for n in range((until - after).days)]
    return [each for each in days if calendar.is_working_day(each)]


@given(after=dates, days=st.integers(0, 400), off=days_off())
def test_working_days_are_counted_as_on_a_wall_calendar(
    after: date, days: int, off: frozenset[date]
) -> None:
    calendar = made_up_calendar(off)
    until = after + timedelta(days=days)

    assert calendar.working_days_between(after, until) == len(worked(calendar, after, until))


@given(after=dates, off=days_off())
def test_the_next_working_day_is_the_first_after_it(after: date, off: frozenset[date]) -> None:
    calendar = made_up_calendar(off)

    assert calendar.next_working_day(after) == worked(calendar, after, after + timedelta(90))[0]


@given(when=dates, n=st.integers(0, 500), off=days_off())
def test_a_rank_leads_back_to_its_day(when: date, n: int, off: frozenset[date]) -> None:
    calendar = made_up_calendar(off)

    found = calendar.working_day(calendar.rank(when) + n)

    assert calendar.is_working_day(found)
    assert calendar.rank(found) == calendar.rank(when) + n


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert CALENDAR.working_days_between(day("Fri 6 Nov"), day("Mon 2 Nov")) == 0


# Instants


@pytest.mark.parametrize(
    ("when", "on"),
    [
        row("midnight", "Mon 2 Nov 00:00:00", "Mon 2 Nov"),
        row("the close", "Mon 2 Nov 16:00:00", "Mon 2 Nov"),
        row("the last second", "Mon 2 Nov 23:59:59", "Mon 2 Nov"),
    ],
)
def test_a_date_is_that_of_the_offices_wall(when: str, on: str) -> None:
    assert local_date(at(when)) == day(on)


@pytest.mark.parametrize(
    ("on", "closes"),
    [
        row("a Monday", "Mon 2 Nov", "Mon 2 Nov 16:00"),
        row("a Friday", "Fri 6 Nov", "Fri 6 Nov 16:30"),
        row("a holiday", "Fri 25 Dec", "Fri 25 Dec 16:30"),
        row("before the first standard", "Mon 4 Jan 2021", "Mon 4 Jan 2021 16:00"),
    ],
)
def test_office_hours_close_as_the_standard_says(on: str, closes: str) -> None:
    assert CALENDAR.closes_at(day(on)) == at(closes)

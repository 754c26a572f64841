"""The calendar: its days off are the decreed ones, and it counts like a wall calendar."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.office_time import local_date
from shared.promise.calendar_year import DayOff
from shared.promise.working_days import Calendar, load_calendar
from tests.support.cases.histories import days_off
from tests.support.clocks.calendar_amendments import begun, year_of
from tests.support.clocks.case_clocks import CALENDAR, at, day, made_up_calendar, row
from tests.support.clocks.data_files import YEAR_2026, DataFiles

YEARS = [2022, 2023, 2024, 2025, 2026, 2027]
LEAVE = "collective_leave"
ADHA_2022 = ("Sat 9 Jul 2022", "Sun 10 Jul 2022")
SHIPPED = "2022.3+2023.3+2024.3+2025.2+2026.1+2027.1"


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
        row("2022", 2022, 16, 4, "Nomor 963/2021, 3/2021, 4/2021"),
        row("2023", 2023, 16, 11, "Nomor 1066/2022, 3/2022, 3/2022"),
        row("2024", 2024, 19, 10, "Nomor 855/2023, 3/2023, 4/2023"),
        row("2025", 2025, 17, 11, "Nomor 1017/2024, 2/2024, 2/2024"),
        row("2026", 2026, 17, 8, "Nomor 1497/2025, 2/2025, 5/2025"),
        row("2027", 2027, 18, 8, "Nomor 1205/2026, 3/2026, 2/2026"),
    ],
)
def test_days_off_are_as_many_as_the_decree_announces(
    year: int, holiday_count: int, leave_count: int, decree: str
) -> None:
    new_year = CALENDAR.day_off(date(year, 1, 1))

    assert len(decreed(year, "holiday")) == holiday_count
    assert len(decreed(year, "collective_leave")) == leave_count
    assert new_year is not None
    assert decree in new_year.decree


@pytest.mark.parametrize(
    ("when", "decree", "before", "kind"),
    [
        row("leave at Eid al-Fitr 2022", "Fri 29 Apr 2022", "375/2022", "2022.1", LEAVE),
        row("the last of it", "Fri 6 May 2022", "375/2022", "2022.1", LEAVE),
        row("Eid al-Fitr 2023 begins earlier", "Wed 19 Apr 2023", "327/2023", "2023.1", LEAVE),
        row("and a day more", "Thu 20 Apr 2023", "327/2023", "2023.1", LEAVE),
        row("before Eid al-Adha 2023", "Wed 28 Jun 2023", "624/2023", "2023.2", LEAVE),
        row("after it", "Fri 30 Jun 2023", "624/2023", "2023.2", LEAVE),
        row("the general election", "Wed 14 Feb 2024", "10 Tahun 2024", "2024.1", "holiday"),
        row("the local elections", "Wed 27 Nov 2024", "33 Tahun 2024", "2024.2", "holiday"),
        row("18 August 2025", "Mon 18 Aug 2025", "933/2025", "2025.1", LEAVE),
    ],
)
def test_a_day_off_that_was_added_stands_on_its_own_decree(
    when: str, decree: str, before: str, kind: str
) -> None:
    added = day(when)

    day_off = CALENDAR.day_off(added)

    assert day_off is not None
    assert (day_off.kind, decree in day_off.decree) == (kind, True)
    assert CALENDAR.as_of(before).is_working_day(added)
    assert CALENDAR.version == SHIPPED


def test_26_april_2023_was_worked_after_the_leave_had_been_moved() -> None:
    assert not CALENDAR.as_of("2023.1").is_working_day(day("Wed 26 Apr 2023"))
    assert CALENDAR.is_working_day(day("Wed 26 Apr 2023"))


def test_eid_al_adha_2022_was_moved_from_saturday_to_sunday() -> None:
    before = CALENDAR.as_of("2022.2")

    assert [before.day_off(day(each)) is None for each in ADHA_2022] == [False, True]
    assert [CALENDAR.day_off(day(each)) is None for each in ADHA_2022] == [True, False]


def test_a_version_from_before_the_past_years_were_shipped_is_still_known() -> None:
    stored = "2025.2+2026.1+2027.1"

    assert CALENDAR.knows(stored)
    assert CALENDAR.as_of(stored).is_working_day(day("Wed 19 Apr 2023"))
    assert not CALENDAR.as_of(stored).is_working_day(day("Mon 18 Aug 2025"))


def test_decrees_of_years_before_a_case_began_are_not_among_those_that_moved_it() -> None:
    stored = "2025.1+2026.1+2027.1"

    found = CALENDAR.decrees_between(stored, SHIPPED, since=day("Fri 15 Aug 2025"))

    assert [each.rpartition(" ")[0] for each in found] == [
        "SKB Menag, Menaker, dan MenPANRB Nomor 933/2025, 1/2025,"
    ]


# A past year without a calendar is unknown; a year to come is not.


@pytest.mark.parametrize(
    ("first", "last", "today", "unknown"),
    [
        row("the years that are shipped", "Mon 3 Jan 2022", "Fri 31 Dec 2027", "Mon 2 Nov", None),
        row("before them", "Fri 31 Dec 2021", "Mon 3 Jan 2022", "Mon 2 Nov", 2021),
        row("the first of several", "Mon 2 Nov 2020", "Mon 3 Jan 2022", "Mon 2 Nov", 2020),
        row("to come", "Mon 14 Dec", "Mon 3 Jan 2028", "Mon 2 Nov", None),
        row("to come, though it has begun", "Mon 3 Jan 2028", *2 * ["Mon 3 Jan 2028"], None),
        row("it is over and was never decreed", *2 * ["Mon 3 Jan 2028"], "Mon 1 Jan 2029", 2028),
    ],
)
def test_a_past_year_without_a_calendar_is_unknown(
    first: str, last: str, today: str, unknown: int | None
) -> None:
    assert CALENDAR.unknown_year(day(first), day(last), day(today)) == unknown


def test_a_year_that_was_skipped_is_unknown_before_it_is_over(data: DataFiles) -> None:
    (data.folder / YEAR_2026).unlink()
    today = day("Mon 2 Nov")

    assert load_calendar(data.folder).unknown_year(today, today, today) == 2026


def test_a_past_year_is_known_as_soon_as_it_is_applied() -> None:
    asked = day("Mon 4 Jan 2021"), day("Tue 5 Jan 2021"), day("Mon 2 Nov")

    calendar = load_calendar(applied=[year_of(begun(2021))])

    assert calendar.version == f"2021.1+{SHIPPED}"
    assert calendar.unknown_year(*asked) is None
    assert CALENDAR.unknown_year(*asked) == 2021


@pytest.mark.parametrize(
    ("when", "provisional"),
    [
        row("decreed", "Thu 31 Dec 2026", False),
        row("religious dates unconfirmed", "Fri 1 Jan 2027", True),
        row("no decree yet", "Mon 3 Jan 2028", True),
        row("no data", "Fri 31 Dec 2021", True),
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

"""Amending a year: days off may be added and removed, but no promise changes."""

from datetime import date

import pytest

from shared.promise.amending import check_amendment, newest_of
from shared.promise.calendar_year import Year, year_in
from shared.promise.data_file import WrongData
from shared.promise.working_days import load_calendar
from tests.support.clocks.calendar_amendments import DECREE, amended, year_of
from tests.support.clocks.case_clocks import CALENDAR

TODAY = date(2026, 11, 24)
ADDED = "2026-12-28"


def read(text: str, *, name: str = "2026.toml", today: date = TODAY) -> Year:
    year = year_in(name, text.encode())
    check_amendment(year, CALENDAR.year(2026), text=text, today=today)
    return year


def refused(text: str, *, name: str = "2026.toml") -> WrongData:
    with pytest.raises(WrongData) as refusal:
        read(text, name=name)
    return refusal.value


def line_with(text: str, words: str, *, after: int = 0) -> int:
    lines = text.splitlines()
    return next(n for n, line in enumerate(lines, start=1) if words in line and n > after)


def test_a_version_that_goes_on_from_the_one_in_force_is_taken() -> None:
    year = read(amended(off=(ADDED,), worked=("2026-12-24",)))

    assert (year.newest.number, year.newest.decree) == (2, DECREE)
    calendar = load_calendar(applied=[year])
    assert calendar.version == CALENDAR.version.replace("2026.1", "2026.2")
    assert not calendar.is_working_day(date(2026, 12, 28))
    assert calendar.is_working_day(date(2026, 12, 24))
    decrees = calendar.decrees_between(CALENDAR.version, calendar.version, since=date(2026, 1, 2))
    assert decrees == [DECREE]


def test_a_year_of_which_nothing_was_known_begins_with_its_first_version() -> None:
    text = amended(2027).replace("2027", "2028")

    year = year_of(text)
    check_amendment(year, None, text=text, today=date(2028, 1, 1))

    assert load_calendar(applied=[year]).version == f"{CALENDAR.version}+2028.2"


def test_a_version_that_is_not_newer_is_refused() -> None:
    text = amended().replace("[[versions]]\nnumber = 2", "[[off]]", 1)
    shipped = text[: text.index("[[off]]")] + text[text.index("[[days_off]]") :]

    refusal = refused(shipped)

    assert refusal.key == "versions[1].number"
    assert "must be newer than 1" in refusal.rule
    assert refusal.line == line_with(shipped, "number = 1")


@pytest.mark.parametrize(
    ("old", "new", "key", "rule"),
    [
        ("date = 2026-12-24", "date = 2026-12-25", "date", "twice"),
        ("date = 2026-12-24", "date = 2025-12-24", "date", "must lie in 2026"),
        ("date = 2026-12-24", "date = 2026-12-24\nwhy = 1", "why", "is not known here"),
        ("date = 2026-12-24", "date = 2026-12-24\nsince = 3", "since", "no version 3"),
        ("date = 2026-12-24", "day = 2026-12-24", "date", "is missing"),
        ("date = 2026-12-24", "date = 2026-12-23", "date", "was off in version 1"),
        ("date = 2026-12-24", "date = 2026-12-24\nsince = 2", "date", "was off in version 1"),
    ],
)
def test_an_impossible_day_is_refused_with_its_line(
    old: str, new: str, key: str, rule: str
) -> None:
    text = amended().replace(old, new)

    refusal = refused(text)

    assert rule in str(refusal)
    assert refusal.key.endswith(key)
    assert refusal.line is not None
    near = text.splitlines()[refusal.line - 2 : refusal.line + 2]
    assert any("2026-12-2" in line or "2025-12" in line for line in near), near


def test_a_day_that_was_worked_can_become_off_only_in_the_new_version() -> None:
    text = amended(off=(ADDED,)).replace("\nsince = 2", "")

    refusal = refused(text)

    assert refusal.rule == f"{ADDED} was not off in version 1: give it `since = 2` or later"
    assert refusal.line == line_with(text, ADDED)


def test_other_hours_may_not_be_slipped_under_an_old_version() -> None:
    hours = "\n".join(
        f"{day} = {{ opens = 08:00:00, closes = 15:00:00 }}"
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    )
    text = (
        amended()
        + f"""
[[other_hours]]
first_on = 2026-12-28
last_on = 2026-12-29
name = {{ id = "a", en = "b" }}

[other_hours.hours]
{hours}
"""
    )

    refusal = refused(text)

    assert "2026-12-28 had other office hours in version 1" in refusal.rule
    assert refusal.line == line_with(text, "[[other_hours]]")


def test_hours_that_close_before_they_open_are_refused_with_their_line() -> None:
    text = (
        amended()
        + """
[[other_hours]]
first_on = 2026-12-28
last_on = 2026-12-29
name = { id = "a", en = "b" }
since = 2

[other_hours.hours]
monday = { opens = 08:00:00, closes = 07:00:00 }
"""
    )

    refusal = refused(text)

    assert refusal.key == "other_hours[1].hours.monday.closes"
    assert refusal.line == line_with(text, "closes = 07:00:00")


def test_the_wrong_year_is_refused() -> None:
    assert refused(amended(), name="2027.toml").key == "year"
    assert refused(amended(), name="libur.toml").line == line_with(amended(), "year = 2026")


def test_a_decree_that_was_changed_afterwards_is_refused() -> None:
    text = amended().replace("1497/2025", "1498/2025")

    assert "version 1 must stay as it was" in refused(text).rule


def test_a_decree_that_was_given_today_amends_today() -> None:
    assert read(amended(decided_on="2026-11-24")).newest.decided_on == TODAY


def test_an_announcement_is_no_decree() -> None:
    text = amended(decided_on="2026-11-25")

    refusal = refused(text)

    assert refusal.key == "versions[2].decided_on"
    assert refusal.line == line_with(text, "2026-11-25")


def test_malformed_toml_is_refused_with_its_line() -> None:
    assert "line 3" in refused("year = 2026\n\n[[versions]\n").rule


# Which of two files holds.


def test_applied_calendar_is_in_force_before_the_shipped_one() -> None:
    applied, shipped = year_of(amended(off=(ADDED,))), CALENDAR.year(2026)
    assert shipped is not None

    assert newest_of([shipped], [applied]) == [applied]


def test_a_release_that_goes_on_from_what_was_applied_holds() -> None:
    applied = CALENDAR.year(2026)
    shipped = year_of(amended(off=(ADDED,)))
    assert applied is not None

    assert newest_of([shipped], [applied]) == [shipped]


def test_a_release_that_says_something_else_under_the_same_number_does_not_hold() -> None:
    applied, shipped = year_of(amended(off=(ADDED,))), year_of(amended(off=("2026-12-29",)))

    assert newest_of([shipped], [applied]) == [applied]


# What a calendar knows.


@pytest.mark.parametrize(
    ("version", "is_known"),
    [
        (CALENDAR.version, True),
        ("2025.1+2026.1", True),
        ("2026.2", False),
        ("2028.1", False),
        ("nonsense", False),
    ],
)
def test_a_calendar_says_which_versions_it_knows(version: str, is_known: bool) -> None:
    assert CALENDAR.knows(version) == is_known

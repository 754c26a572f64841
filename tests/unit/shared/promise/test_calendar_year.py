"""An invalid year is refused when it is read; office hours may differ for a period."""

import pytest

from shared.promise.data_file import WrongData
from shared.promise.working_days import load_calendar
from tests.support.clocks.case_clocks import at, day, received, row
from tests.support.clocks.data_files import YEAR_2025, YEAR_2026, DataFiles

RAMADAN = """
[[other_hours]]
first_on = 2026-02-18
last_on = 2026-03-17
name = { id = "Ramadan 1447 Hijriah", en = "Ramadan 1447" }

[other_hours.hours]
monday = { opens = 08:00:00, closes = 15:00:00 }
tuesday = { opens = 08:00:00, closes = 15:00:00 }
wednesday = { opens = 08:00:00, closes = 15:00:00 }
thursday = { opens = 08:00:00, closes = 15:00:00 }
friday = { opens = 08:00:00, closes = 15:30:00 }
"""
HOLIDAY = 'kind = "holiday"'
HALF = "other_hours[1].hours.friday.closes"


@pytest.mark.parametrize(
    ("old", "new", "key", "rule"),
    [
        row("another year", "year = 2025", "year = 2052", "year", "of the file's name"),
        row("a day of it", "2025-12-26", "2026-12-26", "days_off[28].date", "must lie in 2025"),
        row("a day twice", "2025-12-26", "2025-12-25", "days_off[28].date", "twice"),
        row("an unknown kind", HOLIDAY, 'kind = "day"', "days_off[1].kind", "must be one of"),
        row("no such version", HOLIDAY, HOLIDAY + "\nsince = 3", "days_off[1].since", "version 3"),
        row("no end", "since = 2", "since = 2\nuntil = 3", "days_off[25].until", "no version 3"),
        row("ends first", "since = 2", "since = 2\nuntil = 2", "days_off[25].until", "least 3"),
        row("a gap", "number = 2", "number = 3", "versions[2].number", "must be 2"),
        row("decided first", "2025-08-07\np", "2024-08-07\np", "versions[2].decided_on", "before"),
        row("unknown", HOLIDAY, HOLIDAY + "\nday = 1", "days_off[1].day", "is not known here"),
        row("no name", "name =", "nama =", "days_off[1].name", "is missing"),
    ],
)
def test_a_wrong_year_is_refused_with_key_and_rule(
    data: DataFiles, old: str, new: str, key: str, rule: str
) -> None:
    data.change(YEAR_2025, old, new)

    with pytest.raises(WrongData) as refusal:
        load_calendar(data.folder)

    assert (refusal.value.file, refusal.value.key) == ("2025.toml", key)
    assert rule in refusal.value.rule


def test_a_day_off_that_was_taken_away_may_be_given_again(data: DataFiles) -> None:
    data.change(YEAR_2025, 'date = 2025-08-18\nkind = "coll', 'date = 2025-01-01\nkind = "coll')
    data.change(YEAR_2025, HOLIDAY, HOLIDAY + "\nuntil = 2")

    calendar = load_calendar(data.folder)

    named = [each.day_off(day("Wed 1 Jan 2025")) for each in (calendar, calendar.as_of("2025.1"))]
    assert [each and each.kind for each in named] == ["collective_leave", "holiday"]


def test_office_hours_may_differ_for_a_while(data: DataFiles) -> None:
    data.add(YEAR_2026, RAMADAN)

    calendar = load_calendar(data.folder)

    assert received("Mon 2 Mar 15:00:00", 1, by=calendar).received_on == day("Tue 3 Mar")
    assert calendar.closes_at(day("Tue 17 Mar")) == at("Tue 17 Mar 15:00")
    assert calendar.closes_at(day("Wed 18 Mar")) == at("Wed 18 Mar 16:00")


@pytest.mark.parametrize(
    ("old", "new", "key", "rule"),
    [
        row("ends first", "2026-03-17", "2026-02-17", "other_hours[1].last_on", "before"),
        row("another year", "2026-03-17", "2027-03-17", "other_hours[1].last_on", "lie in 2026"),
        row("closes first", "closes = 15:30", "closes = 07:30", HALF, "must be after 08:00"),
    ],
)
def test_wrong_other_hours_are_refused(
    data: DataFiles, old: str, new: str, key: str, rule: str
) -> None:
    data.add(YEAR_2026, RAMADAN.replace(old, new))

    with pytest.raises(WrongData) as refusal:
        load_calendar(data.folder)

    assert refusal.value.key == key
    assert rule in refusal.value.rule


def test_other_hours_twice_for_a_day_are_refused(data: DataFiles) -> None:
    data.add(YEAR_2026, RAMADAN + RAMADAN)

    with pytest.raises(WrongData, match=r"other_hours\[2\].first_on: stands in this file twice"):
        load_calendar(data.folder)

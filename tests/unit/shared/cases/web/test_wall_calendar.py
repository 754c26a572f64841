"""The small wall calendar: every day with its reason, by more than colour, in both languages."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from shared.cases.web.wall_calendar import COMPLAINANT_AWAITED, MONTHS_MAX, SIGNS, wall_calendar
from shared.office_time import PONTIANAK
from shared.promise.counted_days import Day
from shared.promise.sla_clock import SlaClock
from shared.web.language import Language
from tests.support.clocks.case_clocks import CALENDAR
from tests.support.pages.markup import Markup

WEDNESDAY = datetime(2026, 12, 23, 9, tzinfo=PONTIANAK)
TODAY, DUE_ON = date(2026, 12, 28), date(2026, 12, 29)


def clock() -> SlaClock:
    """Received on 23 December, with Christmas and its collective leave ahead; due on the 29th."""
    return SlaClock.start(WEDNESDAY, 2, CALENDAR)


def days(until: date = DUE_ON) -> list[Day]:
    return clock().day_by_day(until, CALENDAR)


def shown(language: Language = "id") -> Markup:
    return Markup(str(wall_calendar(days(), language, due_on=DUE_ON, today=TODAY)))


def test_every_day_says_in_words_why_it_counts_or_does_not() -> None:
    text = shown().text

    assert "23 ↓ diterima" in text
    assert "24 × hari libur, Cuti bersama Kelahiran Yesus Kristus" in text
    assert "26 – akhir pekan" in text
    assert "28 1● hari kerja ke-1 yang dihitung, hari ini" in text
    assert "29 2◆ hari kerja ke-2 yang dihitung, batas waktu, perkiraan" in text


def test_wall_calendar_speaks_english_as_well() -> None:
    text = shown("en").text

    assert "December 2026" in text
    assert "Monday" in text
    assert "24 × day off, Collective leave" in text
    assert "29 2◆ counted, day 2, due date, expected" in text


def test_every_day_off_is_named_with_its_decree() -> None:
    off = CALENDAR.day_off(date(2026, 12, 25))

    assert off is not None
    assert f"Jumat, 25 Desember 2026: {off.name.id} ({off.decree})" in shown().text


def test_signs_are_for_the_eye_and_words_for_the_ear() -> None:
    signs = [each for each in shown().all("span") if "sign" in str(each.get("class"))]

    assert len(signs) == len(days())
    assert all(each["aria-hidden"] == "true" for each in signs)
    assert len(set(SIGNS.values())) == len(SIGNS), "two reasons with one sign"


def test_wall_calendar_is_a_table_a_month_with_a_head_for_each_weekday() -> None:
    over_new_year = clock().day_by_day(date(2027, 1, 8), CALENDAR)

    page = Markup(str(wall_calendar(over_new_year, "id", today=TODAY)))

    assert "Desember 2026" in page.text
    assert "Januari 2027" in page.text
    assert len(page.all("table")) == len(page.all("caption")) == 2
    assert [each["scope"] for each in page.all("th")] == ["col"] * 14
    assert [each["datetime"] for each in page.all("time")][-1] == "2027-01-10"


def test_today_is_marked_for_those_who_listen() -> None:
    marked = [each for each in shown().all("td") if "aria-current" in each]

    assert [each["aria-current"] for each in marked] == ["date"]


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_case_of_many_years_is_explained_by_its_first_months(language: Language) -> None:
    page = Markup(str(wall_calendar(days(date(2030, 5, 2)), language, today=TODAY)))

    assert len(page.all("table")) == MONTHS_MAX
    assert "2 Mei 2030" in page.text or "2 May 2030" in page.text


def test_the_legend_holds_only_what_is_to_be_seen() -> None:
    before_it = Markup(str(wall_calendar(days(), "id", due_on=DUE_ON, today=date(2026, 12, 22))))

    assert "menunggu pemohon" not in shown().text
    assert "hari kerja yang dihitung" in shown().text
    assert "hari ini" in shown().text
    assert "hari ini" not in before_it.text


def test_a_waiting_complaint_waits_for_whoever_complained() -> None:
    waiting = [replace(day, why="with_applicant", counted=None) for day in days()[:3]]

    shown = Markup(str(wall_calendar(waiting, "id", awaited=COMPLAINANT_AWAITED))).text

    assert "menunggu jawaban pelapor" in shown
    assert "pemohon" not in shown

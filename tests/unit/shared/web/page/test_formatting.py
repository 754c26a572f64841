"""Numbers and times in the notation of Indonesian and of English readers."""

from datetime import UTC, date, datetime
from datetime import time as time_of_day

import pytest

from shared.web.page.formatting import (
    clock,
    day,
    instant,
    month,
    number,
    percent,
    time,
    weekday,
    working_days,
)

AT = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)
NB = "\N{NO-BREAK SPACE}"


def test_thousands_are_parted_by_a_dot_here_and_a_comma_there() -> None:
    assert (number(1234, "id"), number(1234, "en")) == ("1.234", "1,234")


@pytest.mark.parametrize(
    ("part", "whole", "indonesian", "english"),
    [
        pytest.param(110, 115, "95,7", "95.7", id="one decimal"),
        pytest.param(1, 2, "50,0", "50.0", id="a half"),
        pytest.param(5, 5, "100,0", "100.0", id="all"),
        pytest.param(0, 5, "0,0", "0.0", id="none"),
        pytest.param(9_999, 10_000, "99,9", "99.9", id="almost all is not all"),
        pytest.param(1, 10_000, "0,1", "0.1", id="almost none is not none"),
    ],
)
def test_a_percentage_has_one_decimal_and_never_flatters(
    part: int, whole: int, indonesian: str, english: str
) -> None:
    assert percent(part, whole, "id") == f"{indonesian}{NB}%"
    assert percent(part, whole, "en") == f"{english}{NB}%"


def test_dates_are_written_out() -> None:
    on = date(2026, 11, 30)

    assert (day(on, "id"), day(on, "en")) == ("30 November 2026", "30 November 2026")
    assert weekday(on, "id") == "Senin, 30 November 2026"
    assert weekday(on, "en") == "Monday, 30 November 2026"
    assert month(date(2026, 5, 1), "id") == "Mei 2026"


def test_times_are_those_of_pontianak() -> None:
    assert (time(AT, "id"), time(AT, "en")) == ("pukul 10.15 WIB", "10:15 WIB")


def test_office_hours_are_written_as_times_of_a_clock() -> None:
    closes = time_of_day(16, 30)

    assert (clock(closes, "id"), clock(closes, "en")) == ("16.30", "16:30")


def test_only_english_has_a_plural_of_working_days() -> None:
    assert [working_days(days, "id") for days in (0, 1, 14)] == [
        "0 hari kerja",
        "1 hari kerja",
        "14 hari kerja",
    ]
    assert [working_days(days, "en") for days in (0, 1, 14)] == [
        "0 working days",
        "1 working day",
        "14 working days",
    ]


def test_an_instant_is_a_date_and_a_time_of_pontianak() -> None:
    late = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)

    assert instant(AT, "id") == "24 November 2026 pukul 10.15 WIB"
    assert instant(AT, "en") == "24 November 2026, 10:15 WIB"
    assert instant(late, "id") == "25 November 2026 pukul 01.00 WIB"

"""Periods as people write them, and what days are in them."""

from datetime import date

import pytest

from services.projections.read_models.periods import (
    MalformedPeriod,
    exists,
    parts_of,
    read_period,
)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_whole_months(text: str, first: date, last: date) -> None:
    period = read_period(text)

    assert (period.id, period.first_day, period.last_day) == (text, first, last)


NO_PERIODS = """
    26 0026 9999 2026- 2026-Q0 2026-Q5 2026-00 2026-13 2026-1 2026-q1 2026-11-24 ٢٠٢٦
"""


@pytest.mark.parametrize("text", ["", " 2026", "2026\n", *NO_PERIODS.split()])
def test_nothing_else_is_a_period(text: str) -> None:
    with pytest.raises(MalformedPeriod):
        read_period(text)


def test_a_period_is_complete_from_the_day_after_its_last() -> None:
    november = read_period("2026-11")

    assert not november.is_complete(date(2026, 11, 30))
    assert november.is_complete(date(2026, 12, 1))


KINDS = ("year", "quarter", "month")


def test_a_year_has_four_quarters_and_twelve_months() -> None:
    assert [len([each for each in parts_of(2026) if each.kind == kind]) for kind in KINDS] == [
        1,
        4,
        12,
    ]


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        pytest.param("2026-11", True, id="it has begun"),
        pytest.param("1999", True, id="it began long ago"),
        pytest.param("2027-01", True, id="it holds a case that came after the last close"),
        pytest.param("2027", True, id="so does its year"),
        pytest.param("2026-12", False, id="it has not begun"),
        pytest.param("2027-Q2", False, id="nor has this one"),
    ],
)
def test_a_period_is_there_if_it_has_begun_or_holds_a_case(text: str, is_there: bool) -> None:
    assert exists(read_period(text), date(2026, 11, 30), [date(2027, 1, 1)]) is is_there

"""The columns of the months: on time below, not on time on it, each as high as its count."""

from datetime import date
from typing import Any

import pytest

from services.projections.page.drawings.months import BOTTOM, TOP, WIDE_MAX, Months, months

TODAY = date(2026, 11, 24)


def figures(on_time: int = 0, late: int = 0, overdue: int = 0, running: int = 0) -> dict[str, Any]:
    received = on_time + late + overdue + running
    return {"received": received, "on_time": on_time, "late": late, "overdue": overdue}


QUARTER = {
    "2026-10": figures(on_time=6, late=1, overdue=1),
    "2026-11": figures(on_time=2, running=5),
    "2026-12": figures(),
}


def drawn(by_month: dict[str, Any]) -> Months:
    drawing = months(by_month, TODAY)
    assert drawing is not None
    return drawing


@pytest.mark.parametrize(("count", "are_narrow"), [(WIDE_MAX, False), (WIDE_MAX + 1, True)])
def test_every_month_of_many_has_room_for_one_letter(count: int, are_narrow: bool) -> None:
    year = {f"2026-{month:02}": figures(on_time=1) for month in range(1, count + 1)}

    assert drawn(year).are_narrow is are_narrow


def test_the_highest_column_fills_the_drawing_and_the_others_are_in_proportion() -> None:
    october, november = drawn(QUARTER).columns

    assert (october.y, october.height + october.late_height) == (TOP, BOTTOM - TOP)
    assert october.late_height * 3 == pytest.approx(october.height, abs=0.01)
    assert november.height * 3 == pytest.approx(october.height, abs=0.01)


def test_columns_stand_on_the_axis() -> None:
    ends = [each.y + each.late_height + each.height for each in drawn(QUARTER).columns]

    assert ends == pytest.approx([BOTTOM, BOTTOM], abs=0.01)


def test_counts_are_those_of_what_is_decided() -> None:
    october, november = drawn(QUARTER).columns

    assert (october.received, october.on_time, october.not_on_time) == (8, 6, 2)
    assert (november.received, november.count) == (7, 2)


def test_a_month_ahead_is_shown_only_if_it_holds_a_case() -> None:
    ahead = {**QUARTER, "2026-12": figures(running=1)}

    assert [each.first_day.month for each in drawn(QUARTER).columns] == [10, 11]
    assert [each.first_day.month for each in drawn(ahead).columns] == [10, 11, 12]


@pytest.mark.parametrize(
    "by_month",
    [
        pytest.param(None, id="a month has no months"),
        pytest.param({"2026-01": figures(on_time=3)}, id="one month has none to compare with"),
        pytest.param(
            {"2026-01": figures(running=3), "2026-02": figures()}, id="nothing is decided"
        ),
    ],
)
def test_drawing_is_absent_without_a_comparison(by_month: Any) -> None:
    assert months(by_month, TODAY) is None

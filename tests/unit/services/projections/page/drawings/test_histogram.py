"""The histogram shows every case once, and the promise where it ends."""

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.projections.page.drawings.bar import LETTER_PX, NARROWEST_PX
from services.projections.page.drawings.histogram import (
    BOTTOM,
    LABELS_MAX,
    Column,
    Histogram,
    histogram,
)

COUNTS = st.dictionaries(st.integers(0, 400).map(str), st.integers(1, 10_000), min_size=1)
PROMISES = st.lists(st.integers(1, 60), min_size=1, max_size=4)


@dataclass
class Written:
    """From where to where a label goes, in pixels of the narrowest screen."""

    begins: float
    ends: float


def written(tick: Column) -> Written:
    width = len(tick.label) * LETTER_PX
    ends = NARROWEST_PX if tick.is_rest else tick.middle / 100 * NARROWEST_PX + width / 2
    return Written(ends - width, ends)


def drawn(counts: dict[str, int], *promises: int) -> Histogram:
    drawing = histogram(counts, promises)
    assert drawing is not None
    return drawing


@given(COUNTS, PROMISES)
def test_every_case_is_in_one_column(counts: dict[str, int], promises: list[int]) -> None:
    drawing = drawn(counts, *promises)

    assert sum(column.count for column in drawing.columns) == sum(counts.values())
    alone = {str(each.days): each.count for each in drawing.columns if not each.is_rest}
    assert all(alone[days] == count for days, count in counts.items() if days in alone)


@given(COUNTS, PROMISES)
def test_columns_stand_on_the_axis_inside_the_drawing(
    counts: dict[str, int], promises: list[int]
) -> None:
    columns = drawn(counts, *promises).columns

    assert all(abs(each.y + each.height - BOTTOM) < 0.01 for each in columns)
    assert all(each.x >= 0 and each.x + each.width <= 100.01 for each in columns)


@given(COUNTS, PROMISES)
def test_days_are_written_below_without_touching_each_other(
    counts: dict[str, int], promises: list[int]
) -> None:
    ticks = drawn(counts, *promises).ticks

    assert len(ticks) <= LABELS_MAX + 1
    assert all(left.ends <= right.begins for left, right in pairwise(map(written, ticks)))


def test_the_day_before_the_rest_makes_room_for_it() -> None:
    drawing = drawn({"0": 170, "1": 157, "40": 3}, 1)

    assert [tick.label for tick in drawing.ticks] == [*map(str, range(10)), "11+"]


def test_a_promise_is_a_line_between_its_last_day_and_the_next() -> None:
    drawing = drawn({"0": 60, "1": 50, "3": 1}, 1)

    (line,) = drawing.lines
    assert line.x == 50
    assert [column.days for column in drawing.columns] == [0, 1, 2, 3]


def test_very_long_cases_are_one_last_column() -> None:
    drawing = drawn({"0": 60, "40": 1, "90": 2}, 1)

    assert [column.days for column in drawing.columns] == [*range(11), 11]
    assert drawing.columns[-1].is_rest
    assert drawing.columns[-1].count == 3


def test_a_single_day_is_not_drawn_as_wide_as_the_page() -> None:
    assert len(drawn({"0": 3}, 1).columns) == 3


def test_a_promise_that_no_case_came_near_is_not_drawn() -> None:
    assert [line.days for line in drawn({"2": 9, "6": 1}, 5, 14, 60).lines] == [5]


def test_drawing_is_absent_without_cases() -> None:
    assert histogram({}, [1]) is None

"""The greatest counts of a drawing are written above their columns, and hide nothing."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.projections.page.drawings.histogram import Histogram, histogram
from services.projections.page.drawings.labels import labels

COUNTS = st.dictionaries(st.integers(0, 80).map(str), st.integers(1, 10_000), min_size=1)


@dataclass
class Bar:
    middle: float
    y: float
    count: int


def drawn(counts: dict[str, int]) -> Histogram:
    drawing = histogram(counts, [60])
    assert drawing is not None
    return drawing


@pytest.mark.parametrize(
    ("counts", "written"),
    [
        pytest.param([12, 7, 10], [12, 10, 7], id="room for all"),
        pytest.param([8, 9, 8, 9], [9, 9, 8, 8], id="as high as another"),
        pytest.param([0, 3, 0], [3], id="no label of nothing"),
        pytest.param(
            [86, 92, 99, 104, 75, 104, 133, 100, 118, 126, 111], [133, 126, 104], id="a year"
        ),
    ],
)
def test_the_greatest_counts_that_have_room_are_labelled(
    counts: list[int], written: list[int]
) -> None:
    place, most = 100 / len(counts), max(counts)
    bars = [
        Bar((number + 0.5) * place, 80 * (1 - count / most), count)
        for number, count in enumerate(counts)
    ]

    assert [label.count for label in labels(bars)] == written


@given(COUNTS)
def test_the_highest_column_is_always_labelled(counts: dict[str, int]) -> None:
    drawing = drawn(counts)

    assert drawing.labels[0].count == drawing.highest.count


@given(COUNTS)
def test_no_label_touches_another_or_leaves_the_drawing(counts: dict[str, int]) -> None:
    found = sorted(drawn(counts).labels, key=lambda label: label.x)

    assert all(left.ends <= right.begins + 0.01 for left, right in pairwise(found))
    assert all(label.begins >= -0.01 and label.ends <= 100.01 for label in found)


@given(COUNTS)
def test_no_label_lies_on_a_higher_column(counts: dict[str, int]) -> None:
    drawing = drawn(counts)

    assert not [
        (label, column)
        for label in drawing.labels
        for column in drawing.columns
        if column.y < label.y and column.x < label.ends and label.begins < column.x + column.width
    ]

"""The bar's parts add up to what was received, and carry words only where they fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.projections.page.drawings.bar import (
    STATES,
    WHOLE,
    BarPart,
    bar,
    of_cases,
    of_deadline,
)

COUNTS = st.fixed_dictionaries({state: st.integers(0, 10_000) for state in STATES})


@given(COUNTS)
def test_the_parts_lie_side_by_side_and_fill_the_bar(counts: dict[str, int]) -> None:
    parts = bar(list(counts.items()))

    assert {part.state: part.count for part in parts} == {s: n for s, n in counts.items() if n}
    ends = [part.x + part.width for part in parts]
    assert all(abs(end - part.x) < 0.003 for end, part in zip(ends, parts[1:], strict=False))
    assert not parts or abs(ends[-1] - WHOLE) < 0.003


def test_cases_are_drawn_in_the_order_of_the_identity() -> None:
    counts = {state: number for number, state in enumerate(reversed(STATES))}

    assert [(part.state, part.count) for part in of_cases(counts)] == [
        ("on_time", 6),
        ("late", 5),
        ("overdue", 4),
        ("running", 3),
        ("waiting", 2),
        ("withdrawn", 1),
    ]


def test_a_further_clock_is_drawn_as_the_promise_is() -> None:
    parts = of_deadline({"started": 8, "kept": 4, "missed": 3, "running": 1})

    assert [(part.state, part.count, part.width) for part in parts] == [
        ("on_time", 4, 50.0),
        ("late", 3, 37.5),
        ("running", 1, 12.5),
    ]


@pytest.mark.parametrize(
    ("width", "label"),
    [
        pytest.param(90, "Tepat waktu 110", id="room for both"),
        pytest.param(20, "110", id="room for the number"),
        pytest.param(5, "", id="room for nothing"),
    ],
)
def test_a_part_is_labelled_with_what_fits_on_the_narrowest_screen(width: int, label: str) -> None:
    assert BarPart("on_time", 110, 0, width).label("Tepat waktu", "110") == label

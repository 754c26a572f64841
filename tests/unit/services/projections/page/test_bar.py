"""The bar's parts add up to what was received."""

from hypothesis import given
from hypothesis import strategies as st

from services.projections.page.bar import STATES, WIDTH, bar

COUNTS = st.fixed_dictionaries({state: st.integers(0, 10_000) for state in STATES})


@given(COUNTS)
def test_the_parts_lie_side_by_side_and_fill_the_bar(counts: dict[str, int]) -> None:
    received = sum(counts.values())

    parts = bar({**counts, "received": received})

    assert {part.state: part.count for part in parts} == {s: n for s, n in counts.items() if n}
    ends = [part.x + part.width for part in parts]
    assert all(abs(end - part.x) < 0.03 for end, part in zip(ends, parts[1:], strict=False))
    assert not parts or abs(ends[-1] - WIDTH) < 0.03

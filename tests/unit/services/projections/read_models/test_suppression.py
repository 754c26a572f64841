"""Who reads everything that is published can't tell a hidden cell."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projections.read_models import suppression
from services.projections.read_models.suppression import (
    YEAR,
    Cells,
    Row,
    frechet,
    neighbours,
    published,
)
from tests.support.twins import Publication, Table, has_twin, hidden, table, totals, value, visible

CATEGORIES = ["minor", "normative", "non_oversight", "oversight", "unclassified"]

NOTHING = Row(0, 0, 0)
HIDDEN = Row(None, None, None)


def publish(of: Table) -> Publication:
    return published(of, groups=neighbours(list(of)), yearly=["oversight"])


def test_what_is_not_small_is_shown() -> None:
    said = publish(table(minor=[(20, 5, 0)], normative=[(10, 0, 3)]))

    assert said[YEAR] == {"minor": Row(25, 20, 5), "normative": Row(13, 10, 0)}
    assert said[0] == said[YEAR]
    assert said[1] == {"minor": NOTHING, "normative": NOTHING}


def test_a_small_row_is_hidden_and_so_is_its_neighbour() -> None:
    said = publish(
        table(whatsapp=[(3, 0, 0)], phone=[(40, 0, 0)], email=[(9, 0, 0)], lapor=[(8, 0, 0)])
    )

    assert said[YEAR]["whatsapp"] == said[YEAR]["phone"] == Row(None, None, 0)
    assert said[YEAR]["email"] == Row(9, 9, 0)
    assert said[YEAR]["lapor"] == Row(8, 8, 0)


def test_what_was_received_is_shown_where_only_the_outcome_is_small() -> None:
    said = publish(table(minor=[(25, 3, 0)], normative=[(12, 0, 0)]))

    assert said[YEAR] == {"minor": Row(28, None, None), "normative": Row(12, None, None)}
    assert said[0] == said[YEAR]


def test_a_year_is_shown_where_only_its_quarters_are_small() -> None:
    said = publish(
        table(minor=[(3, 0, 0), (9, 0, 0), (9, 0, 0)], normative=[(9, 0, 0), (3, 0, 0), (8, 0, 0)])
    )

    assert said[YEAR] == {"minor": Row(21, 21, 0), "normative": Row(20, 20, 0)}
    assert said[0] == {"minor": Row(None, None, 0), "normative": Row(None, None, 0)}
    assert said[2] == {"minor": Row(None, None, 0), "normative": Row(None, None, 0)}
    assert said[3] == {"minor": NOTHING, "normative": NOTHING}


def test_received_is_hidden_too_where_it_would_tell_the_outcome() -> None:
    """With nothing received under `normative`, the 2 that were late must be `minor`."""
    said = publish(table(minor=[(28, 2, 0)], normative=[(0, 0, 0)]))

    assert said[YEAR]["minor"] == HIDDEN
    assert said[YEAR]["normative"] == HIDDEN


def test_oversight_has_no_rows_in_quarters_and_none_by_subtraction() -> None:
    """However many there are: the total less the rows that are shown would be theirs."""
    said = publish(
        table(
            minor=[(30, 0, 0)],
            normative=[(20, 0, 0)],
            non_oversight=[(9, 0, 0), (9, 0, 0)],
            oversight=[(9, 0, 0), (9, 0, 0)],
            unclassified=[(9, 0, 0), (9, 0, 0)],
        )
    )

    assert said[YEAR]["oversight"] == Row(18, 18, 0)
    assert "oversight" not in said[0]
    assert said[0]["non_oversight"] == said[0]["unclassified"] == Row(None, None, 0)
    assert said[0]["minor"] == Row(30, 30, 0)


def test_what_nobody_received_is_nothing_to_hide() -> None:
    said = publish(table(minor=[], normative=[], non_oversight=[], oversight=[], unclassified=[]))

    assert said[YEAR]["oversight"] == NOTHING
    assert said[0] == dict.fromkeys(
        ["minor", "normative", "non_oversight", "unclassified"], NOTHING
    )


def test_who_is_known_anyway_hides_nobody() -> None:
    """One complaint is not classified, and other figures say so: it can't hide the 2."""
    complaints = table(
        minor=[(20, 0, 0)],
        normative=[(10, 0, 0)],
        non_oversight=[(2, 0, 0)],
        oversight=[(9, 0, 0)],
        unclassified=[(0, 0, 1)],
    )
    groups = [["minor", "normative"], ["non_oversight", "oversight", "unclassified"]]

    said = published(complaints, groups=groups, known=["unclassified"])

    assert said[YEAR]["non_oversight"] == said[YEAR]["oversight"] == Row(None, None, 0)
    assert said[YEAR]["minor"] == Row(20, 20, 0)


def test_nobody_else_left_to_hide_among_makes_all_groups_one() -> None:
    complaints = table(
        minor=[(20, 0, 0)],
        normative=[(10, 0, 0)],
        non_oversight=[(2, 0, 0)],
        unclassified=[(9, 0, 0)],
    )
    groups = [["minor", "normative"], ["non_oversight", "unclassified"]]

    said = published(complaints, groups=groups, known=["unclassified"])

    assert said[YEAR]["minor"] == Row(None, None, 0)


@pytest.mark.parametrize(
    ("members", "groups"),
    [
        (["a"], [["a"]]),
        (["a", "b", "c"], [["a", "b", "c"]]),
        (["a", "b", "c", "d", "e"], [["a", "b"], ["c", "d", "e"]]),
    ],
)
def test_neighbours_are_two_or_three(members: list[str], groups: list[list[str]]) -> None:
    assert neighbours(members) == groups


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=2, max_size=2),
)
def test_bounds_are_what_counting_every_table_gives(cells: list[list[int]]) -> None:
    (a, b), (c, d) = cells
    total = a + b + c + d
    possible = [
        x
        for x in range(total + 1)
        if a + b - x >= 0 and a + c - x >= 0 and total - (a + b) - (a + c) + x >= 0
    ]

    assert frechet(a + b, a + c, total) == (min(possible), max(possible))


# The audit. First every table there is of a few cells, with 1 and 2 as the small ones to keep them
# few: who knows this source code too, and reckons what every table would have been shown as, still
# finds several that look alike.


def every_table(members: int, quarters: int, parts: Sequence[str], most: int) -> list[Table]:
    cells = [Cells(**dict(zip(parts, counts, strict=True))) for counts in grid(len(parts), most)]
    years = [[*year, *[Cells()] * (4 - quarters)] for year in product(cells, repeat=quarters)]
    names = [f"member {number}" for number in range(members)]
    return [dict(zip(names, rows, strict=True)) for rows in product(years, repeat=members)]


def grid(axes: int, most: int) -> list[tuple[int, ...]]:
    return list(product(range(most + 1), repeat=axes))


@pytest.mark.parametrize(
    ("members", "quarters", "parts", "most"),
    [
        pytest.param(2, 1, ["on_time", "not_on_time"], 6, id="two members, on time and not"),
        pytest.param(2, 1, ["on_time", "not_on_time", "undecided"], 3, id="some undecided"),
        pytest.param(2, 2, ["on_time"], 6, id="two quarters"),
        pytest.param(3, 1, ["on_time"], 9, id="three members"),
    ],
)
def test_no_hidden_cell_is_the_same_in_all_tables_that_look_alike(
    monkeypatch: pytest.MonkeyPatch, members: int, quarters: int, parts: list[str], most: int
) -> None:
    monkeypatch.setattr(suppression, "SMALL_MAX", 2)
    alike: dict[str, list[Table]] = defaultdict(list)
    for each in every_table(members, quarters, parts, most):
        if max(map(max, totals(each))) <= most:  # so that every table that looks alike is here
            alike[repr((publish(each), totals(each)))].append(each)

    for tables in alike.values():
        for cell in hidden(publish(tables[0])):
            assert len({value(each, *cell) for each in tables}) > 1, (cell, tables)


# Then random tables of real size: beside each, for each hidden cell, there is another table that
# all that is published is true of, and in which that cell is another.

counts = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 60))
quarters = st.lists(st.builds(Cells, counts, counts, counts), min_size=4, max_size=4)
half_years = quarters.map(lambda four: [*four[:2], Cells(), Cells()])
tables = st.fixed_dictionaries(dict.fromkeys(CATEGORIES, st.one_of(quarters, half_years)))


@settings(max_examples=60, deadline=None)
@given(tables)
def test_each_hidden_cell_has_a_twin(of: Table) -> None:
    said = publish(of)

    assert all(has_twin(of, cell, said) for cell in hidden(said))


@settings(max_examples=60, deadline=None)
@given(tables)
def test_so_has_oversight_in_a_quarter_where_there_was_some(of: Table) -> None:
    said = publish(of)
    unsaid = [("oversight", quarter, part) for quarter, part in product(range(4), Cells._fields)]

    assert all(has_twin(of, cell, said) for cell in unsaid if value(of, *cell))


@settings(max_examples=100, deadline=None)
@given(tables)
def test_what_is_shown_is_true_and_not_small(of: Table) -> None:
    for member, period, column, shown in visible(publish(of)):
        assert shown == value(of, member, period, column)
        assert not 1 <= shown <= 4

"""Looks for the twin of a table: another one that all that is published is true of as well.

Only a hidden cell is another. A reader can't tell which of the two it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import Any

from services.projections.read_models.suppression import COLUMNS, PERIODS, YEAR, Cells, Row

Table = dict[str, list[Cells]]
Publication = Sequence[Mapping[str, Row]]

QUARTERS = range(4)
PARTS = Cells._fields


def table(**members: Sequence[tuple[int, int, int]]) -> Table:
    """A table by member: a (on time, not on time, undecided) each quarter, the rest are empty."""
    return {
        member: [Cells(*quarter) for quarter in [*quarters, *[(0, 0, 0)] * (4 - len(quarters))]]
        for member, quarters in members.items()
    }


def value(table: Table, member: str, period: int, column: str) -> int:
    quarters = QUARTERS if period == YEAR else (period,)
    return sum(getattr(table[member][quarter], column) for quarter in quarters)


def hidden(publication: Publication) -> Iterator[tuple[str, int, str]]:
    """Every hidden cell's address."""
    for period in PERIODS:
        for member, row in publication[period].items():
            for column in COLUMNS:
                if getattr(row, column) is None:
                    yield member, period, column


def visible(publication: Publication) -> Iterator[tuple[str, int, str, int]]:
    for period in PERIODS:
        for member, row in publication[period].items():
            for column in COLUMNS:
                if (shown := getattr(row, column)) is not None:
                    yield member, period, column, shown


def totals(table: Table) -> Any:
    """What always stands: of every quarter, each column's total."""
    return [
        [sum(getattr(quarters[q], part) for quarters in table.values()) for part in PARTS]
        for q in QUARTERS
    ]


def has_twin(table: Table, cell: tuple[str, int, str], publication: Publication) -> bool:
    was, shown = value(table, *cell), list(visible(publication))
    return any(
        value(other, *cell) != was
        and all(value(other, member, period, column) == v for member, period, column, v in shown)
        for other in neighbouring(table, cell[0])
    )


def neighbouring(table: Table, member: str) -> Iterator[Table]:
    """Tables with the same totals: one case of this member's and one of another's change places.

    Or one case is moved between the two.
    """
    places = list(product(QUARTERS, PARTS))
    for other in table.keys() - {member}:
        for giver, taker in ((member, other), (other, member)):
            for place in places:
                yield from _moved(table, [(giver, taker, place)])
        for given, taken in permutations(places, 2):
            yield from _moved(table, [(member, other, given), (other, member, taken)])


def _moved(table: Table, moves: Sequence[tuple[str, str, tuple[int, str]]]) -> Iterator[Table]:
    """The table after these moves; none if there is no such case."""
    after = {member: list(quarters) for member, quarters in table.items()}
    for giver, taker, (quarter, part) in moves:
        if not getattr(after[giver][quarter], part):
            return
        for member, change in ((giver, -1), (taker, 1)):
            cells = after[member][quarter]
            after[member][quarter] = cells._replace(**{part: getattr(cells, part) + change})
    yield after

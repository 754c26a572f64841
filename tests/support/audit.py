"""Reads everything that is published of a year's complaints, and looks for what it gives away.

The reader is a linear programme in whole numbers: a variable for each count that nobody published,
an equation for each number that somebody did. A hidden cell is safe if the equations leave it at
least two values. Of two tables with the same totals any can be true together, so each is looked
at by itself; months have no breakdown, but their totals, and their days used, bind it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

MONTHS = range(1, 13)
QUARTERS = range(4)
YEAR = 4
COLUMNS = ("received", "on_time", "not_on_time")

ON_TIME, NOT_ON_TIME, UNDECIDED = "on_time", "not_on_time", "undecided"

Outcome = tuple[str, int]
"""How it stands, and if that is decided, between which deadlines it took its days."""

Cell = tuple[str, int, str]
"""Member, period (a quarter or the year), column."""


@dataclass
class Totals:
    """What is published of all complaints of one month; days used by the deadlines between.

    `unpaused` still run, and no pause explains why; the month ended `age` working days ago.
    """

    on_time: int
    not_on_time: int
    undecided: int
    days: Sequence[int]
    unpaused: int
    age: int


@dataclass
class Reader:
    """What somebody knows of one table who has read everything; `allowed` are its deadlines."""

    members: Sequence[str]
    months: Mapping[int, Totals]
    allowed: Mapping[str, int] | None = None  # of channels there are none
    knowledge: list[tuple[list[int], int, float]] = field(default_factory=list)  # least, most

    def __post_init__(self) -> None:
        longest = sorted(set(self.allowed.values())) if self.allowed else [0]
        self._bands = range(len(longest))
        self._lowest = [0, *(days + 1 for days in longest[:-1])]
        decided = product((ON_TIME, NOT_ON_TIME), self._bands)
        self._outcomes: list[Outcome] = [*decided, (UNDECIDED, 0)]
        places = product(self.members, MONTHS, self._outcomes)
        self._place = {place: number for number, place in enumerate(places)}
        for month in MONTHS:
            self._read_totals(month, self.months[month])

    def _read_totals(self, month: int, said: Totals) -> None:
        for part, count in (
            (ON_TIME, said.on_time),
            (NOT_ON_TIME, said.not_on_time),
            (UNDECIDED, said.undecided),
        ):
            self._learn(self._unknowns(self.members, [month], {part}), count)
        if self.allowed is None:
            return
        for band in self._bands:
            both = {ON_TIME, NOT_ON_TIME}
            self._learn(self._unknowns(self.members, [month], both, band), said.days[band])
        longer = [member for member in self.members if self.allowed[member] >= said.age]
        self._learn(self._unknowns(longer, [month], {UNDECIDED}), said.unpaused, np.inf)

    def read(self, publication: Sequence[Mapping[str, Mapping[str, Any]]]) -> None:
        """The rows of the four quarters and of the year."""
        for cell, value in cells(publication):
            if value is not None:
                self.told(cell, value)

    def told(self, cell: Cell, value: int) -> None:
        self._learn(self.sum_of(cell), value)

    def sum_of(self, cell: Cell) -> list[int]:
        """The unknowns that a cell is the sum of."""
        member, period, column = cell
        months = MONTHS if period == YEAR else range(3 * period + 1, 3 * period + 4)
        parts = {ON_TIME, NOT_ON_TIME, UNDECIDED} if column == "received" else {column}
        return self._unknowns([member], months, parts)

    def _unknowns(
        self,
        members: Collection[str],
        months: Collection[int],
        parts: Collection[str],
        band: int | None = None,
    ) -> list[int]:
        return [
            self._place[member, month, outcome]
            for member, month, outcome in product(members, months, self._outcomes)
            if outcome[0] in parts and band in (None, outcome[1])
        ]

    def _learn(self, unknowns: list[int], least: int, most: float | None = None) -> None:
        self.knowledge.append((unknowns, least, least if most is None else most))

    # What can't be hidden from this reader.

    def gives_away(self, hidden: Mapping[Cell, int]) -> list[Cell]:
        """Those of the hidden cells that can have no value but theirs."""
        safe: set[Cell] = set()
        given_away: list[Cell] = []
        for cell in hidden:
            if cell in safe:
                continue
            for sign in (-1, 1):
                other = self._extreme(self.sum_of(cell), sign)
                safe |= {each for each in hidden if self._value(each, other) != hidden[each]}
                if cell in safe:
                    break
            else:
                given_away.append(cell)
        return given_away

    def _value(self, cell: Cell, solution: Any) -> int:
        return int(solution[self.sum_of(cell)].sum())

    def _extreme(self, unknowns: list[int], sign: int) -> Any:
        """A table that all that was read is true of, with the most (-1) or the least (1)."""
        objective = np.zeros(len(self._place))
        objective[unknowns] = sign
        least, most = ([each[side] for each in self.knowledge] for side in (1, 2))
        found = milp(
            objective,
            integrality=np.ones(len(objective)),
            bounds=Bounds(0, self._upper_bounds()),
            constraints=LinearConstraint(self._matrix(), least, most),
        )
        assert found.success, "what is published is true, so there is a table"
        return np.rint(found.x)

    def _matrix(self) -> Any:
        sums = [unknowns for unknowns, _, _ in self.knowledge]
        rows = [row for row, unknowns in enumerate(sums) for _ in unknowns]
        columns = [column for unknowns in sums for column in unknowns]
        shape = (len(sums), len(self._place))
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)

    def _upper_bounds(self) -> Any:
        """Nobody is on time who took more days than he had."""
        bounds = np.full(len(self._place), np.inf)
        for (member, _, (part, band)), place in self._place.items():
            if self.allowed and part == ON_TIME and self._lowest[band] > self.allowed[member]:
                bounds[place] = 0
        return bounds


def cells(
    publication: Sequence[Mapping[str, Mapping[str, Any]]],
) -> Iterator[tuple[Cell, int | None]]:
    """Every published cell, None if it is hidden."""
    for period, rows in enumerate(publication):
        for member, row in rows.items():
            for column in COLUMNS:
                yield (member, period, column), row[column]

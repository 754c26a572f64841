"""Which cells of a complaint breakdown may be shown without telling on somebody.

A breakdown is a table of members (categories, or channels) with three columns: received, on
time, not on time. It is published for a year and for its four quarters, beside totals that
always stand. A cell of 1 to 4 must not be shown, and no hidden cell may be worked out from all
that is shown, nor be bounded to a single value.

The scheme is made to be provable, before it is made to show much:

1. Members stand in fixed groups of neighbours, two or three, whatever the figures are. The
   reader is taken to know each group's sums in every period. The page says less (it gives the
   sums of all that is hidden together), so what is safe here is safe there.
2. Each group is shown on the first of five levels that is safe, the same in the year and its
   four quarters. On each of them what is known are the margins of two-way tables of counts. So
   the least and the most that a cell can be are known exactly, and each value between occurs
   (Fréchet's bounds).
3. A cell is shown if the level shows it, or if its bounds meet: anybody could reckon it. A level
   is safe if no cell that is so shown is 1 to 4. On the last level the bounds are 0 and the
   group's sum, which meet only where all is zero.

So for a hidden cell at least two values agree with all that is published: by construction, and
the tests look for the other table each time, and solve all equations that a reader has. What is
*not* promised: that it also withstands who reckons with the scheme itself (a level tells that those
before it weren't safe). Of small tables the tests try all and find it does; of large ones with many
cases undecided, not quite all. Nor can a breakdown hide what the totals tell without it.

Next: `breakdowns.py`, which makes the tables and publishes the rows.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import IntEnum
from operator import sub
from typing import NamedTuple, TypeAlias

SMALL_MAX = 4

QUARTERS = range(4)
YEAR = 4  # the period after the four quarters
PERIODS = range(5)

COLUMNS = ("received", "on_time", "not_on_time")
ALL_COLUMNS = (*COLUMNS, "undecided")


class Cells(NamedTuple):
    """One member in one quarter.

    What is undecided (running, waiting, withdrawn, forwarded) is never published by member, but
    everybody can subtract.
    """

    on_time: int = 0
    not_on_time: int = 0
    undecided: int = 0

    @property
    def received(self) -> int:
        return sum(self)


Table: TypeAlias = Mapping[str, Sequence[Cells]]
"""Each member's four quarters."""

Told: TypeAlias = Mapping[tuple[int, str], Cells]
"""By quarter and member: as many cases as other figures surely give away (`telltales.py`)."""


class Row(NamedTuple):
    """What is published of one member in one period; None is hidden."""

    received: int | None
    on_time: int | None
    not_on_time: int | None

    @property
    def suppressed(self) -> bool:
        return None in self


class Bounds(NamedTuple):
    """The least and the most that a cell can be, as far as the reader can tell."""

    least: int
    most: int

    @property
    def meet(self) -> bool:
        return self.least == self.most


def published(
    table: Table,
    *,
    groups: Sequence[Sequence[str]],
    yearly: Collection[str] = (),
    told: Told | None = None,
    known: Collection[str] = (),
) -> Sequence[Mapping[str, Row]]:
    """The rows of the four quarters and of the year (index `YEAR`).

    Members named `yearly` have no rows in quarters. Those that are `known` from other figures
    are hidden like all, but hide nobody. Where what other figures give away leaves nothing to
    hide among in one group, all groups are one.
    """
    knowledge = _Knowledge(frozenset(yearly), frozenset(known), told or {})
    parts = [_Group(table, members, knowledge) for members in groups]
    if not all(part.is_safe(Level.NOTHING) for part in parts):
        parts = [_Group(table, list(table), knowledge)]
    levels = {member: (part, part.first_safe_level()) for part in parts for member in part.members}
    return [
        {
            member: levels[member][0].row(member, period, levels[member][1])
            for member in table
            if period == YEAR or member not in yearly
        }
        for period in PERIODS
    ]


def neighbours(members: Sequence[str]) -> Sequence[Sequence[str]]:
    """Two by two in their order; an odd one out is a third."""
    if len(members) < 4:
        return [members]
    return [members[:2], *neighbours(members[2:])]


class Level(IntEnum):
    """How much of a group is shown, from the most to the least."""

    EVERYTHING = 0
    YEAR = 1  # the year's rows, none of the quarters'
    RECEIVED = 2  # what was received, in the year and the quarters
    RECEIVED_IN_YEAR = 3
    NOTHING = 4


class _Knowledge(NamedTuple):
    """What holds for all groups."""

    yearly: frozenset[str]
    known: frozenset[str]
    told: Told


class _Group:
    """Members that are shown or hidden together.

    A cell has an address (member, period, column): a period is a quarter or `YEAR`, a column the
    name of one of `Cells` or "received".
    """

    def __init__(self, table: Table, members: Sequence[str], knowledge: _Knowledge) -> None:
        self.members = members
        self._yearly = knowledge.yearly.intersection(members)
        self._counts = _Counts({member: table[member] for member in members})
        self._untold = _Counts(
            {member: _without(table, member, knowledge.told) for member in members}
        )
        unknown = [member for member in members if member not in knowledge.known]
        self._unknown = _Group(table, unknown, knowledge) if unknown != list(members) else None

    def first_safe_level(self) -> Level:
        return next((level for level in Level if self.is_safe(level)), Level.NOTHING)

    def is_safe(self, level: Level) -> bool:
        if self._yearly and level in (Level.EVERYTHING, Level.RECEIVED):
            return False  # the totals of a quarter less its rows would be theirs
        if self._unknown is not None and not self._unknown.is_safe(level):
            return False  # to a reader who takes away what he knows
        return all(
            self._is_safe(level, member, period, column)
            for member in self.members
            for period in PERIODS
            for column in (ALL_COLUMNS if member in self._yearly else COLUMNS)
        )

    def _is_safe(self, level: Level, member: str, period: int, column: str) -> bool:
        if len(self.members) == 1:
            level = Level.EVERYTHING  # what a group of one hides is its published sum
        bounds = REACH[level](self._counts, member, period, column)
        if not bounds.meet:
            return not REACH[level](self._untold, member, period, column).meet
        if member in self._yearly and period != YEAR:
            return bounds.most == 0
        return not 1 <= bounds.most <= SMALL_MAX

    def row(self, member: str, period: int, level: Level) -> Row:
        cells = (REACH[level](self._counts, member, period, column) for column in COLUMNS)
        return Row(*(bounds.most if bounds.meet else None for bounds in cells))


def _without(table: Table, member: str, told: Told) -> Sequence[Cells]:
    return [
        Cells(*map(sub, cells, told.get((quarter, member), Cells())))
        for quarter, cells in enumerate(table[member])
    ]


class _Counts:
    """The counts of a group's members, by cell and summed over them."""

    def __init__(self, table: Table) -> None:
        self._of: dict[tuple[str, int, str], int] = {}
        self._all: Counter[tuple[int, str]] = Counter()
        for member, quarters in table.items():
            for period, cells in enumerate((*quarters, _together(quarters))):
                for column in ALL_COLUMNS:
                    count = getattr(cells, column)
                    self._of[member, period, column] = count
                    self._all[period, column] += count

    def of(self, member: str, period: int, column: str) -> int:
        return self._of[member, period, column]

    def all(self, period: int, column: str) -> int:
        return self._all[period, column]


def _together(quarters: Sequence[Cells]) -> Cells:
    return Cells(*map(sum, zip(*quarters, strict=True)))


def frechet(row: int, column: int, total: int) -> Bounds:
    """Of a cell in a two-way table of counts of which only the margins are known."""
    return Bounds(max(0, row + column - total), min(row, column))


def _sum(bounds: Iterable[Bounds]) -> Bounds:
    """Of a sum whose parts are free of each other."""
    parts = list(bounds)
    return Bounds(sum(part.least for part in parts), sum(part.most for part in parts))


def _shown(counts: _Counts, member: str, period: int, column: str) -> Bounds:
    value = counts.of(member, period, column)
    return Bounds(value, value)


def _beside_the_year(counts: _Counts, member: str, period: int, column: str) -> Bounds:
    """The year is shown: each column is a table of members by quarters."""
    if period == YEAR:
        return _shown(counts, member, period, column)
    if column == "received":
        return _sum(_beside_the_year(counts, member, period, part) for part in Cells._fields)
    year = counts.of(member, YEAR, column)
    return frechet(year, counts.all(period, column), counts.all(YEAR, column))


def _beside_received(counts: _Counts, member: str, period: int, column: str) -> Bounds:
    """Received is shown everywhere: each quarter is a table of members by columns."""
    if column == "received":
        return _shown(counts, member, period, column)
    if period == YEAR:
        return _sum(_beside_received(counts, member, quarter, column) for quarter in QUARTERS)
    received = counts.of(member, period, "received")
    return frechet(received, counts.all(period, column), counts.all(period, "received"))


def _beside_received_in_year(counts: _Counts, member: str, period: int, column: str) -> Bounds:
    """One table of members by quarters' columns, of which several taken together are one."""
    received = counts.of(member, YEAR, "received")
    if (period, column) == (YEAR, "received"):
        return Bounds(received, received)
    return frechet(received, counts.all(period, column), counts.all(YEAR, "received"))


def _beside_nothing(counts: _Counts, _member: str, period: int, column: str) -> Bounds:
    return Bounds(0, counts.all(period, column))


REACH: Mapping[Level, Callable[[_Counts, str, int, str], Bounds]] = {
    Level.EVERYTHING: _shown,
    Level.YEAR: _beside_the_year,
    Level.RECEIVED: _beside_received,
    Level.RECEIVED_IN_YEAR: _beside_received_in_year,
    Level.NOTHING: _beside_nothing,
}
"""What a reader can tell of a cell on each level."""

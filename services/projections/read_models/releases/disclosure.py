"""What can be worked out of a table of complaints by whoever reads all that is released.

A table counts members (categories, or channels) by month. Nobody may work out that 1 to 4
complaints of a single member were received in some year, quarter or month, nor between two
releases. How many of them were late is no secret. The reader is taken to know more than is
published: at any time what each fixed group of neighbours received by quarter, and what all
received by month. Then

1. Members of a merged row can't be told apart: exchange two of them everywhere, and nothing that is
   published changes. So a merged row is always safe, and so is a group's row in a quarter.
2. A row of one member has known sums, in a group whose quarters are known. Each outcome is then a
   two-way table of counts with known margins, so the least and the most that a cell can be are
   known exactly (Fréchet's bounds). The row is safe if in each period in which 1 to 4 were received
   they leave room for some outcome; of all cases, and of those since its last release.

Where deadlines differ within a group, days tell its members apart, and only cases on time hide one
another: whoever had more time may have been quick.

Next: `merging.py`, which makes rows that are safe.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple, TypeAlias

CELL_MIN = 5  # complaints received, or changed

Months: TypeAlias = tuple[int, ...]
Members: TypeAlias = tuple[str, ...]
Block: TypeAlias = tuple[Months, ...]

QUARTERS: tuple[Months, ...] = ((1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12))
YEAR: Months = sum(QUARTERS, ())


class Cells(NamedTuple):
    """How many complaints came out how."""

    on_time: int = 0
    not_on_time: int = 0
    undecided: int = 0

    @property
    def received(self) -> int:
        return sum(self)


ON_TIME, *_ = OUTCOMES = range(len(Cells._fields))


class OutcomeTable:
    """Counts by member and month; what isn't there is nothing."""

    def __init__(self, cells: Mapping[tuple[str, int], Cells]) -> None:
        self._cells = cells
        self._sums: dict[tuple[Members, Months], Cells] = {}

    def of(self, members: Members, months: Months) -> Cells:
        found = self._sums.get((members, months))
        if found is None:
            mine = [self._at(member, month) for member in members for month in months]
            found = Cells(*map(sum, zip(Cells(), *mine, strict=True)))
            self._sums[members, months] = found
        return found

    def since(self, then: OutcomeTable) -> OutcomeTable:
        """What has come; what has gone hides nobody."""
        return self._beside(then, lambda new, old: max(0, new - old))

    def still(self, then: OutcomeTable) -> OutcomeTable:
        """What was so then, too."""
        return self._beside(then, min)

    def _beside(self, then: OutcomeTable, of: Callable[[int, int], int]) -> OutcomeTable:
        return OutcomeTable(
            {key: Cells(*map(of, cells, then._at(*key))) for key, cells in self._cells.items()}
        )

    def _at(self, member: str, month: int) -> Cells:
        return self._cells.get((member, month), Cells())


NOTHING = OutcomeTable({})


@dataclass(frozen=True, slots=True)
class TableRules:
    """What is fixed of a table, whatever the figures are.

    groups: neighbours. known: whom other figures count, and who so hides nobody. mixed: in whose
    group deadlines differ. yearly: who is not told apart in quarters.
    """

    groups: tuple[Members, ...]
    known: frozenset[str] = frozenset()
    mixed: frozenset[str] = frozenset()
    yearly: frozenset[str] = frozenset()

    @property
    def everybody(self) -> Members:
        return sum(self.groups, ())

    def unknown(self, members: Members) -> Members:
        return tuple(member for member in members if member not in self.known)


def is_small(received: int) -> bool:
    return 0 < abs(received) < CELL_MIN


def fewest_changed(new: Iterable[int], old: Iterable[int]) -> int:
    """The fewest complaints that can have made the difference."""
    steps = [after - before for after, before in zip(new, old, strict=True)]
    return max(sum(max(0, step) for step in steps), -sum(min(0, step) for step in steps))


def neighbours(members: Sequence[str]) -> tuple[Members, ...]:
    """Two by two in their order; an odd one out is a third."""
    if len(members) < 4:
        return (tuple(members),)
    return (tuple(members[:2]), *neighbours(members[2:]))


def by_deadline(
    days: Mapping[str, int], *, known: frozenset[str], yearly: frozenset[str]
) -> TableRules:
    """Those with the same deadline are neighbours; one that has none joins the next ones."""
    groups: list[Members] = []
    for member in sorted(days, key=days.__getitem__):
        if groups and (len({*groups[-1]} - known) < 2 or days[member] == days[groups[-1][-1]]):
            groups[-1] += (member,)
        else:
            groups.append((member,))
    if len(groups) > 1 and len({*groups[-1]} - known) < 2:
        groups[-2:] = [groups[-2] + groups[-1]]
    mixed = {member for each in groups if len({days[m] for m in each}) > 1 for member in each}
    return TableRules(tuple(groups), known, frozenset(mixed), yearly)


def is_disclosive(
    rules: TableRules,
    table: OutcomeTable,
    then: OutcomeTable,
    row: Members,
    group: Members,
    block: Block,
) -> bool:
    """Whether it can be worked out that 1 to 4 complaints of one member were received in a period.

    Now or `then`, by whoever knew at both times what the row said of these quarters together.
    """
    still = table.still(then)
    return any(
        _is_inferable(rules, one, [still, one.since(other)], row, group, block)
        for one, other in ((table, then), (then, table))
    )


def is_disclosive_since(
    rules: TableRules,
    table: OutcomeTable,
    then: OutcomeTable,
    row: Members,
    group: Members,
    block: Block,
) -> bool:
    """The same of what has come, by whoever knows what the row said then."""
    came = table.since(then)
    return _is_inferable(rules, table, [came], row, group, block, then)


def _is_inferable(
    rules: TableRules,
    table: OutcomeTable,
    classes: Sequence[OutcomeTable],
    row: Members,
    group: Members,
    block: Block,
    less: OutcomeTable = NOTHING,
) -> bool:
    mine, crowd, everybody = row, group, rules.everybody
    if rules.unknown(row):  # else it is somebody who is known himself
        mine, crowd, everybody = map(rules.unknown, (row, group, everybody))
    if len(mine) != 1:
        return False
    months, outcomes = sum(block, ()), (ON_TIME,) if rules.mixed.intersection(group) else OUTCOMES
    readers = [_Intruder(each, mine, crowd, everybody, months) for each in classes]

    def is_secret(period: Months) -> bool:
        return is_small(table.of(mine, period).received - less.of(mine, period).received)

    return is_secret(months) or any(
        is_secret(period)
        and not any(
            reader.is_unsure(outcome, period, quarter)
            for reader, outcome in product(readers, outcomes)
        )
        for quarter in block
        for period in (quarter, *((month,) for month in quarter))
    )


@dataclass(frozen=True, slots=True)
class _Intruder:
    """What is known of a row, of its group, and of everybody, in these quarters together."""

    table: OutcomeTable
    row: Members
    crowd: Members
    everybody: Members
    block: Months

    def is_unsure(self, outcome: int, period: Months, quarter: Months) -> bool:
        """Whether the row can have another count of this outcome in the period."""

        def known(members: Members, months: Months) -> int:
            return self.table.of(members, months)[outcome]

        here = Bounds(known(self.crowd, quarter), known(self.crowd, quarter))
        if period != quarter:
            here = frechet(here, known(self.everybody, period), known(self.everybody, quarter))
        cell = frechet(here, known(self.row, self.block), known(self.crowd, self.block))
        return cell.least < cell.most


def are_days_disclosive(
    rules: TableRules, table: OutcomeTable, rows: Collection[Members], surely: Mapping[Months, int]
) -> bool:
    """Whether the days that cases took tell who had which deadline, where there are 1 to 4.

    surely: by quarter, how many cases on time took longer than any deadline but the longest.
    """
    *_, last = rules.unknown(rules.groups[-1])
    if last not in rules.mixed:
        return False
    row = next((each for each in rows if last in each), rules.everybody)
    group = rules.unknown(row if len(row) > 1 else rules.groups[-1])
    spare = table.of(row, YEAR).on_time - sum(surely.values()) if len(row) == 1 else None

    def is_told(quarter: Months, sure: int) -> bool:
        cells = table.of(group, quarter)
        return cells.on_time + cells.not_on_time > 0 and (spare == 0 or cells.on_time <= sure)

    return any(
        is_told(quarter, sure)
        for quarter, sure in surely.items()
        for member, period in product(group, (quarter, *((month,) for month in quarter)))
        if is_small(table.of((member,), period).received)
    )


class Bounds(NamedTuple):
    """The least and the most that a count can be."""

    least: int
    most: int


def frechet(row: Bounds, column: int, total: int) -> Bounds:
    """Of a cell in a two-way table of counts of which the margins are known."""
    return Bounds(max(0, row.least + column - total), min(row.most, column))

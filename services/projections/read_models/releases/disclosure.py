"""Statistical disclosure control: what can be inferred from all releases of a table of complaints.

A table counts members (categories, or channels) by month. Nobody may infer that 1 to 4 complaints
of a single member were received in some year, quarter or month, or between two releases. How many
of them were late is no secret. The intruder is assumed to know more than is published: at any time
the counts of each fixed group of neighbours by quarter, and of all members by month. Then

1. Members of a merged row can't be distinguished: exchange two of them everywhere, and nothing that
   is published changes. So a merged row is always safe, and so is a group's row in a quarter.
2. A row of one member has known sums, in a group whose quarters are known. Each outcome is then a
   two-way table of counts with known margins, so the minimum and the maximum of a cell are known
   exactly (Fréchet's bounds). The row is safe if in each period in which 1 to 4 were received the
   bounds differ for some outcome: of all cases, and of those since its last release.

If deadlines differ within a group, days distinguish its members, and only cases on time protect
each other: a case with more time may have been quick.

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
    """The number of complaints by outcome."""

    on_time: int = 0
    not_on_time: int = 0
    undecided: int = 0

    @property
    def received(self) -> int:
        return sum(self)


ON_TIME, *_ = OUTCOMES = range(len(Cells._fields))


class OutcomeTable:
    """Counts by member and month; a missing one is 0."""

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

    def added_since(self, then: OutcomeTable) -> OutcomeTable:
        """The complaints added since; removed ones protect nobody."""
        return self._combine(then, lambda new, old: max(0, new - old))

    def common_with(self, then: OutcomeTable) -> OutcomeTable:
        """The complaints that both tables have."""
        return self._combine(then, min)

    def _combine(self, then: OutcomeTable, of: Callable[[int, int], int]) -> OutcomeTable:
        return OutcomeTable(
            {key: Cells(*map(of, cells, then._at(*key))) for key, cells in self._cells.items()}
        )

    def _at(self, member: str, month: int) -> Cells:
        return self._cells.get((member, month), Cells())


EMPTY = OutcomeTable({})


@dataclass(frozen=True, slots=True)
class TableRules:
    """The fixed properties of a table, whatever its counts are.

    groups: neighbours. known: members that other figures count, so that they protect nobody. mixed:
    members whose group has different deadlines. yearly: members not distinguished in quarters.
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
    """The least number of complaints that explains the difference."""
    steps = [after - before for after, before in zip(new, old, strict=True)]
    return max(sum(max(0, step) for step in steps), -sum(min(0, step) for step in steps))


def neighbours(members: Sequence[str]) -> tuple[Members, ...]:
    """Pairs in their order; the last group has three if the number is odd."""
    if len(members) < 4:
        return (tuple(members),)
    return (tuple(members[:2]), *neighbours(members[2:]))


def by_deadline(
    days: Mapping[str, int], *, known: frozenset[str], yearly: frozenset[str]
) -> TableRules:
    """Members with the same deadline are neighbours; a single one joins the next group."""
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
    """Whether it can be inferred that 1 to 4 complaints of one member were received in a period.

    Now or `then`, by an intruder who knows the row's sums over these quarters at both times.
    """
    common = table.common_with(then)
    return any(
        _is_inferable(rules, one, [common, one.added_since(other)], row, group, block)
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
    """The same for the complaints added since, by an intruder who knows the row of then."""
    added = table.added_since(then)
    return _is_inferable(rules, table, [added], row, group, block, then)


def _is_inferable(
    rules: TableRules,
    table: OutcomeTable,
    classes: Sequence[OutcomeTable],
    row: Members,
    group: Members,
    block: Block,
    less: OutcomeTable = EMPTY,
) -> bool:
    mine, crowd, everybody = row, group, rules.everybody
    if rules.unknown(row):  # else the member itself is known
        mine, crowd, everybody = map(rules.unknown, (row, group, everybody))
    if len(mine) != 1:
        return False
    months, outcomes = sum(block, ()), (ON_TIME,) if rules.mixed.intersection(group) else OUTCOMES
    intruders = [_Intruder(each, mine, crowd, everybody, months) for each in classes]

    def is_secret(period: Months) -> bool:
        return is_small(table.of(mine, period).received - less.of(mine, period).received)

    return is_secret(months) or any(
        is_secret(period)
        and not any(
            intruder.is_uncertain(outcome, period, quarter)
            for intruder, outcome in product(intruders, outcomes)
        )
        for quarter in block
        for period in (quarter, *((month,) for month in quarter))
    )


@dataclass(frozen=True, slots=True)
class _Intruder:
    """What is known of a row, of its group, and of all members, in these quarters together."""

    table: OutcomeTable
    row: Members
    crowd: Members
    everybody: Members
    block: Months

    def is_uncertain(self, outcome: int, period: Months, quarter: Months) -> bool:
        """Whether the row's count of this outcome in the period isn't determined."""

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
    """Whether the days that cases took reveal the member of 1 to 4 complaints.

    surely: by quarter, how many cases on time took longer than any deadline but the longest.
    """
    *_, last = rules.unknown(rules.groups[-1])
    if last not in rules.mixed:
        return False
    row = next((each for each in rows if last in each), rules.everybody)
    group = rules.unknown(row if len(row) > 1 else rules.groups[-1])
    spare = table.of(row, YEAR).on_time - sum(surely.values()) if len(row) == 1 else None

    everybody = rules.unknown(rules.everybody)

    def is_revealed(quarter: Months, period: Months, sure: int) -> bool:
        """Whether no case on time can hide the member there: late ones tell their deadline."""
        cells = table.of(group, quarter)
        hiding = min(cells.on_time, table.of(everybody, period).on_time)
        return cells.on_time + cells.not_on_time > 0 and (spare == 0 or hiding <= sure)

    return any(
        is_revealed(quarter, period, sure)
        for quarter, sure in surely.items()
        for member, period in product(group, (quarter, *((month,) for month in quarter)))
        if is_small(table.of((member,), period).received)
    )


class Bounds(NamedTuple):
    """The minimum and the maximum of a count."""

    least: int
    most: int


def frechet(row: Bounds, column: int, total: int) -> Bounds:
    """The bounds of a cell in a two-way table of counts with known margins."""
    return Bounds(max(0, row.least + column - total), min(row.most, column))

"""The rows of a table of complaints, from release to release: as fine as disclosure control allows.

Members are in fixed groups of neighbours. A group is split into rows if each of them has enough
complaints, or none, and none is disclosive (`disclosure.py`). Otherwise it is one row, and a group
with too few complaints is merged with its neighbour. Later rows are only split further. All rows of
a group are released together or none, since one alone could be computed by subtraction. A row that
has hardly changed is released unchanged.

Next: `releases.py`, which says when, and of what.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise, product
from typing import TypeAlias

from services.projections.read_models.releases.disclosure import (
    CELL_MIN,
    EMPTY,
    QUARTERS,
    YEAR,
    Block,
    Members,
    Months,
    OutcomeTable,
    TableRules,
    fewest_changed,
    is_disclosive,
    is_disclosive_since,
    is_small,
)


@dataclass(frozen=True, slots=True)
class MergedRow:
    """Members as released on a day, with the table of then and the tables of earlier releases."""

    members: Members
    released_on: dt.date
    table: OutcomeTable
    before: tuple[OutcomeTable, ...] = ()


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Members whose rows are released together. Before the first release there are no rows."""

    members: Members
    rows: tuple[MergedRow, ...] = ()


Groups: TypeAlias = tuple[RowGroup, ...]
Parts: TypeAlias = tuple[Members, ...]
IsSafe: TypeAlias = Callable[[Parts, Members], bool]


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """A table's year and its quarters, as released."""

    rules: TableRules
    year: Groups = ()
    quarters: Mapping[Months, Groups] = field(default_factory=dict)
    tables: tuple[OutcomeTable, ...] = (EMPTY,)

    def renewed(
        self, table: OutcomeTable, on: dt.date, quarters: Sequence[Months]
    ) -> ReleasedTable:
        """The same after a release of the year and these quarters."""
        release = _TableRelease(self, table, on)
        release.year()
        for quarter in quarters:
            release.quarter(quarter)
        return self if release.reveals_others(self.year) else release.done


class _TableRelease:
    """One release of a table on a day: first the year, then each quarter."""

    def __init__(self, before: ReleasedTable, table: OutcomeTable, on: dt.date) -> None:
        self.done = replace(before, tables=(*before.tables, table))
        self._rules = before.rules
        self._table = table
        self._on = on
        self._initial = (RowGroup(self._rules.everybody),)

    def year(self) -> None:
        def is_safe(parts: Parts, unit: Members) -> bool:
            return not any(
                self._is_disclosive(part, unit, block)
                for part in parts
                for block in self._blocks(unit)
            )

        groups = [
            new
            for group in self.done.year or self._initial
            for new in self._renewed(group, YEAR, self._blocks(group.members), is_safe)
        ]
        self.done = replace(self.done, year=tuple(groups))

    def quarter(self, quarter: Months) -> None:
        rows = {group.members: group.rows for group in self.done.year}

        def is_safe(parts: Parts, unit: Members) -> bool:
            """Whether the quarter may have the year's rows, and the year's rows stay safe."""
            return (
                parts == tuple(row.members for row in rows.get(unit, ()))
                and not self._rules.yearly.intersection(unit)
                and not any(self._is_disclosive(part, unit, (quarter,)) for part in parts)
                and not any(
                    self._is_disclosive(row.members, unit, block, row.table)
                    or self._is_disclosive_since(row.members, unit, block, row.table, row.before)
                    for row in rows[unit]
                    for block in self._blocks(unit, quarter)
                )
            )

        groups = [
            new
            for group in self.done.quarters.get(quarter, self._initial)
            for new in self._renewed(group, quarter, [(quarter,)], is_safe)
        ]
        self.done = replace(self.done, quarters={**self.done.quarters, quarter: tuple(groups)})

    def reveals_others(self, before: Groups) -> bool:
        """Whether an unchanged row is disclosive beside the changed rows of its group.

        A group that is unchanged as a whole reveals nothing new.
        """
        return any(
            self._is_disclosive(row.members, group.members, block)
            for group in self.done.year
            if group not in before
            for row in group.rows
            for block in self._blocks(group.members)
        )

    def _renewed(
        self, group: RowGroup, months: Months, blocks: Sequence[Block], is_safe: IsSafe
    ) -> Sequence[RowGroup]:
        """The group's new rows, or the released ones."""
        for row, block in product(group.rows, blocks):
            stood = (row.table, *row.before)
            if self._is_disclosive_since(row.members, group.members, block, self._table, stood):
                return [group]
        old, new = {row.members: row for row in group.rows}, []
        for unit in self._units(group.members, months):
            parts = self._parts(unit, months, old, is_safe)
            if parts is None:
                return [group]
            rows = [self._row(part, months, old.get(part)) for part in parts]
            new.append(RowGroup(unit, tuple(rows)))
        return new

    def _units(self, members: Members, months: Months) -> Sequence[Members]:
        """Groups; one with few complaints is merged with a neighbour."""
        units = [each for each in self._rules.groups if set(each) <= set(members)]
        while len(units) > 1:
            sizes = [self._table.of(unit, months).received for unit in units]
            small = next((place for place, size in enumerate(sizes) if is_small(size)), None)
            if small is None:
                break
            first = min(small, len(units) - 2)
            units[first : first + 2] = [units[first] + units[first + 1]]
        return units

    def _parts(
        self, unit: Members, months: Months, old: Collection[Members], is_safe: IsSafe
    ) -> Parts | None:
        """The most rows that are safe, each within a released one; None: not even one row is."""
        for parts in compositions(unit) if unit in self._rules.groups else [(unit,)]:
            is_finer = not old or all(any(set(part) <= set(row) for row in old) for part in parts)
            is_enough = not any(is_small(self._table.of(part, months).received) for part in parts)
            if is_finer and is_enough and (len(parts) == 1 or is_safe(parts, unit)):
                return parts
        return None

    def _row(self, members: Members, months: Months, old: MergedRow | None) -> MergedRow:
        if old is None:
            return MergedRow(members, self._on, self._table)
        if (
            fewest_changed(self._table.of(members, months), old.table.of(members, months))
            < CELL_MIN
        ):
            return old
        return MergedRow(members, self._on, self._table, (old.table, *old.before))

    def _blocks(self, unit: Members, *more: Months) -> Sequence[Block]:
        """The quarters whose rows of this group are known, one by one, and all others as one."""
        known = {
            quarter
            for quarter, groups in self.done.quarters.items()
            if any(group.members == unit and len(group.rows) > 1 for group in groups)
        }.union(more)
        others = tuple(quarter for quarter in QUARTERS if quarter not in known)
        return [*((quarter,) for quarter in known), *([others] if others else [])]

    def _is_disclosive(
        self, row: Members, unit: Members, block: Block, table: OutcomeTable | None = None
    ) -> bool:
        """Whether it is disclosive beside any earlier release."""
        now = table or self._table
        return any(
            is_disclosive(self._rules, now, then, row, unit, block) for then in self.done.tables
        )

    def _is_disclosive_since(
        self,
        row: Members,
        unit: Members,
        block: Block,
        now: OutcomeTable,
        stood: Sequence[OutcomeTable],
    ) -> bool:
        return any(is_disclosive_since(self._rules, now, then, row, unit, block) for then in stood)


def compositions(members: Members) -> Iterator[Parts]:
    """All ways to split them into parts of neighbours, the most parts first."""
    inner = range(1, len(members))
    for cuts in (c for count in reversed(range(len(members))) for c in combinations(inner, count)):
        yield tuple(members[a:b] for a, b in pairwise((0, *cuts, len(members))))

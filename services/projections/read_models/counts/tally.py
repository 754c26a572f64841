"""How many? Counts by the month in which a case was received, kept by adding and subtracting.

Each row of `cases` adds to a few counts. When it changes, its old counts are subtracted and its new
ones are added. So the counts always agree with the rows, and reading them costs the same for ten
cases and for ten million.

Next: `statistics.py`, which makes figures of them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

from services.projections.read_models.cases import CaseRow
from services.projections.read_models.counts import provisional
from services.projections.read_models.counts.keys import ALL, CountedCase, Facet, Facets, Key
from services.projections.read_models.states import DECIDED, OPEN, VOIDED
from shared.postgres.connection import Connection

FINISHED = DECIDED.difference(OPEN)


def counts_of(case: CaseRow) -> Iterator[tuple[Key, int]]:
    """The counts that a case adds to, and how much to each."""
    yield from lasting_counts_of(case, () if case.kind is None else (("kind", case.kind),))
    if case.state == "overdue":
        yield from _days_of(case, month_of(case))


def lasting_counts_of(case: CaseRow | CountedCase, facets: Facets) -> Iterator[tuple[Key, int]]:
    """The counts that stay the same until an event arrives or the due date passes."""
    month = month_of(case)
    if case.state == VOIDED:  # it is in no other count
        yield (month, *ALL, "voided", 0), 1
        if case.is_voided_overdue:
            yield (month, *ALL, "voided_overdue", 0), 1
        return
    for facet, member in (ALL, *facets):
        yield (month, facet, member, case.state, 0), 1
    if case.state in FINISHED:
        yield from _days_of(case, month)
    for measure, value in _quantities(case):
        yield (month, *ALL, measure, value), 1
    if case.waited:
        yield (month, *ALL, "waited", 0), 1
    if case.is_rejected:
        yield (month, *ALL, "rejected", 0), 1
    if case.reclassified:
        yield (month, *ALL, "reclassified", 0), 1
    if case.backdated:
        yield (month, *ALL, "backdated", 0), 1
    if case.reopenings:
        yield (month, *ALL, "reopened", 0), 1
        yield (month, *ALL, "reopenings", 0), case.reopenings
    if case.provisional:
        yield from provisional.counts_of(case, month)


def _days_of(case: CaseRow | CountedCase, month: dt.date) -> Iterator[tuple[Key, int]]:
    """How long it took; of an overdue case, so far."""
    yield (month, *ALL, "days_used", case.days_used), 1
    yield (month, *ALL, "days_elapsed", case.days_elapsed), 1


def month_of(case: CaseRow | CountedCase) -> dt.date:
    return case.received_on.replace(day=1)


def _quantities(case: CaseRow | CountedCase) -> Iterator[tuple[str, int]]:
    """Measures with a value. A day is its ordinal, so that the least is the oldest."""
    if case.imported_on is not None:
        yield "imported", case.imported_on.toordinal()
    if case.state == "overdue" and case.due_on is not None:
        yield "overdue_since", case.due_on.toordinal()
    if case.waiting_since is not None:
        yield "waiting_since", case.waiting_since.toordinal()
    if case.score is not None:
        yield "rating", case.score


class TallyChange:
    """By how much each count changes while some cases change."""

    def __init__(self) -> None:
        self._by: Counter[Key] = Counter()

    def subtract(self, cases: Iterable[CaseRow]) -> None:
        for case in cases:
            for key, count in counts_of(case):
                self._by[key] -= count

    def add(self, cases: Iterable[CaseRow]) -> None:
        for case in cases:
            for key, count in counts_of(case):
                self._by[key] += count

    def rows(self) -> list[tuple[dt.date, Facet, str, str, int, int]]:
        return [(*key, by) for key, by in sorted(self._by.items()) if by]


_APPLY_CHANGE = """
merge into tally
using unnest($2::date[], $3::text[], $4::text[], $5::text[], $6::int[], $7::bigint[])
    as change (month, facet, member, measure, value, by)
on tally.service = $1
    and tally.month = change.month
    and tally.facet = change.facet
    and tally.member = change.member
    and tally.measure = change.measure
    and tally.value = change.value
when matched and tally.counted + change.by = 0 then delete
when matched then update set counted = tally.counted + change.by
when not matched then insert (service, month, facet, member, measure, value, counted)
    values ($1, change.month, change.facet, change.member, change.measure, change.value, change.by)
"""


async def apply_change(connection: Connection, service: str, change: TallyChange) -> None:
    """Apply the change to the counts. Not idempotent: the caller has locked the source's position
    and moves it in the same transaction, so no change comes twice."""
    columns = list(zip(*change.rows(), strict=True))
    if columns:
        await connection.execute(_APPLY_CHANGE, service, *columns)

"""How many due dates depend on days off that are not decreed yet, finished cases included.

A finished case keeps its due date. So it is counted with the version of its calendar and its due
date, and a read asks whether those days have been decreed since. A year that its decree leaves as
it was isn't provisional any more, and nothing has to be counted again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.projections.read_models.cases import CaseRow
from services.projections.read_models.counts.keys import CountedCase, Key, TallyRow
from services.projections.read_models.states import DECIDED
from shared.promise.working_days import Calendar

FACET = "provisional"  # its members are versions of the calendar, its values due dates
OF_ALL, OF_DECIDED = "cases", "decided"


class Provisional(NamedTuple):
    """The number of cases with such a due date, and of those whose promise is decided."""

    cases: int
    decided: int


def counts_of(case: CaseRow | CountedCase, month: dt.date) -> Iterator[tuple[Key, int]]:
    """The counts that a case with such a due date adds to."""
    yield key_of(case, month, OF_ALL), 1
    if case.state in DECIDED:
        yield key_of(case, month, OF_DECIDED), 1


def key_of(case: CaseRow | CountedCase, month: dt.date, measure: str) -> Key:
    assert case.due_on is not None, "what isn't known isn't provisional"
    return month, FACET, case.calendar, measure, case.due_on.toordinal()


def still_provisional(counts: Iterable[TallyRow], year: int, calendar: Calendar) -> Provisional:
    """The counts that are still provisional by the calendar in force."""
    found = {OF_ALL: 0, OF_DECIDED: 0}
    for count in counts:
        if count.facet == FACET:
            first, due_on = dt.date(year, count.month, 1), dt.date.fromordinal(count.value)
            if not calendar.has_settled(count.member, first, due_on):
                found[count.measure] += count.counted
    return Provisional(found[OF_ALL], found[OF_DECIDED])

"""How many due dates stand on days off that are not decreed yet, finished cases' too.

A finished case stays as it was reckoned. So each is counted with its calendar's version and its due
date, and whether those days have been decreed since is asked when the figures are read: a year that
its decree leaves as it was is provisional no longer, and nothing need be counted anew.
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
    """How many cases have such a due date, and of how many of them the promise is decided."""

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
    """Those of these counts that are still provisional by the calendar in force."""
    found = {OF_ALL: 0, OF_DECIDED: 0}
    for count in counts:
        if count.facet == FACET:
            first, due_on = dt.date(year, count.month, 1), dt.date.fromordinal(count.value)
            if not calendar.has_settled(count.member, first, due_on):
                found[count.measure] += count.counted
    return Provisional(found[OF_ALL], found[OF_DECIDED])

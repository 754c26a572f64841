"""What other figures tell of a breakdown of complaints: how many surely had a long deadline.

Next: `suppression.py`, which hides accordingly.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from services.projections.read_models.suppression import QUARTERS, Table, Told

Month: TypeAlias = tuple[Mapping[int, int], int]
"""A month's published histogram of days used, and how many of its cases were not on time."""


def told_by_days(
    table: Table, days_allowed: Mapping[str, int], quarters: Sequence[Sequence[Month]]
) -> Told:
    """How many cases on time the published histograms of days used give away, by member.

    A case on time has used no more days than it was allowed. So of a month's cases that took more
    than 14 days, as many as there are more of than of all its late and overdue ones were allowed
    more than 14. Where several members were, the cases are laid to those that have them: a reader
    who is told more can only reckon more.
    """
    told: dict[tuple[int, str], int] = {}
    for quarter in QUARTERS:
        laid = 0
        for longer in sorted(set(days_allowed.values()), reverse=True)[1:]:
            due = sum(_surely_on_time(month, longer) for month in quarters[quarter]) - laid
            for member in (member for member in table if days_allowed[member] > longer):
                before = told.get((quarter, member), 0)
                share = min(max(0, due), table[member][quarter].on_time - before)
                told[quarter, member] = before + share
                due -= share
                laid += share
    return told


def _surely_on_time(month: Month, days: int) -> int:
    histogram, not_on_time = month
    longer = sum(count for used, count in histogram.items() if used > days)
    return max(0, longer - not_on_time)

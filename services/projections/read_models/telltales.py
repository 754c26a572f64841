"""What other figures tell of a breakdown of complaints: how many surely had a long deadline.

Of a month's cases on time, those that took longer than the short deadlines; and of an old month's
that still run, all: with less time they would be overdue. Late ones tell nothing, since a breach
stands whatever the category becomes.

Next: `suppression.py`, which hides accordingly.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from services.projections.read_models.suppression import QUARTERS, Cells, Table, Told

Part = Literal["on_time", "undecided"]


class Month(NamedTuple):
    """What is published of all complaints of a month."""

    days_used: Mapping[int, int]  # how many cases took so many days, decided ones
    not_on_time: int
    running: int
    paused: int  # at least once: asked for clarification, or reopened
    age: int  # working days since it ended


def told(
    table: Table, days_allowed: Mapping[str, int], quarters: Sequence[Sequence[Month]]
) -> Told:
    """How many cases the months give away, by quarter and member.

    Where several members had long deadlines, the cases are laid to those that have them: a reader
    who is told more can only reckon more.
    """
    given_away: dict[tuple[int, str], Cells] = {}
    for quarter in QUARTERS:
        cells = {member: each[quarter] for member, each in table.items()}
        on_time = _laid(cells, days_allowed, "on_time", quarters[quarter])
        undecided = _laid(cells, days_allowed, "undecided", quarters[quarter])
        for member in on_time:
            given_away[quarter, member] = Cells(
                on_time=on_time[member], undecided=undecided[member]
            )
    return given_away


def _laid(
    cells: Mapping[str, Cells], days_allowed: Mapping[str, int], part: Part, months: Sequence[Month]
) -> Mapping[str, int]:
    laid: dict[str, int] = {}
    for longer in sorted(set(days_allowed.values()), reverse=True)[1:]:
        due = sum(surely_longer(month, part, longer) for month in months) - sum(laid.values())
        for member in (member for member in cells if days_allowed[member] > longer):
            before = laid.get(member, 0)
            more = min(max(0, due), getattr(cells[member], part) - before)
            laid[member] = before + more
            due -= more
    return laid


def surely_longer(month: Month, part: Part, days: int) -> int:
    """How many of the month's cases surely had more days than so many."""
    if part == "undecided":
        return max(0, month.running - month.paused) if month.age > days else 0
    longer = sum(count for used, count in month.days_used.items() if used > days)
    return max(0, longer - month.not_on_time)

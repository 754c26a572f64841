"""What is counted of complaints to be released, by the same independent reckoning."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from tests.support.years.recount import CountedCase, days_taken, further_clocks


def in_detail(complaints: Sequence[CountedCase], on: date) -> dict[str, Any]:
    """What is counted of complaints to be released."""
    return {
        **days_taken(complaints),
        "further_clocks": further_clocks(complaints, on),
        "by_category": breakdown(complaints, lambda case: case.category),
        "by_channel": breakdown(complaints, lambda case: case.data("received")[0]["channel"]),
        "rating": sorted(c.data("rated")[-1]["score"] for c in complaints if c.data("rated")),
    }


def breakdown(complaints: Sequence[CountedCase], by: Callable[[CountedCase], str]) -> Any:
    """Only members that there are."""
    rows = {}
    for member in {by(case) for case in complaints}:
        states = [case.state for case in complaints if by(case) == member]
        rows[member] = {
            "on_time": states.count("on_time"),
            "not_on_time": states.count("late") + states.count("overdue"),
            "received": len(states),
        }
    return rows

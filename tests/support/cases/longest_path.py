"""The longest path of commands through a case, which must be finite."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from shared.cases.case import Case

Give = Callable[[Any], None]


def longest_path(case: Case, commands: Mapping[str, Give], limit: int) -> int:
    """How many commands it can take one after another, told apart by what it allows.

    `limit` is answered for one that goes round: no case has so many steps to its end.
    """
    if limit == 0 or not case.allowed:
        return 0
    ways = []
    for command in case.allowed:
        led = deepcopy(case)
        commands[command](led)
        ways.append(1 + longest_path(led, commands, limit - 1))
    return max(ways)


def reached(case: Case, commands: Mapping[str, Give], limit: int) -> set[str]:
    """The statuses that at most so many commands lead to, its own among them."""
    found = {case.status}
    for command in case.allowed if limit else ():
        led = deepcopy(case)
        commands[command](led)
        found |= reached(led, commands, limit - 1)
    return found

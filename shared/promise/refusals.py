"""What the domain will not do, said as data: no HTTP number, no sentence for the public.

The web layer alone turns a refusal into words (shared/web/problems.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass


class Refusal(Exception):
    """A rule of the office forbids this; nothing has happened."""


@dataclass(eq=False)
class UnknownYear(Refusal):
    """A past year of which there is no calendar: nothing can be reckoned by it.

    `at_receipt`: the case came in that year, or is due in it; otherwise a later step reached it.
    """

    year: int
    at_receipt: bool


class NotAllowed(Refusal):
    """The command exists, but not from the state in which the case is."""

    def __init__(self, *, command: str, status: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{command} is not allowed from {status}")
        self.command = command
        self.status = status
        self.allowed = tuple(allowed)


class CaseFull(NotAllowed):
    """The case has so many events that it may only go on to its end; `allowed` leads there."""

    def __init__(
        self, *, command: str, status: str, allowed: Sequence[str], events_max: int
    ) -> None:
        super().__init__(command=command, status=status, allowed=allowed)
        self.events_max = events_max

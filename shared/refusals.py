"""What the domain will not do, said as data: no HTTP number, no sentence for the public.

The web layer alone turns a refusal into words (shared/web/problems/problem.py).
"""

from collections.abc import Iterable, Sequence
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


class Refusals(Refusal):
    """Several rules forbid this, each said at once: one mending is enough."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(map(str, refusals)))
        self.refusals = tuple(refusals)


def refuse(faults: Iterable[Refusal]) -> None:
    """Raise all that a check found: one fault as it is, several as `Refusals`; none, nothing.

    A check is a generator of refusals, so that checks are put together by `yield from`.
    """
    found = list(faults)
    if len(found) > 1:
        raise Refusals(found)
    if found:
        raise found[0]


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

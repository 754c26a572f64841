"""Refusals of the domain, as data: without HTTP status and without a sentence for the public.

Each service maps them to problems (`shared/web/problems/problem.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class Refusal(Exception):
    """A rule of the office forbids the command; nothing was stored."""


@dataclass(eq=False)
class UnknownYear(Refusal):
    """A past year without a calendar, so that no working day in it is known.

    `at_receipt`: it is the year of the receipt or the due date; otherwise a later step reached it.
    """

    year: int
    at_receipt: bool


class Refusals(Refusal):
    """Several rules forbid the command; all are reported at once."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(map(str, refusals)))
        self.refusals = tuple(refusals)


def refuse(faults: Iterable[Refusal]) -> None:
    """Raise the faults of a check: one fault as it is, several as `Refusals`.

    A check is a generator of refusals, so that checks combine by `yield from`.
    """
    found = list(faults)
    if len(found) > 1:
        raise Refusals(found)
    if found:
        raise found[0]


class NotAllowed(Refusal):
    """The command exists, but not from the present status of the case."""

    def __init__(self, *, command: str, status: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{command} is not allowed from {status}")
        self.command = command
        self.status = status
        self.allowed = tuple(allowed)


class CaseFull(NotAllowed):
    """The case has so many events that it may only be finished; `allowed` names the commands."""

    def __init__(
        self, *, command: str, status: str, allowed: Sequence[str], events_max: int
    ) -> None:
        super().__init__(command=command, status=status, allowed=allowed)
        self.events_max = events_max

"""What this service refuses, beside a step that isn't allowed from where a complaint stands.

Each carries what a person needs to mend it, and nothing that could tell who complained.
"""

from dataclasses import dataclass
from datetime import date

from shared.refusals import Refusal


@dataclass(eq=False)
class UnknownComplaintChannel(Refusal):
    """The standard names no such way to complain."""

    channel: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class UnknownCategory(Refusal):
    """The standard promises nothing about complaints of this category."""

    category: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class NoWayOfContact(Refusal):
    """Whoever wants to be known must be reachable: by telephone or by e-mail."""


@dataclass(eq=False)
class SameCategory(Refusal):
    """It has this category already."""

    category: str


@dataclass(eq=False)
class ReasonNeeded(Refusal):
    """A complaint is only classified anew for a reason."""


@dataclass(eq=False)
class WouldBreach(Refusal):
    """The new allowance would make the case overdue at once, and nobody has accepted that."""

    category: str
    due_on: date


@dataclass(eq=False)
class ReopenedTooLate(Refusal):
    """The days in which a resolution can be answered by reopening are over."""

    last_day: date
    status: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class RatedAlready(Refusal):
    """A complaint is rated once."""

    status: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class ScoreOutOfRange(Refusal):
    """A rating is a whole number from 1 to 5."""

    score: int


@dataclass(eq=False)
class NotAssignedToYou(Refusal):
    """Whoever is no supervisor handles only what is assigned to him."""

    command: str


@dataclass(eq=False)
class ForSupervisors(Refusal):
    """Once a complaint is classified, only a supervisor does this."""

    command: str

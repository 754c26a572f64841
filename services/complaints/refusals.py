"""The refusals of this service, beside those that every case has.

Each carries the data that a caller needs to correct the command, and none on the complainant.
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
    """A complainant who is not anonymous needs a telephone number or an e-mail address."""


@dataclass(eq=False)
class SameCategory(Refusal):
    """The complaint has this category already."""

    category: str


@dataclass(eq=False)
class ReasonNeeded(Refusal):
    """A complaint is only classified anew for a reason."""


@dataclass(eq=False)
class WouldBreach(Refusal):
    """The new allowance would make the case overdue at once, and the caller did not accept that."""

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
    """A reviewer handles only the complaints that are assigned to them."""

    command: str


@dataclass(eq=False)
class ForSupervisors(Refusal):
    """Once a complaint is classified, only a supervisor does this."""

    command: str

"""What holds of every receipt, of a request as of a complaint: when it came, and from whom.

Next: `services/requests/domain.py` and `services/complaints/domain.py`, which ask these rules.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.case import Act
from shared.promise.refusals import Refusal, UnknownYear
from shared.promise.standard import Standard, Standards, UnknownStandard
from shared.promise.working_days import local_date

CLOCK_DIFFERENCE_MAX = timedelta(minutes=5)  # between an agency's machine and ours
BACKDATING_DAYS_MAX = 5  # working days; a receipt further back is for a supervisor to enter


@dataclass(eq=False)
class ReceivedInFuture(Refusal):
    """Nothing is received before it comes."""

    received_at: datetime
    now: datetime


@dataclass(eq=False)
class BackdatedTooFar(Refusal):
    """A receipt so many working days back is for a supervisor to enter."""

    working_days: int
    working_days_max: int


@dataclass(eq=False)
class BackdatedByAgency(Refusal):
    """What an agency sends is received now; only the office's staff says that it came before."""


@dataclass(eq=False)
class NothingPromisedYet(Refusal):
    """The office had published no service standard on the day of receipt."""

    received_on: date


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person can be reached. Personal, every part of it."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None

    def to_dict(self) -> dict[str, str | None]:
        """The contact as it is stored and answered."""
        return {"name": self.name, "phone": self.phone, "email": self.email}


def promised_on(received_on: date, standards: Standards) -> Standard:
    """The service standard for what was received then."""
    try:
        return standards.in_force(received_on)
    except UnknownStandard:
        raise NothingPromisedYet(received_on) from None


def check_receipt(received_at: datetime, act: Act) -> None:
    """A receipt lies in the past, in a year that is known by its calendar.

    Only a supervisor may enter one from long ago. An agency's lies in the present: its own word
    would decide by when the office is late.
    """
    if received_at > act.at:
        raise ReceivedInFuture(received_at, act.at)
    if act.by.role == "agency" and act.at - received_at > CLOCK_DIFFERENCE_MAX:
        raise BackdatedByAgency
    received_on, today = local_date(received_at), local_date(act.at)
    year = act.calendar.unknown_year(received_on, received_on, today)
    if year is not None:
        raise UnknownYear(year, at_receipt=True)
    days_back = act.calendar.working_days_between(received_on, today)
    if days_back > BACKDATING_DAYS_MAX and act.by.role != "supervisor":
        raise BackdatedTooFar(days_back, BACKDATING_DAYS_MAX)

"""The rules on every receipt, of a request as of a complaint: its time and its contact.

Next: `services/requests/domain.py` and `services/complaints/domain.py`, which ask these rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from shared.cases.case import ActContext
from shared.cases.contact import email_of, phone_of
from shared.office_time import local_date
from shared.promise.standard import Standard, Standards, UnknownStandard
from shared.refusals import Refusal, UnknownYear

CLOCK_DIFFERENCE_MAX = timedelta(minutes=5)  # between an agency's machine and ours
BACKDATING_DAYS_MAX = 5  # working days; a receipt further back is for a supervisor to enter


@dataclass(eq=False)
class ReceivedInFuture(Refusal):
    """The time of receipt lies in the future."""

    received_at: datetime
    now: datetime


@dataclass(eq=False)
class BackdatedTooFar(Refusal):
    """Only a supervisor may enter a receipt so many working days back."""

    working_days: int
    working_days_max: int


@dataclass(eq=False)
class BackdatedByAgency(Refusal):
    """An agency may not backdate a receipt; only the office's staff may."""


@dataclass(eq=False)
class NothingPromisedYet(Refusal):
    """The office had published no service standard on the day of receipt."""

    received_on: date


@dataclass(eq=False)
class Unreachable(Refusal):
    """This part of a contact is malformed; the value is personal, so it is not repeated."""

    part: Literal["phone", "email"]


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person can be reached. Personal, every part of it."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None

    def to_dict(self) -> dict[str, str | None]:
        """The contact as it is stored and answered, its parts in their canonical form."""
        phone, email = self.phone and phone_of(self.phone), self.email and email_of(self.email)
        return {"name": self.name, "phone": phone, "email": email}

    def faults(self) -> Iterator[Unreachable]:
        """The malformed parts."""
        if self.phone is not None and phone_of(self.phone) is None:
            yield Unreachable("phone")
        if self.email is not None and email_of(self.email) is None:
            yield Unreachable("email")


def standard_on(received_on: date, standards: Standards) -> Standard | None:
    """The service standard for what was received then; None if the office had published none."""
    try:
        return standards.in_force(received_on)
    except UnknownStandard:
        return None


def receipt_faults(
    received_at: datetime, act: ActContext, standards: Standards
) -> Iterator[Refusal]:
    """A receipt lies in the past, under a standard and in a year that is known by its calendar.

    Only a supervisor may enter one from long ago. An agency may not backdate at all: its own
    statement would decide when the office is late.
    """
    received_on, today = local_date(received_at), local_date(act.at)
    if received_at > act.at:
        yield ReceivedInFuture(received_at, act.at)
    elif standard_on(received_on, standards) is None:
        yield NothingPromisedYet(received_on)
    elif act.by.role == "agency" and act.at - received_at > CLOCK_DIFFERENCE_MAX:
        yield BackdatedByAgency()
    elif (year := act.calendar.unknown_year(received_on, received_on, today)) is not None:
        yield UnknownYear(year, at_receipt=True)
    elif act.by.role != "supervisor":
        days_back = act.calendar.working_days_between(received_on, today)
        if days_back > BACKDATING_DAYS_MAX:
            yield BackdatedTooFar(days_back, BACKDATING_DAYS_MAX)

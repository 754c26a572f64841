"""The content of a complaint, the part of it that is kept, and the rules on it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.complaints.refusals import (
    NoWayOfContact,
    ReasonNeeded,
    SameCategory,
    UnknownCategory,
    UnknownComplaintChannel,
)
from shared.cases.case import ActContext
from shared.cases.receipt import Contact, receipt_faults, standard_on
from shared.office_time import local_date
from shared.promise.standard import Standards
from shared.refusals import Refusal

PUBLIC_FORM = "janji"
"""The channel of the public form; every other is one of the standard's."""


class Complainant(StrEnum):
    """How the complainant wants to be known."""

    NAMED = "named"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Intake:
    """A complaint as it comes in. Without `received_at` it is received now.

    `about_request` is a request's number in canonical form.
    """

    channel: str
    complainant: Complainant
    contact: Contact | None
    subject: str
    text: str
    about_request: str | None
    lapor_number: str | None
    received_at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """The fields of the event. No contact of an anonymous complainant is kept."""
        keeps_contact = self.contact is not None and self.complainant != Complainant.ANONYMOUS
        return {
            "channel": self.channel,
            "complainant": self.complainant.value,
            "contact": self.contact.to_dict() if self.contact and keeps_contact else None,
            "subject": self.subject,
            "text": self.text,
            "about_request": self.about_request,
            "lapor_number": self.lapor_number,
        }


@dataclass(frozen=True, slots=True)
class IntakeInPart:
    """The readable part of a complaint; None is unreadable or absent."""

    channel: str | None = None
    complainant: Complainant | None = None
    contact: Contact | None = None
    received_at: datetime | None = None


def intake_faults(
    said: Intake | IntakeInPart, act: ActContext, standards: Standards
) -> Iterator[Refusal]:
    """The faults of a complaint."""
    received_at = said.received_at or act.at
    standard = standard_on(local_date(received_at), standards)
    if standard is not None and said.channel is not None and said.channel not in standard.channels:
        yield UnknownComplaintChannel(said.channel, tuple(standard.channels))
    yield from complainant_faults(said.complainant, said.contact)
    yield from receipt_faults(received_at, act, standards)


def opinion_faults(
    category: str, reason: str | None, *, before: str | None, known: Collection[str]
) -> Iterator[Refusal]:
    """The standard knows the category, and another one than before is given for a reason."""
    if category not in known:
        yield UnknownCategory(category, tuple(known))
    if category == before:
        yield SameCategory(category)
    if before is not None and not reason:
        yield ReasonNeeded()


def category_faults(category: str, standards: Standards) -> Iterator[Refusal]:
    """The category is one of some standard; the standard of the case is not known yet."""
    known = dict.fromkeys(code for each in standards for code in each.categories)
    return opinion_faults(category, None, before=None, known=known)


def complainant_faults(
    complainant: Complainant | None, contact: Contact | None
) -> Iterator[Refusal]:
    """A complainant who is not anonymous can be reached; no other contact is kept or checked."""
    if complainant in (None, Complainant.ANONYMOUS):
        return
    if contact is None or (contact.phone is None and contact.email is None):
        yield NoWayOfContact()
    else:
        yield from contact.faults()

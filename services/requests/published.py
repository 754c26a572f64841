"""What the world sees of each event of a request: versioned, and nothing personal.

One contract for every stored event, so that the published sequence has no gaps. Next: the relay
of `shared/messaging` puts each payload in its envelope and sends it; `services/projections`
makes figures of it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from services.requests.domain import ServiceRequest as Request
from services.requests.letter import Missing, SignedBy
from shared.cases.payload import Contract, Payload, publisher


class Submitted(Payload):
    """The letter came in."""

    kind: str
    agency: str
    channel: str
    standard: str
    letter_number: str
    letter_date: date
    signed_by: SignedBy
    stamped: bool
    received_at: datetime


class ReviewStarted(Payload):
    """A reviewer took it; `assignee` is his pseudonym."""

    assignee: str | None = None


class Returned(Payload):
    """The ball is with the agency."""

    missing: list[Missing]


class Resubmitted(Payload):
    """The agency answered; a letter that it left as it was is null."""

    changed: list[str]
    letter_number: str | None
    letter_date: date | None


class Approved(Payload):
    """Every item of the checklist is true."""

    checklist: dict[str, bool]


class Confirmed(Payload):
    """The letter of confirmation went out."""

    letter_number: str
    letter_date: date


class Assigned(Payload):
    """Who has it in hand now: a pseudonym of the staff."""

    assignee: str


class Voided(Payload):
    """It was no request; `of` is the number of the case that it is a duplicate of."""

    reason: Literal["duplicate", "registered_in_error"]
    of: str | None


class DueDateChanged(Payload):
    """An amended calendar moved the due date from here to the clock's."""

    due_on_before: date | None


def _submitted(event: Request.Created) -> Mapping[str, Any]:
    return {
        "kind": event.kind,
        "agency": event.agency,
        "channel": event.channel,
        "standard": event.standard,
        "letter_number": event.letter["number"],
        "letter_date": event.letter["date"],
        "signed_by": event.letter["signed_by"],
        "stamped": event.letter["stamped"],
        "received_at": event.timestamp.astimezone(UTC),
    }


def _resubmitted(event: Request.Resubmitted) -> Mapping[str, Any]:
    letter = event.letter or {"number": None, "date": None}
    return {
        "changed": event.changed,
        "letter_number": letter["number"],
        "letter_date": letter["date"],
    }


CONTRACTS = (
    Contract(Request.Created, Submitted, _submitted),
    Contract(Request.ReviewStarted, ReviewStarted, lambda event: {"assignee": event.by}),
    Contract(Request.Returned, Returned),
    Contract(Request.Resubmitted, Resubmitted, _resubmitted),
    Contract(Request.Resumed),
    Contract(Request.Approved, Approved),
    Contract(Request.Rejected),
    Contract(Request.ProcessingStarted),
    Contract(Request.Completed),
    Contract(Request.Confirmed, Confirmed),
    Contract(Request.Withdrawn),
    Contract(Request.Assigned, Assigned),
    Contract(Request.Voided, Voided),
    Contract(Request.DueDateChanged, DueDateChanged),
    Contract(Request.PersonalDataErased),
)

publish = publisher(CONTRACTS)

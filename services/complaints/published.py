"""What the world sees of each event of a complaint: versioned, and nothing personal.

How the complainant wants to be known is not published either: it could tell who it is. One
contract for every stored event, so that the published sequence has no gaps. Next: the relay of
`shared/messaging` puts each payload in its envelope and sends it; `services/projections` makes
figures of it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from services.complaints.domain import Complaint
from shared.cases.payload import Contract, Payload, publisher


class Received(Payload):
    """Somebody complained."""

    channel: str
    standard: str
    about_request: str | None
    lapor_number: str | None
    received_at: datetime


class Classified(Payload):
    """How grave it is; `category_before` is null the first time."""

    category: str
    category_before: str | None


class Assigned(Payload):
    """Who has it in hand: a pseudonym of the staff."""

    assignee: str


class Closed(Payload):
    """Whether it closed by itself, after ten working days of silence."""

    by_itself: bool


class Rated(Payload):
    """What the complainant gave it, 1 to 5."""

    score: int


class Voided(Payload):
    """It was no complaint; `of` is the number of the case that it is a duplicate of."""

    reason: Literal["duplicate", "registered_in_error", "spam"]
    of: str | None


class DueDateChanged(Payload):
    """An amended calendar moved the due date from here to the clock's."""

    due_on_before: date | None


def _received(event: Complaint.Created) -> Mapping[str, Any]:
    return {
        "channel": event.channel,
        "standard": event.standard,
        "about_request": event.about_request,
        "lapor_number": event.lapor_number,
        "received_at": event.timestamp.astimezone(UTC),
    }


CONTRACTS = (
    Contract(Complaint.Created, Received, _received),
    Contract(Complaint.Classified, Classified),
    Contract(Complaint.Assigned, Assigned),
    Contract(Complaint.ClarificationRequested),
    Contract(Complaint.Clarified),
    Contract(Complaint.Resumed),
    Contract(Complaint.Responded),
    Contract(Complaint.Resolved),
    Contract(Complaint.Rejected),
    Contract(Complaint.Forwarded),
    Contract(Complaint.Reopened),
    Contract(Complaint.Closed, Closed),
    Contract(Complaint.Rated, Rated),
    Contract(Complaint.Voided, Voided),
    Contract(Complaint.DueDateChanged, DueDateChanged),
    Contract(Complaint.PersonalDataErased),
)

publish = publisher(CONTRACTS)

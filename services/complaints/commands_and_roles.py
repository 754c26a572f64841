"""The catalogue of the service: its commands, and what is published of each event.

A command names its roles, its body, its event and the method that decides; the routes come from
it (`api.py`, `public_api.py`), as does the importer of histories. Each stored event has one
contract, so that the published sequence has no gaps; why figures change with it stands in
`shared/cases/published_events.py`. Nothing personal is published, nor how the complainant wants to
be known, since that could tell who it is.

Next: the relay of `shared/messaging` puts each payload in its envelope and sends it;
`services/projections` makes figures of it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from services.complaints.bodies import (
    AnswerBody,
    ClassificationBody,
    ComplaintVoidBody,
    ForwardingBody,
    QuestionBody,
    RatingBody,
    ResponseBody,
)
from services.complaints.domain import Complaint
from shared.cases.payload import Assigned, Contract, DueDateChanged, Payload, publisher
from shared.cases.published_events import EVENTS
from shared.cases.web.command_routes import Command
from shared.cases.web.http import AssignmentBody, Nothing, Reason
from shared.web.identity.roles import Role

COUNTER: tuple[Role, ...] = ("intake", "supervisor")
REVIEWERS: tuple[Role, ...] = ("reviewer", "supervisor")
SUPERVISORS: tuple[Role, ...] = ("supervisor",)
COMPLAINANT_ONLY: tuple[Role, ...] = ()

CLARIFY = "Note what the complainant answered at the counter."
REOPEN = "Note at the counter that the answer didn't answer it."
CLOSE = "Note at the counter that the complainant is content."
VOID = "Say that it was no complaint: registered by mistake, twice, or spam."
ERASE = "Erase contact and every text for ever, from backups too."

COMMANDS = (
    Command("classify", REVIEWERS, ClassificationBody, Complaint.classify, Complaint.Classified),
    Command("assign", SUPERVISORS, AssignmentBody, Complaint.assign, Complaint.Assigned),
    Command(
        "request-clarification",
        REVIEWERS,
        QuestionBody,
        Complaint.request_clarification,
        Complaint.ClarificationRequested,
    ),
    Command("clarify", COUNTER, AnswerBody, Complaint.clarify, Complaint.Clarified, CLARIFY),
    Command("resume", SUPERVISORS, Reason, Complaint.resume, Complaint.Resumed),
    Command("respond", REVIEWERS, ResponseBody, Complaint.respond, Complaint.Responded),
    Command("resolve", REVIEWERS, AnswerBody, Complaint.resolve, Complaint.Resolved),
    Command("reject", REVIEWERS, Reason, Complaint.reject, Complaint.Rejected),
    Command("forward", SUPERVISORS, ForwardingBody, Complaint.forward, Complaint.Forwarded),
    Command("reopen", COUNTER, Reason, Complaint.reopen, Complaint.Reopened, REOPEN),
    Command("close", COUNTER, Nothing, Complaint.close, Complaint.Closed, CLOSE),
    Command("rate", COMPLAINANT_ONLY, RatingBody, Complaint.rate, Complaint.Rated),
    Command("void", SUPERVISORS, ComplaintVoidBody, Complaint.void, Complaint.Voided, VOID),
    Command(
        "erase-personal-data",
        SUPERVISORS,
        Reason,
        Complaint.erase_personal_data,
        Complaint.PersonalDataErased,
        ERASE,
    ),
)
"""In the order of the OpenAPI document. `receive`, which makes a complaint, stands in `api.py`."""


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


class Closed(Payload):
    """Whether it closed by itself, after ten working days of silence."""

    by_itself: bool


class Rated(Payload):
    """What the complainant gave it, 1 to 5."""

    score: int


class ComplaintVoided(Payload):
    """It was no complaint; `of` is the number of the case that it is a duplicate of."""

    reason: Literal["duplicate", "registered_in_error", "spam"]
    of: str | None


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
    Contract(Complaint.Voided, ComplaintVoided),
    Contract(Complaint.DueDateChanged, DueDateChanged),
    Contract(Complaint.PersonalDataErased),
)

publish = publisher(CONTRACTS, known=EVENTS["complaints"])

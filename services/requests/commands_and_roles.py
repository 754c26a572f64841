"""The catalogue of the service: its commands, and what is published of each event.

A command names its roles, its body, its event and the method that decides; the routes come from
it (`api.py`), as does the importer of histories. Each stored event has one contract, so that the
published sequence has no gaps; why figures change with it stands in
`shared/cases/published_events.py`. Nothing personal is published.

Next: the relay of `shared/messaging` puts each payload in its envelope and sends it;
`services/projections` makes figures of it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from services.requests.bodies import (
    ApprovalBody,
    CompletionBody,
    ConfirmationBody,
    RequestVoidBody,
    ResubmissionBody,
    ReturnBody,
)
from services.requests.domain import ServiceRequest as Request
from services.requests.letter import Missing, SignedBy
from shared.cases.payload import Assigned, Contract, DueDateChanged, Payload, publisher
from shared.cases.published_events import EVENTS
from shared.cases.web.command_routes import Command
from shared.cases.web.http import AssignmentBody, Nothing, Reason
from shared.web.identity.roles import Role

APPLICANTS: tuple[Role, ...] = ("agency", "intake", "reviewer", "supervisor")
REVIEWERS: tuple[Role, ...] = ("reviewer", "supervisor")
SUPERVISORS: tuple[Role, ...] = ("supervisor",)

VOID = "Say that it was no request: registered by mistake, or twice."
ERASE = "Erase contact, accounts and every text for ever, from backups too."

COMMANDS = (
    Command("review", REVIEWERS, Nothing, Request.review, Request.ReviewStarted),
    Command("return", REVIEWERS, ReturnBody, Request.return_, Request.Returned),
    Command("resubmit", APPLICANTS, ResubmissionBody, Request.resubmit, Request.Resubmitted),
    Command("resume", SUPERVISORS, Reason, Request.resume, Request.Resumed),
    Command(
        "approve",
        REVIEWERS,
        ApprovalBody,
        Request.approve,
        Request.Approved,
        facts=ApprovalBody.facts,
    ),
    Command("reject", REVIEWERS, Reason, Request.reject, Request.Rejected),
    Command("process", REVIEWERS, Nothing, Request.process, Request.ProcessingStarted),
    Command("complete", REVIEWERS, CompletionBody, Request.complete, Request.Completed),
    Command("confirm", REVIEWERS, ConfirmationBody, Request.confirm, Request.Confirmed),
    Command("withdraw", APPLICANTS, Reason, Request.withdraw, Request.Withdrawn),
    Command("assign", SUPERVISORS, AssignmentBody, Request.assign, Request.Assigned),
    Command("void", SUPERVISORS, RequestVoidBody, Request.void, Request.Voided, VOID),
    Command(
        "erase-personal-data",
        SUPERVISORS,
        Reason,
        Request.erase_personal_data,
        Request.PersonalDataErased,
        ERASE,
    ),
)
"""In the order of the OpenAPI document. `submit`, which makes a request, stands in `api.py`."""


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
    """A reviewer took it; `assignee` is a pseudonym."""

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


class RequestVoided(Payload):
    """It was no request; `of` is the number of the case that it is a duplicate of."""

    reason: Literal["duplicate", "registered_in_error"]
    of: str | None


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
    Contract(Request.Voided, RequestVoided),
    Contract(Request.DueDateChanged, DueDateChanged),
    Contract(Request.PersonalDataErased),
)

publish = publisher(CONTRACTS, known=EVENTS["requests"])

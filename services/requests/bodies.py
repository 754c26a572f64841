"""The bodies and the views of `api.py`; a body is validated before a use case is called."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.requests.letter import (
    Checklist,
    Letter,
    Missing,
    Resubmission,
    SignedBy,
    Submission,
    SubmissionInPart,
)
from shared.cases.web.http import ContactBody, VoidBody
from shared.cases.web.responses import ClockView, ContactView, View
from shared.web.fields import Body, Day, Flag, Instant, Line, Prose, TypedLine

ACCOUNTS_MAX = 100  # a letter that names more is a list, and comes as several requests

Accounts = Annotated[list[TypedLine], Field(max_length=ACCOUNTS_MAX)]
ScanId = Annotated[str, Field(pattern=r"^sha256-[0-9a-f]{64}$")]


class LetterBody(Body):
    number: Line
    date: Day
    signed_by: SignedBy
    stamped: Flag
    letter_id: ScanId | None = None

    def letter(self) -> Letter:
        return Letter(
            number=self.number,
            dated_on=self.date,
            signed_by=self.signed_by,
            stamped=self.stamped,
            letter_id=self.letter_id,
        )


class SubmissionBody(Body):
    """`received_at` is now if left out. `accept_duplicate`: though the letter came before."""

    kind: Line
    agency: Line
    letter: LetterBody
    accounts: Accounts
    contact: ContactBody | None = None
    channel: Line
    received_at: Instant | None = None
    accept_duplicate: Flag = False

    def submission(self) -> Submission:
        return Submission(
            kind=self.kind,
            agency=self.agency,
            letter=self.letter.letter(),
            accounts=self.accounts,
            contact=None if self.contact is None else self.contact.contact(),
            channel=self.channel,
            received_at=self.received_at,
        )


def in_part(read: Mapping[str, Any]) -> SubmissionInPart:
    """The submission of those fields that could be read."""
    letter, contact = read.get("letter"), read.get("contact")
    return SubmissionInPart(
        kind=read.get("kind"),
        agency=read.get("agency"),
        letter=letter and letter.letter(),
        accounts=read.get("accounts"),
        contact=contact and contact.contact(),
        channel=read.get("channel"),
        received_at=read.get("received_at"),
    )


class ReturnBody(Body):
    reason: Prose
    missing: Annotated[list[Missing], Field(min_length=1, max_length=len(Missing))]


class ResubmissionBody(Body):
    """What has changed; the rest stays as it was."""

    letter: LetterBody | None = None
    accounts: Accounts | None = None
    contact: ContactBody | None = None
    accept_duplicate: Flag = False

    def resubmission(self) -> Resubmission:
        return Resubmission(
            letter=None if self.letter is None else self.letter.letter(),
            accounts=self.accounts,
            contact=None if self.contact is None else self.contact.contact(),
        )


class ChecklistBody(Body):
    signed_by_authorised_head: Flag
    stamped: Flag
    accounts_named: Flag

    def checklist(self) -> Checklist:
        return Checklist(**dict(self))


class ApprovalBody(Body):
    checklist: ChecklistBody

    def facts(self) -> Mapping[str, Any]:
        return {"checklist": self.checklist.checklist()}


class CompletionBody(Body):
    """What was done. Never a password: a text that holds one is not asked for."""

    result: Prose


class ConfirmationBody(Body):
    """The letter by which the agency was told."""

    letter_number: Line
    letter_date: Day


class RequestVoidBody(VoidBody):
    reason: Literal["duplicate", "registered_in_error"]


class LetterView(View):
    number: str
    date: date
    signed_by: SignedBy
    stamped: bool
    letter_id: str | None


class RequestView(View):
    """A request. `accounts` and `contact` are null unless `personal_data` is `shown`."""

    number: str
    kind: str
    status: str
    agency: str
    letter: LetterView
    accounts: list[str] | None
    contact: ContactView | None
    channel: str
    assignee: str | None
    received_at: datetime
    standard: str
    clock: ClockView
    allowed: list[str]
    version: int
    personal_data: Literal["shown", "withheld", "erased"]

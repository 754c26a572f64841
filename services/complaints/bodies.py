"""The bodies and the views of `api.py`; a body is validated before a use case is called."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.complaints.intake import PUBLIC_FORM, Complainant, Intake, IntakeInPart
from shared.cases.web.http import ContactBody, VoidBody
from shared.cases.web.responses import ClockView, ContactView, View
from shared.promise.case_number import MalformedNumber, MistypedNumber, read_number
from shared.web.fields import Body, Flag, Instant, Line, PersonalLine, Prose, TypedLine, Whole

LAPOR_NUMBER = r"^#?[0-9A-Za-z][0-9A-Za-z./-]{0,31}$"
"""A tracking number is published, so nothing that says more than a number fits in."""


def _as_written(typed: str) -> str:
    try:
        return read_number(typed, "PRM")
    except (MalformedNumber, MistypedNumber):
        raise PydanticCustomError("request_number", "no number of a request") from None


Score = Annotated[Whole, Field(ge=1, le=5)]
LaporNumber = Annotated[Line, Field(pattern=LAPOR_NUMBER)]
RequestNumber = Annotated[TypedLine, AfterValidator(_as_written)]
"""As people type or paste it, read as it is written in the log."""


class ComplainantBody(Body):
    """How the complainant wants to be known; of an anonymous one no contact is kept."""

    kind: Complainant
    contact: ContactBody | None = None


class PublicComplaintBody(Body):
    """What anybody may send. It is received now, by the public form."""

    complainant: ComplainantBody
    subject: PersonalLine
    text: Prose
    about_request: RequestNumber | None = None
    lapor_number: LaporNumber | None = None

    def intake(self) -> Intake:
        return self._intake(PUBLIC_FORM, received_at=None)

    def _intake(self, channel: str, *, received_at: datetime | None) -> Intake:
        contact = self.complainant.contact
        return Intake(
            channel=channel,
            complainant=self.complainant.kind,
            contact=contact.contact() if contact else None,
            subject=self.subject,
            text=self.text,
            about_request=self.about_request,
            lapor_number=self.lapor_number,
            received_at=received_at,
        )


class ComplaintBody(PublicComplaintBody):
    """What came on a channel of the standard; `received_at` is now if left out."""

    channel: Line
    received_at: Instant | None = None

    def intake(self) -> Intake:
        return self._intake(self.channel, received_at=self.received_at)


def in_part(read: Mapping[str, Any]) -> IntakeInPart:
    """The complaint of those fields that could be read."""
    complainant: ComplainantBody | None = read.get("complainant")
    contact = complainant.contact if complainant else None
    return IntakeInPart(
        channel=read.get("channel"),
        complainant=complainant.kind if complainant else None,
        contact=contact.contact() if contact else None,
        received_at=read.get("received_at"),
    )


class ClassificationBody(Body):
    """The reason is needed from the second time on."""

    category: Line
    reason: Prose | None = None
    accept_breach: Flag = False


class QuestionBody(Body):
    question: Prose


class AnswerBody(Body):
    answer: Prose


class ResponseBody(Body):
    text: Prose


class ForwardingBody(Body):
    """To whom, and under which of their references."""

    to: PersonalLine
    reference: PersonalLine
    reason: Prose


class RatingBody(Body):
    score: Score
    remark: Prose | None = None


class ComplaintVoidBody(VoidBody):
    reason: Literal["duplicate", "registered_in_error", "spam"]


class SelectionVoidBody(Body):
    """What is voided together: spam, above all; a duplicate is voided by itself."""

    numbers: Annotated[list[TypedLine], Field(min_length=1, max_length=500)]
    reason: Literal["registered_in_error", "spam"]
    remark: Prose | None = None


class ComplainantView(View):
    """`contact` is null unless it is kept and may be seen by the reader."""

    kind: Complainant
    contact: ContactView | None


class ComplaintView(View):
    """A complaint. What is personal is null unless `personal_data` is `shown`."""

    number: str
    status: str
    category: str | None
    channel: str
    complainant: ComplainantView
    subject: str | None
    text: str | None
    about_request: str | None
    lapor_number: str | None
    assignee: str | None
    rating: int | None
    received_at: datetime
    standard: str
    clock: ClockView
    allowed: list[str]
    version: int
    personal_data: Literal["shown", "withheld", "erased"]


class SelectedView(View):
    """What became of one of the selection; `problem` (RFC 9457) says why it was not voided."""

    number: str
    voided: bool
    version: int | None
    problem: dict[str, Any] | None


class SelectionVoidView(View):
    """Each of the selection, in its order."""

    items: list[SelectedView]
    voided: int
    refused: int


class RegisteredView(ComplaintView):
    """The complaint and the secret for the complainant: the receipt that the law asks for."""

    tracking_secret: str


class ReceiptView(View):
    """The receipt [UU 25/2009 art. 44]. The secret is shown here and nowhere else."""

    number: str
    tracking_secret: str


class OfficeAnswerView(View):
    """What the office wrote to the complainant; when it forwarded the complaint, to whom too."""

    at: datetime
    event: Literal["clarification_requested", "responded", "resolved", "rejected", "forwarded"]
    text: str | None
    to: str | None
    reference: str | None


class OwnComplaintView(View):
    """A complaint, as whoever made it sees it."""

    number: str
    status: str
    category: str | None
    channel: str
    subject: str | None
    text: str | None
    received_at: datetime
    clock: ClockView
    answers: list[OfficeAnswerView]
    allowed: list[str]
    version: int

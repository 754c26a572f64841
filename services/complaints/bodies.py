"""What the calls take: the bodies of `api.py`, each checked before anything is asked of a case."""

from typing import Literal

from pydantic import Field

from services.complaints.intake import Complainant, Intake
from shared.promise.case_number import read_number
from shared.receipt import Contact
from shared.web.fields import Body, Flag, Instant, Line, Prose, Whole


class ContactBody(Body):
    """Where the complainant can be reached; every part may be left out."""

    name: Line | None = None
    phone: Line | None = None
    email: Line | None = None

    def contact(self) -> Contact:
        return Contact(name=self.name, phone=self.phone, email=self.email)


class ComplainantBody(Body):
    """How the complainant wants to be known."""

    kind: Literal["named", "confidential", "anonymous"]
    contact: ContactBody | None = None


class PublicComplaint(Body):
    """What anybody may send."""

    complainant: ComplainantBody
    subject: Line
    text: Prose
    about_request: Line | None = None
    lapor_number: Line | None = None

    def intake(self, *, channel: str, received_at: Instant) -> Intake:
        """Raises what `read_number` refuses of the request that it is about."""
        contact = self.complainant.contact
        about = self.about_request
        return Intake(
            channel=channel,
            complainant=Complainant(self.complainant.kind),
            contact=None if contact is None else contact.contact(),
            subject=self.subject,
            text=self.text,
            about_request=None if about is None else read_number(about, "PRM"),
            lapor_number=self.lapor_number,
            received_at=received_at,
        )


class StaffComplaint(PublicComplaint):
    """The same, as it came on one of the standard's channels; `received_at` is now if left out."""

    channel: Line
    received_at: Instant | None = None


class Nothing(Body):
    """`{}`."""


class Classification(Body):
    category: Line
    reason: Prose | None = None
    accept_breach: Flag = False


class Assignment(Body):
    assignee: Line


class Question(Body):
    question: Prose


class AnswerText(Body):
    answer: Prose


class Reason(Body):
    reason: Prose


class Text(Body):
    text: Prose


class Forwarding(Body):
    to: Line
    reference: Line
    reason: Prose


class Rating(Body):
    score: Whole = Field(ge=1, le=5)
    remark: Prose | None = None

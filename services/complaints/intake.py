"""What a complainant tells the office, and how much of it the office keeps."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.receipt import Contact

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
        """What the event of the receipt says. Of an anonymous complainant no contact is kept."""
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

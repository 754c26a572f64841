"""The letter that a request stands on, as a name: the log lets no second request take it.

An agency, a number and a date are one letter, however the number is spaced and in whichever case
its letters are. Next: `Requests.submit`, which claims it; `shared/eventstore/migrations`, where it
is decided.
"""

import hashlib

from services.requests.domain import ServiceRequest
from services.requests.status import RequestStatus
from shared.eventstore.records import Claim

GIVEN_UP = {RequestStatus.REJECTED, RequestStatus.WITHDRAWN, RequestStatus.VOIDED}
"""A letter in such a request may come again."""


def claim_of(request: ServiceRequest, *, shared: bool = False) -> Claim:
    """What a request claims as it stands. `shared`: though another has the same letter."""
    if request.status in GIVEN_UP:
        return Claim(None)
    return Claim(letter_name(request), shared)


def letter_name(request: ServiceRequest) -> str:
    """The migration that claims the letters from before reckons the same."""
    number = " ".join(request.letter["number"].split()).lower()
    written = "|".join((request.agency, number, request.letter["date"]))
    return hashlib.sha256(written.encode()).hexdigest()

"""The refusals of this service, beside those that every case has.

Each carries the data that a caller needs to correct the command. Addresses are personal, so a
refusal carries the index of an address, not the address.
"""

from dataclasses import dataclass
from datetime import date

from shared.refusals import Refusal


@dataclass(eq=False)
class UnknownKind(Refusal):
    """The standard promises nothing about requests of this kind."""

    kind: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class UnknownRequestChannel(Refusal):
    """The standard names no such channel for requests."""

    channel: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class UnknownAgency(Refusal):
    """The agency is not in the register."""

    agency: str
    allowed: tuple[str, ...]


@dataclass(eq=False)
class ForeignAgency(Refusal):
    """An agency's own people make requests for it, and for no other."""

    agency: str


@dataclass(eq=False)
class LetterAfterReceipt(Refusal):
    """The letter is dated after the day of receipt."""

    dated_on: date
    received_on: date


@dataclass(eq=False)
class MalformedLetterNumber(Refusal):
    """The number of a letter is malformed; `place` is its pointer in the body."""

    place: str


@dataclass(eq=False)
class UnknownScan(Refusal):
    """No such scan of a letter is stored."""

    letter_id: str


@dataclass(eq=False)
class SameLetter(Refusal):
    """The letter is registered already, in the request of this number."""

    number: str


@dataclass(eq=False)
class ConfirmedBeforeReceipt(Refusal):
    """The letter of confirmation is dated before the request came."""

    dated_on: date
    received_on: date


@dataclass(eq=False)
class ConfirmedInFuture(Refusal):
    """The letter of confirmation is dated after today."""

    dated_on: date


@dataclass(eq=False)
class NoAccountNamed(Refusal):
    """A request of this kind is about accounts, and names none."""

    kind: str


@dataclass(eq=False)
class AccountOutsideDomain(Refusal):
    """A new account can only be made under the office's mail domain."""

    index: int
    mail_domain: str


@dataclass(eq=False)
class AccountNamedTwice(Refusal):
    """The same new account is asked for twice."""

    index: int


@dataclass(eq=False)
class NoAddress(Refusal):
    """An account is an e-mail address, and this is none."""

    index: int


@dataclass(eq=False)
class RequirementsUnmet(Refusal):
    """The reviewer's own checklist says no: return the request or reject it."""

    items: tuple[str, ...]


@dataclass(eq=False)
class ContradictsRequest(Refusal):
    """The checklist says that these are met, and the request was registered without them."""

    items: tuple[str, ...]

"""The content of a submission, and the rules on it: the letter, the accounts, the contact.

These rules check the content only; `domain.py` checks whether the status allows the command.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.requests.refusals import (
    AccountNamedTwice,
    AccountOutsideDomain,
    ConfirmedBeforeReceipt,
    ConfirmedInFuture,
    ContradictsRequest,
    ForeignAgency,
    LetterAfterReceipt,
    MalformedLetterNumber,
    NoAccountNamed,
    NoAddress,
    RequirementsUnmet,
    UnknownAgency,
    UnknownKind,
    UnknownRequestChannel,
    UnknownScan,
)
from shared.cases.case import ActContext
from shared.cases.contact import email_of
from shared.cases.receipt import Contact, receipt_faults, standard_on
from shared.office_time import local_date
from shared.promise.standard import Standard, Standards
from shared.refusals import Refusal

LETTER_NUMBER = re.compile(r"[A-Za-z0-9 /._()-]{1,60}")
"""The shape of a letter's number. It is published, so the shape admits no other text."""

ACCOUNT_CREATION = "account_creation"
PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind of request


class SignedBy(StrEnum):
    """Whose signature the standard asks for: the head of the agency and/or of the unit."""

    HEAD_OF_AGENCY = "head_of_agency"
    HEAD_OF_UNIT = "head_of_unit"


class Missing(StrEnum):
    """What a returned request lacks."""

    LETTER_SIGNATURE = "letter_signature"
    LETTER_STAMP = "letter_stamp"
    ACCOUNTS = "accounts"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter that asks. `letter_id` is the SHA-256 of its scan, when there is one."""

    number: str
    dated_on: date
    signed_by: SignedBy
    stamped: bool
    letter_id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The letter as it is stored and answered."""
        return {
            "number": self.number,
            "date": self.dated_on.isoformat(),
            "signed_by": self.signed_by.value,
            "stamped": self.stamped,
            "letter_id": self.letter_id,
        }


@dataclass(frozen=True, slots=True)
class Submission:
    """A request as it comes in. Without `received_at` it is received now."""

    kind: str
    agency: str
    letter: Letter
    accounts: Sequence[str]
    contact: Contact | None
    channel: str
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SubmissionInPart:
    """The readable part of a submission; None is unreadable or absent."""

    kind: str | None = None
    agency: str | None = None
    letter: Letter | None = None
    accounts: Sequence[str] | None = None
    contact: Contact | None = None
    channel: str | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resubmission:
    """The changes of an agency after its request was returned; None is unchanged."""

    letter: Letter | None = None
    accounts: Sequence[str] | None = None
    contact: Contact | None = None

    def to_dict(self) -> dict[str, Any]:
        """The fields of the event."""
        said = {
            "letter": self.letter and self.letter.to_dict(),
            "accounts": None if self.accounts is None else addresses(self.accounts),
            "contact": self.contact and self.contact.to_dict(),
        }
        return {**said, "changed": [part for part, value in said.items() if value is not None]}


@dataclass(frozen=True, slots=True)
class Checklist:
    """The requirements of the standard, as the reviewer found them."""

    signed_by_authorised_head: bool
    stamped: bool
    accounts_named: bool

    def unmet(self) -> tuple[str, ...]:
        """The items that the letter doesn't meet."""
        return tuple(item for item, is_met in asdict(self).items() if not is_met)

    def contradicted(
        self, letter: Mapping[str, Any], accounts: Sequence[str] | None
    ) -> tuple[str, ...]:
        """The items that the checklist holds to be met, and that were registered as lacking.

        No letter is registered without saying who signed it, so a signature contradicts nothing.
        Accounts that were erased (None) had been named.
        """
        lacking = {"stamped": not letter["stamped"], "accounts_named": accounts == []}
        return tuple(item for item, lacks in lacking.items() if lacks and getattr(self, item))


# The rules. Each is a generator of faults; `refuse` raises all that they find.


def submission_faults(
    said: Submission | SubmissionInPart,
    act: ActContext,
    *,
    standards: Standards,
    agencies: Collection[str],
) -> Iterator[Refusal]:
    """The faults of a submission.

    A rule that needs a faulty or unreadable value is left out: beside a faulty day of receipt a
    letter is compared with today.
    """
    received_at = said.received_at or act.at
    received_on = local_date(received_at)
    receipt = list(receipt_faults(received_at, act, standards))
    standard = standard_on(received_on, standards)
    if standard is not None:
        yield from name_faults(said.kind, said.channel, standard)
    yield from agency_faults(said.agency, act, agencies)
    if said.letter is not None:
        yield from letter_faults(said.letter, local_date(act.at) if receipt else received_on)
    if said.accounts is not None and standard is not None:
        yield from account_faults(said.kind, said.accounts, standard.mail_domain)
    if said.contact is not None:
        yield from said.contact.faults()
    yield from receipt


def resubmission_faults(
    said: Resubmission, kind: str, received_on: date, mail_domain: str
) -> Iterator[Refusal]:
    """The rules of the submission, for what has changed."""
    if said.letter is not None:
        yield from letter_faults(said.letter, received_on)
    if said.accounts is not None:
        yield from account_faults(kind, said.accounts, mail_domain)
    if said.contact is not None:
        yield from said.contact.faults()


def name_faults(kind: str | None, channel: str | None, standard: Standard) -> Iterator[Refusal]:
    """The standard knows the kind and the channel."""
    if kind is not None and kind not in standard.kinds:
        yield UnknownKind(kind, tuple(standard.kinds))
    if channel is not None and channel not in standard.request_channels:
        yield UnknownRequestChannel(channel, tuple(standard.request_channels))


def agency_faults(
    agency: str | None, act: ActContext, agencies: Collection[str]
) -> Iterator[Refusal]:
    """The register knows the agency, and its own people speak for no other."""
    if agency is None:
        return
    if agency not in agencies:
        yield UnknownAgency(agency, tuple(agencies))
    elif not act.by.may_act_for(agency):
        yield ForeignAgency(agency)


def letter_faults(letter: Letter, received_on: date | None) -> Iterator[Refusal]:
    """No letter arrives before it was written, and no scan is stored yet that it could name."""
    yield from number_faults("/letter/number", letter.number)
    if received_on is not None and letter.dated_on > received_on:
        yield LetterAfterReceipt(letter.dated_on, received_on)
    if letter.letter_id is not None:
        yield UnknownScan(letter.letter_id)


def number_faults(place: str, number: str) -> Iterator[Refusal]:
    """The number of a letter, the agency's or the office's own; `place` is where it stands."""
    if LETTER_NUMBER.fullmatch(number) is None:
        yield MalformedLetterNumber(place)


def checklist_faults(
    checklist: Checklist, letter: Mapping[str, Any], accounts: Sequence[str] | None
) -> Iterator[Refusal]:
    """Every item is met, and none against what the request was registered with."""
    if unmet := checklist.unmet():
        yield RequirementsUnmet(unmet)
    if contradicted := checklist.contradicted(letter, accounts):
        yield ContradictsRequest(contradicted)


def confirmation_faults(
    number: str | None, dated_on: date | None, *, received_on: date | None, today: date
) -> Iterator[Refusal]:
    """Nothing is confirmed before it is asked for, nor by a letter that isn't written yet.

    None is what can't be read, or isn't known yet.
    """
    if number is not None:
        yield from number_faults("/letter_number", number)
    if dated_on is not None and received_on is not None and dated_on < received_on:
        yield ConfirmedBeforeReceipt(dated_on, received_on)
    if dated_on is not None and dated_on > today:
        yield ConfirmedInFuture(dated_on)


def account_faults(
    kind: str | None, accounts: Sequence[str], mail_domain: str
) -> Iterator[Refusal]:
    """A new account needs an address of the office's own, once; a reset needs an account."""
    if kind in (ACCOUNT_CREATION, PASSWORD_RESET) and not accounts:
        yield NoAccountNamed(kind)
    is_new = kind == ACCOUNT_CREATION
    named: set[str] = set()
    for index, address in enumerate(addresses(accounts)):
        if is_new and not _is_under(mail_domain, address):
            yield AccountOutsideDomain(index, mail_domain)
        elif email_of(address) is None:
            yield NoAddress(index)
        elif is_new and address.casefold() in named:
            yield AccountNamedTwice(index)
        named.add(address.casefold())


def addresses(accounts: Sequence[str]) -> list[str]:
    """Each in the form in which an address is kept, if it is one."""
    return [email_of(each) or each for each in accounts]


def _is_under(mail_domain: str, address: str) -> bool:
    """Whether it is `somebody@` the domain or one below it, such as an agency's own."""
    mailbox, _, domain = address.casefold().rpartition("@")
    return bool(mailbox) and "@" not in mailbox and f".{domain}".endswith(f".{mail_domain}")

"""The rules on voiding a case that was registered by mistake, or twice.

Next: `Case.void`, which asks these rules.
"""

from collections.abc import Collection
from dataclasses import dataclass

from shared.refusals import Refusal

VOIDED = "voided"
"""The status of a voided case, and the state of its clock."""

DUPLICATE = "duplicate"
SPAM = "spam"
MISTAKES: Collection[str] = (DUPLICATE, "registered_in_error")
"""The reasons to void a case, of either service; complaints also know SPAM."""


@dataclass(frozen=True, slots=True)
class OriginalCase:
    """The case that another one is said to be a duplicate of.

    `status` is where it stands; None: the service has no such case; `number` is as it was typed.
    """

    number: str
    status: str | None


@dataclass(eq=False)
class UnknownVoidReason(Refusal):
    """A case of this kind is not voided for such a reason."""

    reason: str
    known: Collection[str]


@dataclass(eq=False)
class DuplicateOfNothing(Refusal):
    """A duplicate is one of another case, which is not named."""


@dataclass(eq=False)
class NoDuplicate(Refusal):
    """Another case is named, but the reason is not that this one is its duplicate."""

    reason: str


@dataclass(eq=False)
class DuplicateOfItself(Refusal):
    """A case is no duplicate of itself."""


@dataclass(eq=False)
class DuplicateOfUnknown(Refusal):
    """The service has no such case."""

    number: str


@dataclass(eq=False)
class DuplicateOfVoided(Refusal):
    """The other case was voided as well."""

    number: str


def check_void(
    reason: str, reasons: Collection[str], *, of: OriginalCase | None, number: str
) -> None:
    """One of the known reasons; a duplicate, and nothing else, names another case that stands."""
    if reason not in reasons:
        raise UnknownVoidReason(reason, reasons)
    if reason == DUPLICATE:
        check_original(of, number=number)
    elif of is not None:
        raise NoDuplicate(reason)


def check_original(of: OriginalCase | None, *, number: str) -> None:
    """There is another case, and it is not void itself: of two that are one, one must stay."""
    if of is None:
        raise DuplicateOfNothing
    if of.number == number:
        raise DuplicateOfItself
    if of.status is None:
        raise DuplicateOfUnknown(of.number)
    if of.status == VOIDED:
        raise DuplicateOfVoided(of.number)

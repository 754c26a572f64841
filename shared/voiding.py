"""Registered by mistake: what a void must say, of a request as of a complaint.

Next: `Case.void`, which asks these rules.
"""

from collections.abc import Collection
from dataclasses import dataclass

from shared.promise.refusals import Refusal

VOIDED = "voided"
"""The status of a case that was none, and the state of its clock."""

DUPLICATE = "duplicate"
REGISTERED_IN_ERROR = "registered_in_error"
SPAM = "spam"


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
    """The other case was voided as well: of two that are one, one must stay."""

    number: str


def check_void(reason: str, reasons: Collection[str], *, of: str | None, number: str) -> None:
    """One of the known reasons; a duplicate, and nothing else, names another case."""
    if reason not in reasons:
        raise UnknownVoidReason(reason, reasons)
    if reason == DUPLICATE and of is None:
        raise DuplicateOfNothing
    if reason != DUPLICATE and of is not None:
        raise NoDuplicate(reason)
    if of == number:
        raise DuplicateOfItself

"""What the domain and the event log refuse, as problems: for all services alike.

A service's own function is asked first, this one for what it leaves.
"""

from collections.abc import Iterable

from shared.eventstore import errors as log
from shared.promise.case_number import MalformedNumber, MistypedNumber
from shared.refusals import CaseFull, NotAllowed, Refusal
from shared.text import Text
from shared.web.problems import catalogue
from shared.web.problems.catalogue import Kind
from shared.web.problems.problem import Problem
from shared.web.problems.validation import ERRORS_MAX

RETRY_AFTER_SECONDS = 2

Refused = Refusal | log.EventLogError


def common_problem(refusal: Refused) -> Problem:
    match refusal:
        case CaseFull():
            return _full(refusal)
        case NotAllowed():
            return not_allowed(refusal)
        case MistypedNumber():
            return Problem(catalogue.MISTYPED_NUMBER)
        case MalformedNumber():
            return Problem(catalogue.NOT_FOUND)
        case log.AggregateNotFound():
            return Problem(catalogue.NOT_FOUND)
        case log.VersionConflict():
            return Problem(catalogue.CONFLICT)
        case log.KeyReused():
            return Problem(catalogue.KEY_REUSED)
        case log.CommandTooLarge():
            return Problem(catalogue.TOO_LARGE)
        case log.LogBusy():
            return _later(catalogue.BUSY, refusal.retry_after_seconds)
        case log.OutcomeUnknown():
            return _later(catalogue.OUTCOME_UNKNOWN, RETRY_AFTER_SECONDS)
        case log.LogUnavailable() | log.LogClosed():
            return _later(catalogue.UNAVAILABLE, RETRY_AFTER_SECONDS)
        case _:
            raise refusal  # a service that refuses and doesn't say how: a bug, answered as one


def together(problems: Iterable[Problem]) -> Problem:
    """Several refusals of one command as one answer, with all errors; what forbids it leads."""
    found = list(problems)
    errors = [error for problem in found for error in problem.members.get("errors", ())]
    lead = next((problem for problem in found if problem.kind is not catalogue.INVALID), found[0])
    members = {**lead.members, "errors": errors[:ERRORS_MAX]}
    detail = None if lead.kind is catalogue.INVALID else lead.detail
    return Problem(lead.kind, detail=detail, headers=lead.headers, **members)


def not_allowed(refusal: NotAllowed) -> Problem:
    return Problem(
        catalogue.NOT_ALLOWED,
        detail=Text(
            id=f"`{refusal.command}` tidak dapat dilakukan pada status `{refusal.status}`.",
            en=f"`{refusal.command}` is not possible from `{refusal.status}`.",
        ),
        status=refusal.status,
        allowed=list(refusal.allowed),
    )


def _full(refusal: CaseFull) -> Problem:
    return Problem(
        catalogue.CASE_FULL,
        detail=Text(
            id=f"Kasus ini berisi {refusal.events_max} peristiwa atau lebih; `{refusal.command}` "
            "tidak dapat dilakukan lagi.",
            en=f"The case holds {refusal.events_max} events or more; `{refusal.command}` is no "
            "longer possible.",
        ),
        status=refusal.status,
        allowed=list(refusal.allowed),
        events_max=refusal.events_max,
    )


def _later(kind: Kind, seconds: int) -> Problem:
    return Problem(kind, headers={"Retry-After": str(seconds)})

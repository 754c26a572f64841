"""The problems that every service answers: a wrong number, a wrong state, and the log's errors."""

from shared.promise.case_number import MalformedNumber, MistypedNumber
from shared.refusals import CaseFull, NotAllowed
from shared.text import Text
from shared.web.problems.log_errors import Refused, log_problem
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import CASE_FULL, MISTYPED_NUMBER, NOT_ALLOWED, NOT_FOUND


def common_problem(refusal: Refused) -> Problem:
    match refusal:
        case CaseFull():
            return _full(refusal)
        case NotAllowed():
            return _not_allowed(refusal)
        case MistypedNumber():
            return Problem(MISTYPED_NUMBER)
        case MalformedNumber():
            return Problem(NOT_FOUND)
        case _:
            return log_problem(refusal)


def _not_allowed(refusal: NotAllowed) -> Problem:
    return Problem(
        NOT_ALLOWED,
        detail=Text(
            id=f"`{refusal.command}` tidak dapat dilakukan pada status `{refusal.status}`.",
            en=f"`{refusal.command}` is not possible from `{refusal.status}`.",
        ),
        status=refusal.status,
        allowed=list(refusal.allowed),
    )


def _full(refusal: CaseFull) -> Problem:
    return Problem(
        CASE_FULL,
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

"""The errors of the event log as problems; a service's own function maps its refusals first."""

from shared.eventstore import errors as log
from shared.refusals import Refusal
from shared.web.problems import problem_kinds as catalogue
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import ProblemKind

RETRY_AFTER_SECONDS = 2

Refused = Refusal | log.EventLogError


def log_problem(refusal: Refused) -> Problem:
    match refusal:
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
            raise refusal  # a refusal that no function maps is a bug, and is answered as one


def _later(kind: ProblemKind, seconds: int) -> Problem:
    return Problem(kind, headers={"Retry-After": str(seconds)})

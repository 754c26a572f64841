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
        case log.BeyondHead():
            return _history(catalogue.BEYOND_HEAD, refusal)
        case log.HistoryLost():
            return _history(catalogue.FORKED, refusal)
        case log.CommandTooLarge():
            return Problem(catalogue.TOO_LARGE)
        case log.LogBusy():
            return later(catalogue.BUSY, refusal.retry_after_seconds)
        case log.OutcomeUnknown():
            return later(catalogue.OUTCOME_UNKNOWN)
        case log.LogUnavailable() | log.LogClosed():
            return later(catalogue.UNAVAILABLE)
        case _:
            raise refusal  # a refusal that no function maps is a bug, and is answered as one


def later(kind: ProblemKind, seconds: int = RETRY_AFTER_SECONDS) -> Problem:
    return Problem(kind, headers={"Retry-After": str(seconds)})


def _history(kind: ProblemKind, lost: log.HistoryLost) -> Problem:
    """With the epochs, so that a follower sees from where on its history may be another."""
    return Problem(
        kind,
        headers={"Cache-Control": "no-store"},
        position=lost.position,
        head=lost.head.position,
        epoch=str(lost.head.epoch),
        epochs=[
            {"epoch": str(each.id), "first_position": each.first_position} for each in lost.epochs
        ],
    )

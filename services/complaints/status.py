"""Where a complaint can stand, and which step leads on from where.

    received ─classify─▶ classified ─assign─▶ in_progress ─resolve─▶ resolved ─close─▶ closed ■
                                               │      ▲  ▲             │
                         request-clarification ▼      │  └───reopen────┘
                                            waiting ──┘ clarify, resume

    reject ──▶ rejected ■ and forward ──▶ forwarded ■, from received, classified, in_progress
    void, by a supervisor, from every status ──▶ voided ■

Next: `domain.py`, whose commands ask `STEPS`.
"""

from enum import StrEnum

from shared.cases.case import Steps


class ComplaintStatus(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    VOIDED = "voided"


UNANSWERED = {
    ComplaintStatus.RECEIVED,
    ComplaintStatus.CLASSIFIED,
    ComplaintStatus.IN_PROGRESS,
    ComplaintStatus.WAITING,
}

STEPS: Steps = {
    "classify": UNANSWERED,
    "assign": {ComplaintStatus.CLASSIFIED, ComplaintStatus.IN_PROGRESS, ComplaintStatus.WAITING},
    "request-clarification": {ComplaintStatus.IN_PROGRESS},
    "clarify": {ComplaintStatus.WAITING},
    "resume": {ComplaintStatus.WAITING},
    "respond": {ComplaintStatus.CLASSIFIED, ComplaintStatus.IN_PROGRESS, ComplaintStatus.WAITING},
    "resolve": {ComplaintStatus.IN_PROGRESS},
    "reject": UNANSWERED - {ComplaintStatus.WAITING},
    "forward": UNANSWERED - {ComplaintStatus.WAITING},
    "reopen": {ComplaintStatus.RESOLVED},
    "close": {ComplaintStatus.RESOLVED},
    "rate": {ComplaintStatus.RESOLVED, ComplaintStatus.CLOSED},
    "void": set(ComplaintStatus) - {ComplaintStatus.VOIDED},
}
"""The picture above, as data."""

REPEATABLE_STEPS: Steps = {
    "classify": UNANSWERED - {ComplaintStatus.RECEIVED},  # again
    "assign": {ComplaintStatus.IN_PROGRESS, ComplaintStatus.WAITING},  # to somebody else
    "request-clarification": STEPS["request-clarification"],
    "respond": STEPS["respond"],
    "reopen": STEPS["reopen"],
}
"""The steps that don't lead on: a complaint stays where it is, or comes back there."""

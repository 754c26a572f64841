"""Where a complaint can stand. `domain.py` says which step leads on from where."""

from enum import StrEnum


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

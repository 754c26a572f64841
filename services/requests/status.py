"""Where a request can stand. `domain.py` says which step leads on from where."""

from enum import StrEnum


class RequestStatus(StrEnum):
    """Where a request stands."""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    APPROVED = "approved"
    IN_PROCESS = "in_process"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


OPEN = {
    RequestStatus.SUBMITTED,
    RequestStatus.UNDER_REVIEW,
    RequestStatus.RETURNED,
    RequestStatus.APPROVED,
    RequestStatus.IN_PROCESS,
    RequestStatus.COMPLETED,
}

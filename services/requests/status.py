"""Where a request can stand, and which step leads on from where.

    submitted ──review──▶ under_review ──approve──▶ approved ──process──▶ in_process
     │     ▲                 │      │                                         │
    return resubmit,      return    └──reject──▶ rejected ■               complete
     ▼     resume            │                                                ▼
    returned ◀───────────────┘               confirmed ■ ◀──confirm────── completed

    withdraw, by the agency, from any of these before completed ──▶ withdrawn ■
    void, by a supervisor, from every status ──▶ voided ■

Next: `domain.py`, whose commands ask `STEPS`.
"""

from enum import StrEnum

from shared.cases.case import Steps


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

STEPS: Steps = {
    "review": {RequestStatus.SUBMITTED},
    "return": {RequestStatus.SUBMITTED, RequestStatus.UNDER_REVIEW},
    "resubmit": {RequestStatus.RETURNED},
    "resume": {RequestStatus.RETURNED},
    "approve": {RequestStatus.UNDER_REVIEW},
    "reject": {RequestStatus.UNDER_REVIEW},
    "process": {RequestStatus.APPROVED},
    "complete": {RequestStatus.IN_PROCESS},
    "confirm": {RequestStatus.COMPLETED},
    "withdraw": OPEN - {RequestStatus.COMPLETED},
    "assign": OPEN,
    "void": set(RequestStatus) - {RequestStatus.VOIDED},
}
"""The picture above, as data."""

REPEATABLE_STEPS: Steps = {"return": STEPS["return"], "assign": STEPS["assign"]}
"""The steps that don't lead on: a request stays where it is, or what follows leads back."""

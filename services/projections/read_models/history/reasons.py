"""Why did a figure change? Each event that may change one has its reason here; none is a default.

Next: `history.py`, which notes the changes under them; `revisions.py`, which lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import structlog

from services.projections.read_models.events import CaseEvent

log = structlog.get_logger()

Reason: TypeAlias = Literal[
    "overdue",
    "calendar_amended",
    "import",
    "received",
    "classified",
    "returned",
    "resumed",
    "finished",
    "withdrawn",
    "forwarded",
    "reopened",
    "voided",
    "other",
]
"""In the order of revisions: of one day, the due dates that had passed come first."""

REASON_BY_EVENT: Mapping[str, Reason | Literal["rated"]] = {
    "submitted": "received",
    "received": "received",
    "returned": "returned",
    "clarification_requested": "returned",
    "resubmitted": "resumed",
    "clarified": "resumed",
    "resumed": "resumed",
    "classified": "classified",
    "confirmed": "finished",
    "resolved": "finished",
    "rejected": "finished",
    "withdrawn": "withdrawn",
    "forwarded": "forwarded",
    "reopened": "reopened",
    "rated": "rated",  # the rating alone, which has no revisions
    "voided": "voided",
    "due_date_changed": "calendar_amended",
}
"""By the event that changes a figure."""

WITHOUT_EFFECT = frozenset(
    {
        "review_started",
        "approved",
        "processing_started",
        "completed",
        "assigned",
        "responded",
        "closed",
        "personal_data_erased",
    }
)
"""Events that change no figure, unless the case takes over an amended calendar with them."""


def reason_of(event: CaseEvent, *, is_amended: bool) -> Reason | Literal["rated"]:
    """Why a figure changed with this event; `is_amended`: its case took over another calendar.

    The figure is right whatever its reason. So an event without one is not held up, nor given
    another's: it says `other`, and the log says which event it is.
    """
    if event.is_imported:
        return "import"
    if why := REASON_BY_EVENT.get(event.type):
        return why
    if is_amended:
        return "calendar_amended"
    log.error("a figure changed without a reason", event_type=event.type, position=event.position)
    return "other"

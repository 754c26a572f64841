"""The published events of each service, and the reason for which figures change with each.

This is the public half of the catalogues of `services/requests` and `services/complaints`, as data,
since no service may import another. A service whose events are not exactly these doesn't start
(`publisher`), so neither a new event nor its reason can be forgotten here.

Next: `services/projections/read_models/events.py` and `history/reasons.py`, which read it.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

EventReason: TypeAlias = Literal[
    "received",  # a case begins, and with it its clock
    "classified",  # another allowance holds
    "returned",  # the clock pauses
    "resumed",  # the clock goes on after a pause
    "finished",  # the clock ends: the applicant has an answer
    "withdrawn",  # the clock ends
    "forwarded",  # the clock ends
    "reopened",  # the clock goes on after its end
    "rated",  # the rating alone, which has no revisions
    "voided",  # the case was none
    "calendar_amended",  # the due date moves
]
"""Why a figure changes with an event; the comment names the effect on the clock."""

NO_CHANGE = None
"""The event changes no figure, unless the case takes over an amended calendar with it."""

EVENTS: Mapping[str, Mapping[str, EventReason | None]] = {
    "requests": {
        "submitted": "received",
        "review_started": NO_CHANGE,
        "returned": "returned",
        "resubmitted": "resumed",
        "resumed": "resumed",
        "approved": NO_CHANGE,
        "rejected": "finished",
        "processing_started": NO_CHANGE,
        "completed": NO_CHANGE,
        "confirmed": "finished",
        "withdrawn": "withdrawn",
        "assigned": NO_CHANGE,
        "voided": "voided",
        "due_date_changed": "calendar_amended",
        "personal_data_erased": NO_CHANGE,
    },
    "complaints": {
        "received": "received",
        "classified": "classified",
        "assigned": NO_CHANGE,
        "clarification_requested": "returned",
        "clarified": "resumed",
        "resumed": "resumed",
        "responded": NO_CHANGE,
        "resolved": "finished",
        "rejected": "finished",
        "forwarded": "forwarded",
        "reopened": "reopened",
        "closed": NO_CHANGE,
        "rated": "rated",
        "voided": "voided",
        "due_date_changed": "calendar_amended",
        "personal_data_erased": NO_CHANGE,
    },
}
"""By the service and the name of the event, without its version."""

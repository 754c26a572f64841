"""Why a figure changed. Each event that may change one has its own reason; none is a default.

Next: `count_history.py`, which records the changes under them; `revisions.py`, which lists them.
"""

from typing import Literal, TypeAlias

import structlog

from services.projections.read_models.events import CaseEvent
from shared.cases.published_events import EVENTS

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


def reason_of(event: CaseEvent, *, is_amended: bool) -> Reason | Literal["rated"]:
    """Why a figure changed with this event; `is_amended`: its case took over another calendar.

    The figure is right whatever its reason. So an event without one is not held up, nor given
    another's: the reason is `other`, and the log names the event.
    """
    if event.is_imported:
        return "import"
    if reason := EVENTS[event.source].get(event.type):
        return reason
    if is_amended:
        return "calendar_amended"
    log.error("a figure changed without a reason", event_type=event.type, position=event.position)
    return "other"

"""The published payload of an alert: the case's state, and whom it concerns; no personal data.

Next: the relay of `shared/messaging` puts each payload in its envelope and sends it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from services.projections.alerts.domain import Alert, DueSoon, Overdue
from shared.cases.payload import Contract, Payload, publisher


class AlertPayload(Payload):
    """`version` is the alert's own and always 1; `case_version` says after which of its events the
    case stood so. `clock` is the clock of the midnight `occurred_at`."""

    service: Literal["requests", "complaints"]
    case_version: int
    due_on: date
    state: Literal["running", "overdue"]
    kind: str | None
    agency: str | None
    letter_number: str | None
    category: str | None
    channel: str
    assignee: str | None


class WithdrawnPayload(AlertPayload):
    """An alert of this case, due date and kind was wrong, for this `reason`; `version` is 2.

    `clock` is the clock of `occurred_at`, by the facts that the alert had.
    """

    state: Literal["running", "waiting", "overdue"]  # type: ignore[assignment]
    reason: str


def _withdrawn(event: Alert.Withdrawn) -> Mapping[str, Any]:
    return {**_alert(event), "reason": event.reason}


def _alert(event: Alert.Created | Alert.Withdrawn) -> Mapping[str, Any]:
    return {
        "service": event.service,
        "case_version": event.case_version,
        "due_on": event.due_on,
        "state": event.clock["state"],
        "kind": event.kind,
        "agency": event.agency,
        "letter_number": event.letter_number,
        "category": event.category,
        "channel": event.channel,
        "assignee": event.assignee,
    }


CONTRACTS = (
    Contract(DueSoon.Created, AlertPayload, _alert),
    Contract(Overdue.Created, AlertPayload, _alert),
    Contract(DueSoon.Withdrawn, WithdrawnPayload, _withdrawn),
    Contract(Overdue.Withdrawn, WithdrawnPayload, _withdrawn),
)

publish = publisher(CONTRACTS)

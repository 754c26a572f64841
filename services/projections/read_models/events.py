"""The part of an event that the read models use, whichever service it comes from.

An event carries the status and the clock of its case after it, and the facts that the clock is
read from (`basis`), so nothing here knows the rules of the services. Fields that are not named here
come from a newer service: they stay in the timeline. A type that is not in
`shared/cases/published_events.py`, or another version, is counted by the consumer and left out.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from services.projections.read_models.states import State
from shared.cases.published_events import EVENTS
from shared.messaging.subscription import Incoming
from shared.office_time import local_date

VERSION = "v1"

SOURCES = tuple(sorted(EVENTS))

IMPORT = "import"  # the `by` of what a spreadsheet brings

Facts: TypeAlias = Mapping[str, Any]


class EventClock(msgspec.Struct, frozen=True):
    """The clock of the case on the day of the event."""

    received_on: dt.date
    days_allowed: int
    due_on: dt.date | None
    days_used: int
    days_elapsed: int
    state: State
    due_soon: bool
    provisional: bool
    calendar: str


class EventPayload(msgspec.Struct, frozen=True):
    """The fields that the read models use; the other fields are facts for the timeline."""

    number: str
    status: str
    version: int
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    clock: EventClock
    basis: dict[str, Any]
    by: str
    role: str
    received_at: dt.datetime | None = None
    standard: str | None = None
    channel: str | None = None
    kind: str | None = None
    agency: str | None = None
    letter_number: str | None = None
    category: str | None = None
    category_before: str | None = None
    assignee: str | None = None
    score: int | None = None


COMMON_FIELDS = frozenset(
    {"number", "status", "version", "occurred_at", "recorded_at", "clock", "basis", "role"}
)


class CaseEvent(msgspec.Struct, frozen=True):
    """One event of one case."""

    source: str
    position: int
    type: str
    payload: EventPayload
    facts: Facts
    known_on: dt.date  # the day on which the log took it in
    part: int = 0  # of that day: after so many imports (`imports.py`)

    @property
    def is_imported(self) -> bool:
        return self.payload.by == IMPORT


def knows(event: Incoming) -> bool:
    """Whether the read models can take it in."""
    version = str(event.body["type"]).rpartition(".")[2]
    return version == VERSION and event.type in EVENTS.get(event.source, ())


def read(event: Incoming) -> CaseEvent:
    """Raises ValidationError (of msgspec), which names what is missing or wrong."""
    data = event.body["data"]
    facts = {name: fact for name, fact in data.items() if name not in COMMON_FIELDS}
    payload = msgspec.convert(data, EventPayload)
    known_on = local_date(payload.recorded_at)
    return CaseEvent(event.source, event.position, event.type, payload, facts, known_on)

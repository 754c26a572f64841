"""A factory of events: cases' events as the services publish them, without a running service."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from shared.messaging.subscription import Incoming
from shared.office_time import local_date
from shared.promise.case_number import case_id, new_number
from shared.promise.sla_clock import SlaClock
from shared.promise.standard import load_standards
from shared.promise.working_days import Calendar, load_calendar

CALENDAR = load_calendar()
STANDARD = load_standards().named("09/DISKOMINFO/2022")
EPOCH = "0123abcd-0000-4000-8000-000000000000"
NOTHING_YET = datetime(2000, 1, 1, tzinfo=UTC)

Move = Callable[[SlaClock, datetime, Calendar], SlaClock]

MOVES: dict[str, Move] = {
    "returned": SlaClock.wait,
    "resubmitted": SlaClock.answer,
    "resumed": SlaClock.answer,
    "confirmed": lambda clock, at, calendar: clock.stop(at, calendar, "answered"),
    "withdrawn": lambda clock, at, calendar: clock.stop(at, calendar, "withdrawn"),
    "clarification_requested": SlaClock.wait,
    "clarified": SlaClock.answer,
    "resolved": lambda clock, at, calendar: clock.stop(at, calendar, "answered"),
    "rejected": lambda clock, at, calendar: clock.stop(at, calendar, "answered"),
    "forwarded": lambda clock, at, calendar: clock.stop(at, calendar, "forwarded"),
    "reopened": SlaClock.reopen,
    "voided": SlaClock.void,
}


def _run_on(clock: SlaClock, at: datetime, calendar: Calendar) -> SlaClock:
    return clock.amend(calendar, at)


STATUSES = {
    "review_started": "under_review",
    "returned": "returned",
    "resubmitted": "submitted",
    "approved": "approved",
    "processing_started": "in_process",
    "completed": "completed",
    "confirmed": "confirmed",
    "withdrawn": "withdrawn",
    "classified": "classified",
    "clarification_requested": "waiting",
    "clarified": "in_progress",
    "resolved": "resolved",
    "reopened": "in_progress",
    "closed": "closed",
    "rejected": "rejected",
    "forwarded": "forwarded",
    "voided": "voided",
}


@dataclass
class EventFactory:
    """Logs of both services, in the order in which things were told."""

    calendar: Calendar = CALENDAR
    events: list[Incoming] = field(default_factory=list)
    delay: timedelta = timedelta(0)  # how long after it happened something is told
    by: str = "officer-1"
    recorded_at: datetime = NOTHING_YET  # the last event
    imports_at: datetime | None = None  # then all that happened is imported now
    _cases: int = 0
    _positions: dict[str, int] = field(default_factory=dict)

    def request(
        self,
        received_at: datetime,
        *,
        kind: str = "password_reset",
        agency: str = "DINKES",
        letter_number: str = "800/1",
    ) -> "CaseEvents":
        """A request comes in."""
        case = self._case("requests", "PRM", received_at, STANDARD.days_allowed)
        facts = {"kind": kind, "agency": agency, "channel": "counter"}
        letter = {"letter_number": letter_number, "letter_date": "2026-01-02", "stamped": True}
        return case._first("submitted", received_at, facts | letter)

    def complaint(self, received_at: datetime, *, channel: str = "whatsapp") -> "CaseEvents":
        """A complaint comes in."""
        days = STANDARD.shortest_complaint_days
        case = self._case("complaints", "ADU", received_at, days)
        return case._first("received", received_at, {"channel": channel, "lapor_number": None})

    def of(self, source: str) -> list[Incoming]:
        return [event for event in self.events if event.source == source]

    def _case(self, service: str, prefix: str, received_at: datetime, days: int) -> "CaseEvents":
        self._cases += 1
        number = new_number(prefix, lambda size: sha256(str(self._cases).encode()).digest()[:size])
        return CaseEvents(self, service, number, SlaClock.start(received_at, days, self.calendar))

    def record(self, at: datetime) -> datetime:
        """When something is recorded that happens at that instant: in the order of telling."""
        told_at = self.imports_at or at + self.delay
        self.recorded_at = max(self.recorded_at, told_at.astimezone(UTC))
        return self.recorded_at

    def publish(self, source: str, number: str, name: str, data: dict[str, Any]) -> None:
        """One more event of that source. The payload is JSON once, as on the way."""
        position = self._positions[source] = self._positions.get(source, 0) + 1
        body = {
            "type": f"id.go.kalbarprov.diskominfo.{source}.{name}.v1",
            "subject": number,
            "partitionkey": str(case_id(number)),
            "data": msgspec.json.decode(msgspec.json.encode(data)),
        }
        hashed = sha256(f"{source} {position}".encode()).digest()
        self.events.append(Incoming(source, position, EPOCH, hashed, name, body))


@dataclass
class CaseEvents:
    """One case; `then` lets the next thing happen to it."""

    office: EventFactory
    service: str
    number: str
    clock: SlaClock
    status: str = ""
    version: int = 0
    category: str | None = None

    def _first(self, name: str, received_at: datetime, facts: dict[str, Any]) -> "CaseEvents":
        self.status = name
        first = {"standard": STANDARD.decree, "received_at": received_at.astimezone(UTC)}
        return self._said(name, received_at, first | facts)

    def then(self, name: str, at: datetime, **facts: Any) -> "CaseEvents":
        """The event of that name, whether or not the rules would allow it."""
        if name == "classified":
            self.clock = self.clock.allow(
                STANDARD.complaint_days[facts["category"]], at, self.office.calendar
            )
            facts["category_before"], self.category = self.category, facts["category"]
        else:
            move = MOVES.get(name, _run_on)
            self.clock = move(self.clock, at, self.office.calendar)
        back = "submitted" if self.service == "requests" else "in_progress"
        keeps = name == "classified" and self.status != "received"
        if not keeps:
            is_back = name == "resumed" or (name == "assigned" and self.service == "complaints")
            self.status = back if is_back else STATUSES.get(name, self.status)
        return self._said(name, at, facts)

    def _said(self, name: str, at: datetime, facts: dict[str, Any]) -> "CaseEvents":
        self.version += 1
        reading = self.clock.reading(local_date(at), self.office.calendar)
        said = {
            "number": self.number,
            "status": self.status,
            "version": self.version,
            "occurred_at": at.astimezone(UTC),
            "recorded_at": self.office.record(at),
            "clock": reading.to_dict(),
            "basis": self.clock.to_dict(),
            "by": "import" if self.office.imports_at else self.office.by,
            "role": "supervisor",
        }
        self.office.publish(self.service, self.number, name, said | facts)
        return self

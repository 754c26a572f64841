"""Where does a case stand? One row a case, as of its last event.

The days that an open case has used depend on the date, so its row is recomputed from its clock when
the date changes; the row of a finished case stays the same.

Next: `tally.py`, which counts the rows; `case_list.py` asks for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from operator import attrgetter

import msgspec

from services.projections.read_models.events import CaseEvent, EventClock
from services.projections.read_models.states import OPEN, VOIDED, State
from shared.office_time import local_date
from shared.postgres.connection import Connection
from shared.promise.reading import Reading
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import Calendar

FIRST_EVENTS = frozenset({"submitted", "received"})
RETURNED_TO_APPLICANT = frozenset({"returned", "clarification_requested"})
RECORDED_WITHIN_DAYS = 1  # of its receipt; a case that is recorded later is backdated


class CannotApply(Exception):
    """This event can't follow the events that the read models have of its case."""


@dataclass(slots=True)
class CaseRow:
    """A row of `cases`, its fields in the order of the columns."""

    number: str
    service: str
    status: str
    version: int
    received_at: dt.datetime
    standard: str
    channel: str
    kind: str | None
    agency: str | None
    letter_number: str | None
    received_on: dt.date
    days_allowed: int
    due_on: dt.date | None
    days_used: int
    days_elapsed: int
    state: State
    due_soon: bool
    provisional: bool
    calendar: str
    known_on: dt.date
    backdated: bool
    imported_on: dt.date | None
    ended_on: dt.date | None = None
    waiting_since: dt.date | None = None
    basis: str | None = None
    category: str | None = None
    assignee: str | None = None
    waited: bool = False
    reopenings: int = 0
    reclassified: bool = False
    score: int | None = None
    known_part: int = 0

    @property
    def is_rejected(self) -> bool:
        return self.status == "rejected"

    @property
    def is_voided_overdue(self) -> bool:
        """Whether its due date had passed when it was voided."""
        if self.state != VOIDED or self.ended_on is None or self.due_on is None:
            return False
        return self.ended_on > self.due_on

    def apply(self, event: CaseEvent) -> None:
        """Apply one event. The clock is updated later, once a batch (`update_clock`)."""
        payload = event.payload
        if payload.version <= self.version:
            raise CannotApply(
                f"version {payload.version} of {payload.number} comes after {self.version}"
            )
        self.version = payload.version
        self.status = payload.status
        self.known_on, self.known_part = event.known_on, event.part
        self.ended_on = None if payload.clock.state in OPEN else self._ended_on(event)
        if self.imported_on is not None and event.is_imported:
            self.imported_on = event.known_on
        if event.type in RETURNED_TO_APPLICANT:
            self.waited = True
        elif event.type == "resubmitted":
            self.letter_number = payload.letter_number or self.letter_number
        elif event.type == "classified":
            self.category = payload.category
            self.reclassified |= payload.category_before is not None
        elif event.type == "review_started":
            self.assignee = payload.assignee or payload.by
        elif event.type == "assigned":
            self.assignee = payload.assignee
        elif event.type == "reopened":
            self.reopenings += 1
        elif event.type == "rated":
            self.score = payload.score

    def _ended_on(self, event: CaseEvent) -> dt.date | None:
        """The day on which it was finished, or voided; no later event changes that."""
        payload = event.payload
        if event.type == VOIDED:
            return local_date(payload.occurred_at)
        if payload.clock.state == VOIDED:
            return self.ended_on
        return local_date(dt.datetime.fromisoformat(payload.basis["stopped_at"]))

    def update_clock(self, event: CaseEvent, on: dt.date, calendar: Calendar) -> None:
        """Set the clock as of the day `on`, after `event`."""
        payload = event.payload
        if payload.clock.state in OPEN:
            self.recompute_clock(SlaClock.from_dict(payload.basis), on, calendar)
            self.basis = msgspec.json.encode(payload.basis).decode()
        else:
            self.set_clock(payload.clock)
            self.waiting_since = self.basis = None

    def recompute_clock(self, clock: SlaClock, on: dt.date, calendar: Calendar) -> None:
        """Set the clock of an open case as of the day `on`."""
        self.set_clock(clock.reading(on, calendar))
        waits = self.state == "waiting"
        self.waiting_since = local_date(clock.waits[-1].from_at) if waits else None

    def set_clock(self, clock: EventClock | Reading) -> None:
        """Copy a reading of the clock, of whichever day."""
        self.received_on = clock.received_on
        self.days_allowed = clock.days_allowed
        self.due_on = clock.due_on
        self.days_used = clock.days_used
        self.days_elapsed = clock.days_elapsed
        self.state = clock.state
        self.due_soon = clock.due_soon
        self.provisional = clock.provisional
        self.calendar = clock.calendar


def from_first_event(event: CaseEvent, calendar: Calendar) -> CaseRow:
    """A case after its first event; `calendar` knows its version. Raises `CannotApply`."""
    payload = event.payload
    if event.type not in FIRST_EVENTS:
        raise CannotApply(f"{event.type} of {payload.number}, which isn't known")
    if payload.received_at is None or payload.standard is None or payload.channel is None:
        raise CannotApply(f"{event.type} lacks received_at, standard or channel")
    if payload.kind is None and event.source == "requests":
        raise CannotApply(f"{event.type} lacks kind")
    return CaseRow(
        number=payload.number,
        service=event.source,
        status=payload.status,
        version=payload.version,
        received_at=payload.received_at,
        standard=payload.standard,
        channel=payload.channel,
        kind=payload.kind,
        agency=payload.agency,
        letter_number=payload.letter_number,
        **msgspec.structs.asdict(payload.clock),
        known_on=event.known_on,
        known_part=event.part,
        backdated=_recording_delay_days(payload.received_at, event, calendar)
        > RECORDED_WITHIN_DAYS,
        imported_on=event.known_on if event.is_imported else None,
    )


def _recording_delay_days(received_at: dt.datetime, event: CaseEvent, calendar: Calendar) -> int:
    """How many working days after its receipt a case was recorded."""
    own = calendar.as_of(event.payload.clock.calendar)
    return own.working_days_between(local_date(received_at), event.known_on)


_FETCH = """
select number, service, status, version, received_at, standard, channel, kind, agency,
       letter_number, received_on, days_allowed, due_on, days_used, days_elapsed, state, due_soon,
       provisional, calendar, known_on, backdated, imported_on, ended_on, waiting_since, basis,
       category, assignee, waited, reopenings, reclassified, score, known_part
from cases
where number = any($1::text[])
"""


async def fetch(connection: Connection, numbers: Collection[str]) -> dict[str, CaseRow]:
    """The rows of these cases, as far as there are any."""
    return {row["number"]: CaseRow(*row) for row in await connection.fetch(_FETCH, list(numbers))}


_OPEN = """
select number
from cases
where service = $1 and number > $2 and basis is not null
order by number
limit $3
"""


async def open_after(connection: Connection, service: str, after: str, limit: int) -> list[str]:
    """The next numbers of open cases, at most `limit`."""
    return [row["number"] for row in await connection.fetch(_OPEN, service, after, limit)]


_STORE = """
insert into cases (
    number, service, status, version, received_at, standard, channel, kind, agency,
    letter_number, received_on, days_allowed, due_on, days_used, days_elapsed, state, due_soon,
    provisional, calendar, known_on, backdated, imported_on, ended_on, waiting_since, basis,
    category, assignee, waited, reopenings, reclassified, score, known_part)
select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::date[], $12::int[], $13::date[], $14::int[],
    $15::int[], $16::text[], $17::bool[], $18::bool[], $19::text[], $20::date[], $21::bool[],
    $22::date[], $23::date[], $24::date[], $25::json[], $26::text[], $27::text[], $28::bool[],
    $29::int[], $30::bool[], $31::int[], $32::int[])
on conflict (number) do update set
    status = excluded.status, version = excluded.version, letter_number = excluded.letter_number,
    received_on = excluded.received_on, days_allowed = excluded.days_allowed,
    due_on = excluded.due_on, days_used = excluded.days_used,
    days_elapsed = excluded.days_elapsed, state = excluded.state, due_soon = excluded.due_soon,
    provisional = excluded.provisional, calendar = excluded.calendar,
    known_on = excluded.known_on, imported_on = excluded.imported_on,
    ended_on = excluded.ended_on, waiting_since = excluded.waiting_since,
    basis = excluded.basis, category = excluded.category, assignee = excluded.assignee,
    waited = excluded.waited, reopenings = excluded.reopenings,
    reclassified = excluded.reclassified, score = excluded.score,
    known_part = excluded.known_part
"""

_columns = attrgetter(*(field.name for field in fields(CaseRow)))


async def store(connection: Connection, cases: Iterable[CaseRow]) -> None:
    """Write these rows whole. Idempotent."""
    columns = list(zip(*map(_columns, cases), strict=True))
    if columns:
        await connection.execute(_STORE, *columns)

"""Alerts: a case is due soon, or overdue. There is one of each kind for a due date of a case.

An alert is an event of this service's own log, its only data that can't be made again from the
other logs. Its id is derived from the case, the due date and the kind, so a second alert is a
version conflict, after any restart or rebuild and with any number of replicas. A case gets another
alert only when it gets another due date, or when this one was wrong (by a clock that ran ahead,
for instance) and was withdrawn by an event of its own.

The clock of an alert is computed from the clock's facts, not from the time of the check: it reads
as at the midnight at which the alert became true, even if this service was down then. The rest
(`status`, `case_version`, `assignee`) is as the read models had the case at the check.

Next: `process.py`, which finds the missing alerts; `published.py` has their payload.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID, uuid5

import msgspec
from eventsourcing.domain import Aggregate

from services.projections.read_models.states import State
from shared.cases.case import SYSTEM, ActContext, Case, event_header
from shared.office_time import PONTIANAK
from shared.promise.case_number import case_id
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import Calendar

SOURCE = "sla"  # of `/janji/sla`

A_DAY = dt.timedelta(days=1)

RAISED_VERSION = 1  # of an alert that stands
WITHDRAWN_VERSION = 2

FACTS = (
    "service",
    "case_version",
    "due_on",
    "kind",
    "agency",
    "letter_number",
    "category",
    "channel",
    "assignee",
)


@dataclass(frozen=True, slots=True)
class DueCase:
    """An open case that is due soon or overdue, as the read models have it."""

    number: str
    service: str
    status: str
    version: int
    basis: str
    due_on: dt.date
    state: State
    kind: str | None
    agency: str | None
    letter_number: str | None
    category: str | None
    channel: str
    assignee: str | None
    withdrawn: int = 0  # earlier alerts of this kind and due date that were withdrawn

    @property
    def alert_id(self) -> UUID:
        """The same for the same case, due date and kind of alert, and for no other."""
        again = f" {self.withdrawn}" if self.withdrawn else ""
        return uuid5(case_id(self.number), f"{self.alert.NAME} {self.due_on.isoformat()}{again}")

    @property
    def alert(self) -> "type[Alert]":
        return Overdue if self.state == "overdue" else DueSoon


class Alert(Aggregate):
    """The base of both kinds. It has no TOPIC: a subclass would silently inherit it."""

    NAME = ""  # unannotated, because the library makes a dataclass of annotated classes

    class Created(Case.Created):
        """The clock as of that midnight; the rest, with `case_version`, as of the check. No
        personal data."""

        service: str
        case_version: int
        due_on: str
        kind: str | None
        agency: str | None
        letter_number: str | None
        category: str | None
        channel: str
        assignee: str | None

        def apply(self, aggregate: Any) -> None:
            super().apply(aggregate)
            aggregate.facts = {name: getattr(self, name) for name in FACTS}

    class Withdrawn(Case.Event):
        """It was wrong; the facts are the alert's, the clock is that of the withdrawal."""

        reason: str
        service: str
        case_version: int
        due_on: str
        kind: str | None
        agency: str | None
        letter_number: str | None
        category: str | None
        channel: str
        assignee: str | None

    def __init__(self, number: str) -> None:
        self.number = number
        self.status: str  # as in the case's own events
        self.basis: dict[str, Any]
        self.facts: dict[str, Any]

    def withdraw(self, reason: str, at: dt.datetime, calendar: Calendar) -> None:
        """Say that it was wrong. Withdrawn once, it stays so; the case may get another one."""
        if self.version == WITHDRAWN_VERSION:
            return
        act = ActContext(by=SYSTEM, at=at, calendar=calendar)
        clock = SlaClock.from_dict(self.basis)
        self.trigger_event(
            self.Withdrawn,
            timestamp=at,
            **event_header(self.number, self.status, clock, act),
            **self.facts,
            reason=reason,
        )

    @classmethod
    def of(cls, due: DueCase, clock: SlaClock, since: dt.date, calendar: Calendar) -> Self:
        """The alert that this case has become due soon, or overdue, with the day `since`."""
        midnight = dt.datetime.combine(since, dt.time(), PONTIANAK)
        act = ActContext(by=SYSTEM, at=midnight, calendar=calendar)
        return cls._create(
            cls.Created,
            id=due.alert_id,
            timestamp=midnight,
            **event_header(due.number, due.status, clock, act),
            service=due.service,
            case_version=due.version,
            due_on=due.due_on.isoformat(),
            kind=due.kind,
            agency=due.agency,
            letter_number=due.letter_number,
            category=due.category,
            channel=due.channel,
            assignee=due.assignee,
        )


class DueSoon(Alert):
    """The due date is today, or less than a fifth of the allowed days is left."""

    TOPIC = "sla.due_soon_alert"
    NAME = "due_soon"

    class Created(Alert.Created):
        TOPIC = "sla.due_soon"

    class Withdrawn(Alert.Withdrawn):
        TOPIC = "sla.due_soon_withdrawn"


class Overdue(Alert):
    """The due date has passed, and the case is not finished."""

    TOPIC = "sla.overdue_alert"
    NAME = "overdue"

    class Created(Alert.Created):
        TOPIC = "sla.overdue"

    class Withdrawn(Alert.Withdrawn):
        TOPIC = "sla.overdue_withdrawn"


KINDS = (DueSoon, Overdue)


def alert_of(due: DueCase, on: dt.date, calendar: Calendar) -> Alert:
    """The alert for a case that is due soon or overdue on the day `on`."""
    clock = SlaClock.from_dict(msgspec.json.decode(due.basis))
    if due.alert is Overdue:
        return Overdue.of(due, clock, due.due_on + A_DAY, calendar)
    return DueSoon.of(due, clock, _due_soon_since(clock, on, calendar), calendar)


def _due_soon_since(clock: SlaClock, on: dt.date, calendar: Calendar) -> dt.date:
    """The first of the days before `on` without a break on which the clock was due soon."""
    while on > clock.received_on and clock.reading(on - A_DAY, calendar).due_soon:
        on -= A_DAY
    return on

"""Rows of cases that are due, without a database, and the alerts for them."""

from datetime import date, timedelta

import msgspec

from services.projections.alerts.domain import Alert, DueCase, alert_of
from shared.cases.case import Case
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import Calendar
from tests.support.clocks.case_clocks import CALENDAR, at, day, received

NUMBER = "PRM-0000-0000-0"


def due_on(
    on: date, clock: SlaClock, by: Calendar = CALENDAR, number: str = NUMBER
) -> DueCase | None:
    """The row of a case with this clock on that day; None if it is neither due soon nor overdue."""
    reading = clock.reading(on, by)
    if reading.due_on is None or not (reading.due_soon or reading.state == "overdue"):
        return None
    return DueCase(
        number=number,
        service="requests",
        status="submitted",
        version=3,
        basis=msgspec.json.encode(clock.to_dict()).decode(),
        due_on=reading.due_on,
        state=reading.state,
        kind="password_reset",
        agency="DINKES",
        letter_number="800/1",
        category=None,
        channel="counter",
        assignee=None,
    )


def alert(clock: SlaClock, on: date, by: Calendar = CALENDAR) -> Alert | None:
    """What is raised of a case with this clock on that day."""
    due = due_on(on, clock, by)
    return None if due is None else alert_of(due, on, by)


def every_event() -> list[Case.Event]:
    """One of each kind: of a request that came on Monday 2 November and was left alone.

    Both alerts are withdrawn.
    """
    clock, due = received("Mon 2 Nov 09:00", 1), day("Tue 3 Nov")
    alerts = [alert(clock, due), alert(clock, due + timedelta(days=1))]
    for raised in alerts:
        assert raised is not None
        raised.withdraw("clock_ahead", at("Mon 2 Nov 12:00"), CALENDAR)
    return [each for raised in alerts if raised for each in raised.collect_events()]  # type: ignore[misc]

"""Times and case clocks from short texts, and calendars made up for a test."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

import pytest

from shared.office_time import PONTIANAK
from shared.promise.calendar_year import DayOff, OtherHours, Span, Version, Year
from shared.promise.counted_days import WaitPeriod
from shared.promise.sla_clock import SlaClock
from shared.promise.standard import OfficeHours
from shared.promise.working_days import SATURDAY, Calendar, load_calendar
from shared.text import Text

CALENDAR = load_calendar()

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

Step = tuple[str, datetime]

STEPS: dict[str, Callable[[SlaClock, datetime, Calendar], SlaClock]] = {
    "returned": SlaClock.wait,
    "resubmitted": SlaClock.answer,
    "confirmed": lambda clock, at, calendar: clock.stop(at, calendar, "answered"),
    "withdrawn": lambda clock, at, calendar: clock.stop(at, calendar, "withdrawn"),
    "forwarded": lambda clock, at, calendar: clock.stop(at, calendar, "forwarded"),
    "reopened": SlaClock.reopen,
    "minor": lambda clock, at, calendar: clock.allow(5, at, calendar),
    "non_oversight": lambda clock, at, calendar: clock.allow(14, at, calendar),
    "oversight": lambda clock, at, calendar: clock.allow(60, at, calendar),
}


def at(text: str) -> datetime:
    """`Mon 2 Nov 09:00` on the wall of the office, in 2026 unless a year is said."""
    date_text, time_text = text.rsplit(" ", 1)
    return datetime.combine(day(date_text), time.fromisoformat(time_text), PONTIANAK)


def day(text: str) -> date:
    """`Mon 2 Nov` of 2026, or `Thu 7 Jan 2027`."""
    weekday, number, month, *year = text.split()
    named = date(int("".join(year) or 2026), MONTHS.index(month) + 1, int(number))
    assert f"{named:%a}" == weekday, f"{named} is a {named:%A}"
    return named


def received(when: str, days_allowed: int, then: str = "", by: Calendar = CALENDAR) -> SlaClock:
    """A case received then, and what happened to it since, as `after` reads it."""
    return after(SlaClock.start(at(when), days_allowed, by), then, by)


def after(clock: SlaClock, then: str, by: Calendar = CALENDAR) -> SlaClock:
    """What became of it by `returned Mon 2 Nov 14:00, resubmitted Wed 4 Nov 15:59`."""
    pairs = [step.split(" ", 1) for step in then.split(", ") if step]
    return played(clock, [(what, at(when)) for what, when in pairs], by)


def played(clock: SlaClock, steps: Iterable[Step], by: Calendar = CALENDAR) -> SlaClock:
    """What became of it by these steps."""
    for what, when in steps:
        clock = STEPS[what](clock, when, by)
    return clock


def lasted_over_close(wait: WaitPeriod, on: date) -> bool:
    """Whether the ball was with the applicant when that day closed, or would have."""
    if on.weekday() >= SATURDAY:
        return False
    close = CALENDAR.closes_at(on)
    return wait.from_at <= close <= (wait.until_at or close)


def row(doubt: str, *values: Any) -> Any:
    """A row of a table of examples; the doubt is what the test is called by."""
    return pytest.param(*values, id=doubt)


def hours(closes: str = "16:00", on_fridays: str = "16:30") -> dict[int, OfficeHours]:
    """Office hours of a week that close then."""
    opens = time(7, 30)
    week = dict.fromkeys(range(4), OfficeHours(opens, time.fromisoformat(closes)))
    return week | {4: OfficeHours(opens, time.fromisoformat(on_fridays))}


def made_up_calendar(
    *versions: Iterable[date],
    year: int = 2026,
    other_hours: Sequence[OtherHours] = (),
    provisional: bool = False,
) -> Calendar:
    """A year whose n-th version has these days off, in the newest of its versions."""
    states = [frozenset(state) for state in versions]
    days_off = [
        DayOff(each, "holiday", Text("libur", "day off"), f"SK {span.since}", span)
        for each in sorted(frozenset().union(*states))
        for span in _spans(each, states)
    ]
    decrees = [
        Version(number, f"SK {number}", date(year - 1, 9, number), provisional)
        for number in range(1, len(states) + 1)
    ]
    made_up = Year(year, tuple(decrees), tuple(days_off), tuple(other_hours))
    return Calendar([made_up], lambda day: hours()[day.weekday()])


def _spans(each: date, states: Sequence[frozenset[date]]) -> Iterable[Span]:
    """The versions in which that day is off, one span a version."""
    return [Span(n, n + 1) for n, state in enumerate(states, start=1) if each in state]

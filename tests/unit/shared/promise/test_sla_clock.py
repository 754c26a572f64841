"""The SLA clock: tables that a citizen can check on a wall calendar, then what always holds.

Office hours are to 16:00, on Fridays to 16:30. Where no year is said, it is 2026.
"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import dropwhile

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.promise.working_days import Calendar
from tests.support.cases.histories import (
    MADE_UP_YEAR,
    History,
    days_off,
    histories,
    instants,
)
from tests.support.clocks.case_clocks import (
    CALENDAR,
    at,
    day,
    lasted_over_close,
    made_up_calendar,
    received,
    row,
)

MON = "Mon 2 Nov 09:00"


@pytest.mark.parametrize(
    ("when", "days", "due_on"),
    [
        row("the next day", MON, 1, "Tue 3 Nov"),
        row("at the very close", "Mon 2 Nov 16:00:00", 1, "Wed 4 Nov"),
        row("a second before the close", "Fri 6 Nov 16:29:59", 1, "Mon 9 Nov"),
        row("on a Saturday", "Sat 7 Nov 10:00", 1, "Tue 10 Nov"),
        row("Nyepi and Idul Fitri with collective leave", "Tue 17 Mar 10:00", 3, "Fri 27 Mar"),
        row("collective leave and Christmas", "Wed 23 Dec 09:00", 1, "Mon 28 Dec"),
        row("over the new year and Isra Mikraj", "Mon 14 Dec 09:00", 14, "Thu 7 Jan 2027"),
        row("before the day begins", "Mon 2 Nov 00:00:00", 1, "Tue 3 Nov"),
        row("in the last second of Sunday", "Sun 1 Nov 23:59:59", 1, "Tue 3 Nov"),
        row("on collective leave", "Thu 24 Dec 10:00", 1, "Tue 29 Dec"),
        row("sixty days", MON, 60, "Fri 29 Jan 2027"),
    ],
)
def test_a_case_is_due_on_the_nth_working_day_after_it_is_received(
    when: str, days: int, due_on: str
) -> None:
    reading = received(when, days).reading(at(when).date(), CALENDAR)

    assert (reading.due_on, reading.state) == (day(due_on), "running")


@pytest.mark.parametrize(
    ("days", "then", "due_on", "state"),
    [
        row("midnight is a new day", 1, "confirmed Wed 4 Nov 00:00:00", "Tue 3 Nov", "late"),
        row("its last second is not", 1, "confirmed Tue 3 Nov 23:59:59", "Tue 3 Nov", "on_time"),
        row(
            "a pause within a day",
            1,
            "returned Mon 2 Nov 14:00, resubmitted Mon 2 Nov 15:00",
            "Tue 3 Nov",
            "running",
        ),
        row(
            "answered a minute before the close",
            1,
            "returned Mon 2 Nov 14:00, resubmitted Wed 4 Nov 15:59",
            "Thu 5 Nov",
            "running",
        ),
        row(
            "the day of the answer is a day of receipt",
            1,
            "returned Tue 3 Nov 10:00, resubmitted Thu 5 Nov 09:00",
            "Fri 6 Nov",
            "running",
        ),
        row(
            "confirmed on the day of the answer",
            1,
            "returned Tue 3 Nov 10:00, resubmitted Wed 4 Nov 10:00, confirmed Wed 4 Nov 14:00",
            "Thu 5 Nov",
            "on_time",
        ),
        row(
            "answered at the very close",
            1,
            "returned Tue 3 Nov 10:00, resubmitted Thu 5 Nov 16:00:00",
            "Mon 9 Nov",
            "running",
        ),
        row(
            "answered after the close",
            1,
            "returned Tue 3 Nov 10:00, resubmitted Thu 5 Nov 17:00",
            "Mon 9 Nov",
            "running",
        ),
        row(
            "returned after the close of the due day",
            1,
            "returned Tue 3 Nov 17:00, resubmitted Wed 4 Nov 09:00, confirmed Wed 4 Nov 09:30",
            "Tue 3 Nov",
            "late",
        ),
        row(
            "ping-pong within the days buys none",
            1,
            "returned Mon 2 Nov 10:00, resubmitted Mon 2 Nov 11:00, "
            "returned Tue 3 Nov 08:00, resubmitted Tue 3 Nov 15:59:59",
            "Tue 3 Nov",
            "running",
        ),
        row(
            "returned again on the day of the answer",
            1,
            "returned Mon 2 Nov 10:00, resubmitted Tue 3 Nov 10:00, "
            "returned Tue 3 Nov 11:00, resubmitted Wed 4 Nov 10:00",
            "Thu 5 Nov",
            "running",
        ),
        row(
            "over a weekend, outside office hours only",
            5,
            "returned Fri 6 Nov 16:30:01, resubmitted Mon 9 Nov 15:59:59",
            "Mon 9 Nov",
            "running",
        ),
        row(
            "over days off only, which have no close",
            60,
            "returned Wed 23 Dec 16:00:01, resubmitted Mon 28 Dec 09:00",
            "Fri 29 Jan 2027",
            "running",
        ),
        row("reclassified", 5, "oversight Fri 6 Nov 09:00", "Fri 29 Jan 2027", "running"),
        row("reclassified too late", 5, "oversight Tue 10 Nov 09:00", "Mon 9 Nov", "overdue"),
        row(
            "reopened",
            5,
            "confirmed Mon 9 Nov 10:00, reopened Thu 12 Nov 09:00",
            "Fri 13 Nov",
            "running",
        ),
        row(
            "reopened with all days used",
            5,
            "confirmed Mon 9 Nov 16:00:01, reopened Thu 12 Nov 09:00",
            "Mon 9 Nov",
            "overdue",
        ),
        row(
            "on time only if the last answer is",
            5,
            "confirmed Tue 3 Nov 10:00, reopened Thu 5 Nov 09:00, confirmed Fri 13 Nov 10:00",
            "Thu 12 Nov",
            "late",
        ),
        row(
            "late stays late over a reopening",
            5,
            "confirmed Tue 10 Nov 10:00, reopened Thu 12 Nov 09:00, confirmed Thu 12 Nov 09:30",
            "Mon 9 Nov",
            "late",
        ),
        row("withdrawn too late", 1, "withdrawn Wed 4 Nov 08:00", "Tue 3 Nov", "late"),
        row("forwarded in time", 5, "forwarded Mon 9 Nov 17:00", "Mon 9 Nov", "forwarded"),
        row("forwarded too late", 5, "forwarded Tue 10 Nov 08:00", "Mon 9 Nov", "late"),
    ],
)
def test_events_of_a_case_of_monday_move_its_due_date(
    days: int, then: str, due_on: str, state: str
) -> None:
    last_step_at = at(then.split(", ")[-1].split(" ", 1)[1])

    reading = received(MON, days, then).reading(last_step_at.date(), CALENDAR)

    assert (reading.due_on, reading.state) == (day(due_on), state)


# What always holds. A due date that is unknown lies beyond every other.

always = settings(max_examples=100, deadline=None)

FINISHED = {"confirmed", "withdrawn", "forwarded"}
RECLASSIFIED = {"minor", "oversight"}
LATE = {"overdue", "late"}


def due_on(history: History, by: Calendar = CALENDAR) -> date:
    return history.clock(by).reading(history.last_at.date(), by).due_on or date.max


@always
@given(history=histories())
def test_a_due_date_is_a_working_day(history: History) -> None:
    due = due_on(history)

    assert due == date.max or CALENDAR.is_working_day(due)


@always
@given(history=histories(without=RECLASSIFIED), more=st.integers(1, 60))
def test_a_longer_allowance_is_never_due_earlier(history: History, more: int) -> None:
    longer = replace(history, days_allowed=history.days_allowed + more)

    assert due_on(longer) >= due_on(history)


@always
@given(
    history=histories(without=RECLASSIFIED, starts=[MADE_UP_YEAR]),
    off=days_off(),
    added=days_off(),
)
def test_an_added_day_off_never_makes_a_due_date_earlier(
    history: History, off: frozenset[date], added: frozenset[date]
) -> None:
    """But where the ball was with the applicant over its close, which it has no longer."""
    waits = history.clock(made_up_calendar(off)).waits
    assume(not any(lasted_over_close(wait, each) for wait in waits for each in added - off))

    assert due_on(history, made_up_calendar(off | added)) >= due_on(history, made_up_calendar(off))


@always
@given(history=histories(without=RECLASSIFIED | FINISHED), data=st.data())
def test_a_pause_never_makes_a_due_date_earlier(history: History, data: st.DataObject) -> None:
    pauses = len(history.steps) // 2
    assume(pauses)
    one = 2 * data.draw(st.integers(0, pauses - 1))

    without_it = replace(history, steps=history.steps[:one] + history.steps[one + 2 :])

    assert due_on(history) >= due_on(without_it)


@always
@given(history=histories(without=RECLASSIFIED), days_later=st.integers(0, 30))
def test_reckoning_in_steps_equals_reckoning_at_once(history: History, days_later: int) -> None:
    on = history.last_at.date() + timedelta(days=days_later)
    in_steps = history.clock()

    at_once = replace(in_steps, fixed_due_on=None)  # what the steps have found out on the way

    assert at_once.reading(on, CALENDAR) == in_steps.reading(on, CALENDAR)


@always
@given(history=histories())
def test_late_stays_late(history: History) -> None:
    since_late = list(dropwhile(lambda reading: reading.state not in LATE, history.readings()))

    assert {reading.state for reading in since_late} <= LATE
    assert len({reading.due_on for reading in since_late}) <= 1


@always
@given(history=histories(without=FINISHED), data=st.data())
def test_finishing_earlier_is_never_worse(history: History, data: st.DataObject) -> None:
    assume(not history.clock().waits_now)
    start = history.last_at.date()
    first, second = sorted(data.draw(st.lists(instants(start), min_size=2, max_size=2)))
    assume(first >= history.last_at)

    earlier, later = history.finished(first).clock(), history.finished(second).clock()

    states = [each.reading(start, CALENDAR).state for each in (earlier, later)]
    assert states != ["late", "on_time"]

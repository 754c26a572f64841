"""A decree removes the close that a wait lasted over, and the promise doesn't change."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import Calendar
from tests.support.cases.histories import MADE_UP_YEAR, History, days_off, histories
from tests.support.clocks.case_clocks import (
    after,
    at,
    day,
    lasted_over_close,
    made_up_calendar,
    played,
    received,
)

FRIDAY_OFF = made_up_calendar((), (day("Fri 6 Nov"),))
BEFORE = FRIDAY_OFF.as_of("2026.1")
WED = "Wed 4 Nov 09:00"


def due_on(clock: SlaClock, when: str, calendar: Calendar) -> date | None:
    return clock.reading(day(when), calendar).due_on


def test_a_wait_over_a_day_that_is_off_by_now_still_takes_out_the_day_of_its_answer() -> None:
    """Returned over Friday's close, answered on Saturday; a decree then takes that close away."""
    then = "returned Fri 6 Nov 10:00, resubmitted Sat 7 Nov 10:00"
    clock = received(WED, 2, then, by=BEFORE)

    amended = clock.amend(FRIDAY_OFF, at("Sat 7 Nov 12:00"))
    later = after(amended, "returned Mon 9 Nov 10:00, resubmitted Tue 10 Nov 10:00", by=FRIDAY_OFF)

    assert due_on(clock, "Sat 7 Nov", FRIDAY_OFF) == day("Tue 10 Nov")
    assert due_on(amended, "Sat 7 Nov", FRIDAY_OFF) == day("Tue 10 Nov")
    assert due_on(received(WED, 2, then, by=FRIDAY_OFF), "Sat 7 Nov", FRIDAY_OFF) == day(
        "Mon 9 Nov"
    )
    assert amended.uncounted_days == (day("Mon 9 Nov"),)
    assert SlaClock.from_dict(amended.to_dict()) == amended
    assert amended.reading(day("Mon 9 Nov"), FRIDAY_OFF).days_elapsed == 2, "Monday is worked"
    assert due_on(later, "Tue 10 Nov", FRIDAY_OFF) == day("Wed 11 Nov"), "and it has a close"


def test_a_day_that_an_amendment_leaves_uncounted_is_explained() -> None:
    then = "returned Fri 6 Nov 10:00, resubmitted Sat 7 Nov 10:00"
    clock = received(WED, 2, then, by=BEFORE)

    days = clock.amend(FRIDAY_OFF, at("Sat 7 Nov 12:00")).day_by_day(day("Tue 10 Nov"), FRIDAY_OFF)

    assert [(f"{each.date:%a}", each.why) for each in days[1:]] == [
        ("Thu", "counted"),
        ("Fri", "day_off"),
        ("Sat", "weekend"),
        ("Sun", "weekend"),
        ("Mon", "answer_received"),
        ("Tue", "counted"),
    ]


def test_an_answer_on_a_day_that_became_off_meanwhile_has_lost_nothing() -> None:
    """Nothing had been promised while it waited, and by the calendar in force no day closed."""
    clock = received(WED, 2, "returned Thu 5 Nov 17:00", by=BEFORE)

    answered = after(clock, "resubmitted Sat 7 Nov 10:00", by=FRIDAY_OFF)

    assert due_on(clock, "Sat 7 Nov", FRIDAY_OFF) is None
    assert due_on(answered, "Sat 7 Nov", FRIDAY_OFF) == day("Mon 9 Nov")


# What always holds. A due date that is unknown lies beyond every other.

always = settings(max_examples=100, deadline=None)

three_versions = st.lists(days_off(), min_size=3, max_size=3).map(
    lambda versions: made_up_calendar(*versions)
)
made_up = histories(without={"minor", "oversight"}, starts=[MADE_UP_YEAR])


def due(clock: SlaClock, on: date, calendar: Calendar) -> date:
    return clock.reading(on, calendar).due_on or date.max


@always
@given(history=made_up, calendar=three_versions, at_step=st.integers(0, 8), days=st.integers(0, 9))
def test_an_amendment_never_moves_a_due_date_earlier(
    history: History, calendar: Calendar, at_step: int, days: int
) -> None:
    history = replace(history, steps=history.steps[:at_step])
    when = history.last_at + timedelta(days=days)
    clock = history.clock(calendar.as_of("2026.1"))
    once = clock.amend(calendar.as_of("2026.2"), when)
    twice = once.amend(calendar, when)

    dues = [due(each, when.date(), calendar) for each in (clock, once, twice)]

    assert dues == sorted(dues)


@always
@given(history=made_up, calendar=three_versions, at_step=st.integers(0, 8))
def test_a_case_that_goes_on_under_an_amendment_is_never_due_earlier(
    history: History, calendar: Calendar, at_step: int
) -> None:
    """But for a wait, not yet answered then, over the close of a day that was off by then."""
    first, second = calendar.as_of("2026.1"), calendar.as_of("2026.2")
    start = SlaClock.start(history.received_at, history.days_allowed, first)
    before = played(start, history.steps[:at_step], by=first)
    later_waits = played(before, history.steps[at_step:], by=first).waits[
        len(before.waits) - before.waits_now :
    ]
    gained = (calendar.days_off | second.days_off) - first.days_off
    assume(not any(lasted_over_close(wait, each) for wait in later_waits for each in gained))

    unamended = played(before, history.steps[at_step:], by=first)
    amended = played(before, history.steps[at_step:], by=second)
    amended_twice = amended.amend(calendar, history.last_at)

    on = history.last_at.date()
    dues = [due(each, on, calendar) for each in (unamended, amended, amended_twice)]
    assert dues == sorted(dues)

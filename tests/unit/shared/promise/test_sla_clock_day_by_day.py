"""The clock agrees with a slow model that counts day by day."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.promise.sla_clock import SlaClock
from tests.support.cases.histories import MADE_UP_YEAR, History, days_off, histories
from tests.support.clocks.case_clocks import CALENDAR, made_up_calendar, played
from tests.support.clocks.slow_clock import SlowClock
from tests.support.years.examples import examples


@settings(max_examples=examples(150), deadline=None)
@given(history=histories(), days_later=st.integers(0, 30))
def test_the_clock_says_what_going_through_every_day_says(
    history: History, days_later: int
) -> None:
    on = history.last_at.date() + timedelta(days=days_later)

    reading = history.clock().reading(on, CALENDAR).to_dict()

    assert reading | SlowClock.after(history).reading(on) == reading


@settings(max_examples=examples(150), deadline=None)
@given(
    history=histories(starts=[MADE_UP_YEAR]),
    off=st.tuples(days_off(), days_off()),
    at_step=st.integers(0, 8),
    days_later=st.integers(0, 30),
)
def test_the_clock_says_the_same_when_a_decree_comes_in_between(
    history: History, off: tuple[frozenset[date], frozenset[date]], at_step: int, days_later: int
) -> None:
    calendar = made_up_calendar(*off)
    on = history.last_at.date() + timedelta(days=days_later)
    clock = SlaClock.start(history.received_at, history.days_allowed, calendar.as_of("2026.1"))
    slow = SlowClock(history.received_at, history.days_allowed, off=off[0], decreed=off[0])

    clock = played(clock, history.steps[:at_step], by=calendar.as_of("2026.1"))
    clock = played(clock, history.steps[at_step:], by=calendar).amend(calendar, history.last_at)
    for number, (what, when) in enumerate(history.steps):
        slow.happen(what, when, off[number >= at_step])
    slow.amend(off[1], history.last_at)

    reading = clock.reading(on, calendar).to_dict()
    assert reading | slow.reading(on) == reading


@settings(max_examples=100, deadline=None)
@given(history=histories(), days_later=st.integers(0, 30))
def test_the_days_that_are_explained_are_the_days_that_are_counted(
    history: History, days_later: int
) -> None:
    clock = history.clock()
    on = history.last_at.date() + timedelta(days=days_later)

    days = clock.day_by_day(on, CALENDAR)

    counted = [day.counted for day in days if day.counted]
    assert counted == list(range(1, clock.reading(on, CALENDAR).days_used + 1))
    assert all((day.why == "counted") == (day.counted is not None) for day in days)


@settings(max_examples=100, deadline=None)
@given(history=histories())
def test_the_facts_survive_being_stored(history: History) -> None:
    clock = history.clock()

    assert SlaClock.from_dict(clock.to_dict()) == clock

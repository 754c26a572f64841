"""The clock agrees with a slow one that goes through every day."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.promise.sla_clock import SlaClock
from tests.support.clocks import CALENDAR
from tests.support.examples import examples
from tests.support.histories import History, histories
from tests.support.slow_clock import SlowClock


@settings(max_examples=examples(150), deadline=None)
@given(history=histories(), days_later=st.integers(0, 30))
def test_the_clock_says_what_going_through_every_day_says(
    history: History, days_later: int
) -> None:
    on = history.last_at.date() + timedelta(days=days_later)

    reading = history.clock().reading(on, CALENDAR).to_dict()

    assert reading | SlowClock.after(history).reading(on) == reading


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

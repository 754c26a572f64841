"""The days that old waits took out are settled: a case holds days, not instants."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.promise.counted_days import TakenOut, WaitPeriod
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import Calendar
from tests.support.cases.histories import MADE_UP_YEAR, History, days_off, histories
from tests.support.clocks.case_clocks import (
    CALENDAR,
    after,
    at,
    day,
    made_up_calendar,
    received,
    row,
)
from tests.support.clocks.slow_clock import SlowClock

MON = "Mon 2 Nov 09:00"
HOUR = timedelta(hours=1)


def to_and_fro(times: int, *, away: timedelta, back: timedelta) -> SlaClock:
    """Returned so often, for so long each time, and as long with the office in between."""
    clock, when = received(MON, 1), at("Mon 2 Nov 10:00")
    for _ in range(times):
        clock = clock.wait(when, CALENDAR).answer(when + away, CALENDAR)
        when += away + back
    return clock


def size(clock: SlaClock) -> int:
    return len(json.dumps(clock.to_dict()))


def test_pauses_within_a_day_leave_the_facts_as_short_as_one_pause_does() -> None:
    second = timedelta(seconds=1)

    assert size(to_and_fro(1_000, away=second, back=second)) <= size(
        to_and_fro(2, away=second, back=second)
    )


def test_waits_that_share_their_days_are_kept_as_one() -> None:
    clock = to_and_fro(100, away=23 * HOUR, back=HOUR)

    assert len(clock.taken_out) == 1
    assert len(clock.waits) <= 2


def test_waits_apart_are_kept_in_half_as_many_pairs_as_there_are_working_days() -> None:
    clock = to_and_fro(500, away=48 * HOUR, back=24 * HOUR)

    days = CALENDAR.working_days_between(clock.received_on, clock.waits[-1].from_at.date())
    assert len(clock.taken_out) <= days / 2
    assert size(clock) < 16 * days + 500


@pytest.mark.parametrize(
    ("then", "taken_out"),
    [
        row("none", "", []),
        row("one", "returned Tue 3 Nov 10:00, resubmitted Thu 5 Nov 09:00", []),
        row(
            "the one before the last",
            "returned Tue 3 Nov 10:00, resubmitted Thu 5 Nov 09:00, returned Fri 6 Nov 10:00",
            [("Tue 3 Nov", "Thu 5 Nov")],
        ),
        row(
            "a pause within a day",
            "returned Tue 3 Nov 10:00, resubmitted Tue 3 Nov 11:00, returned Fri 6 Nov 10:00",
            [],
        ),
        row(
            "answered after the close of a Friday",
            "returned Fri 6 Nov 10:00, resubmitted Fri 6 Nov 17:00, returned Tue 10 Nov 10:00",
            [("Fri 6 Nov", "Mon 9 Nov")],
        ),
        row(
            "two that share a day",
            "returned Tue 3 Nov 10:00, resubmitted Wed 4 Nov 09:00, returned Wed 4 Nov 10:00, "
            "resubmitted Thu 5 Nov 09:00, returned Mon 9 Nov 10:00",
            [("Tue 3 Nov", "Thu 5 Nov")],
        ),
        row(
            "two side by side",
            "returned Tue 3 Nov 10:00, resubmitted Wed 4 Nov 09:00, returned Thu 5 Nov 10:00, "
            "resubmitted Fri 6 Nov 09:00, returned Tue 10 Nov 10:00",
            [("Tue 3 Nov", "Wed 4 Nov"), ("Thu 5 Nov", "Fri 6 Nov")],
        ),
    ],
)
def test_settled_with_the_next_step_are_the_days_up_to_that_of_the_answer(
    then: str, taken_out: list[tuple[str, str]]
) -> None:
    clock = received(MON, 14, then).amend(CALENDAR, at("Wed 11 Nov 10:00"))

    assert clock.taken_out == tuple((day(first), day(last)) for first, last in taken_out)


def test_an_old_event_with_all_its_waits_is_read_and_settled_with_the_next_step() -> None:
    then = "returned Tue 3 Nov 10:00, resubmitted Thu 5 Nov 09:00, returned Fri 6 Nov 10:00"
    stored = received(MON, 5, then).to_dict()
    old = stored | {
        "waits": [
            WaitPeriod(at("Tue 3 Nov 10:00"), at("Thu 5 Nov 09:00")).to_dict(),
            WaitPeriod(at("Fri 6 Nov 10:00"), None).to_dict(),
        ]
    }
    old.pop("taken_out", None)

    read = SlaClock.from_dict(old)

    on = day("Wed 11 Nov")
    assert read.reading(on, CALENDAR) == SlaClock.from_dict(stored).reading(on, CALENDAR)
    answered = after(read, "resubmitted Mon 9 Nov 09:00")
    assert answered.taken_out == (TakenOut(day("Tue 3 Nov"), day("Thu 5 Nov")),)


# An amended calendar: the answer came on Friday after the close, so it counts as Monday's.

ANSWERED = "returned Fri 6 Nov 10:00, resubmitted Fri 6 Nov 17:00, returned Fri 6 Nov 18:00"
GOES_ON = ", resubmitted Fri 6 Nov 19:00"


def test_an_answer_whose_day_turns_out_off_counts_as_received_on_the_next() -> None:
    calendar = made_up_calendar((), (day("Mon 9 Nov"),))
    clock = received("Thu 5 Nov 09:00", 1, ANSWERED + GOES_ON, by=calendar.as_of("2026.1"))

    amended = clock.amend(calendar, at("Sat 7 Nov 12:00"))

    assert amended.taken_out == (TakenOut(day("Fri 6 Nov"), day("Tue 10 Nov")),)
    assert amended.reading(day("Sat 7 Nov"), calendar).due_on == day("Wed 11 Nov")


def test_a_wait_that_turns_out_to_have_lasted_over_no_working_day_takes_no_more_days_out() -> None:
    calendar = made_up_calendar((), (day("Fri 6 Nov"), day("Mon 9 Nov")))
    clock = received("Thu 5 Nov 09:00", 1, ANSWERED + GOES_ON, by=calendar.as_of("2026.1"))

    amended = clock.amend(calendar, at("Sat 7 Nov 12:00"))

    assert amended.reading(day("Sat 7 Nov"), calendar).due_on == day("Tue 10 Nov")


# What always holds.

long_histories = histories(steps_max=40)


def with_all_waits(clock: SlaClock, history: History) -> SlaClock:
    """The same, as if nothing had been settled."""
    waits = (
        WaitPeriod(start, end[0] if end else None) for start, *end in SlowClock.after(history).waits
    )
    return replace(clock, waits=tuple(waits), taken_out=())


@given(history=long_histories, days_later=st.integers(0, 30))
def test_a_settled_clock_says_of_every_day_what_one_with_all_waits_says(
    history: History, days_later: int
) -> None:
    on = history.last_at.date() + timedelta(days=days_later)
    clock = history.clock()
    remembering = with_all_waits(clock, history)

    assert clock.reading(on, CALENDAR) == remembering.reading(on, CALENDAR)
    assert clock.day_by_day(on, CALENDAR) == remembering.day_by_day(on, CALENDAR)


@given(history=long_histories)
def test_no_clock_keeps_more_than_its_last_waits(history: History) -> None:
    assert len(history.clock().waits) <= 2


@given(
    history=histories(starts=[MADE_UP_YEAR], steps_max=20),
    calendar=st.lists(days_off(), min_size=2, max_size=2).map(
        lambda versions: made_up_calendar(*versions)
    ),
)
def test_no_amendment_gives_back_a_day_that_was_taken_out(
    history: History, calendar: Calendar
) -> None:
    clock = history.clock(calendar.as_of("2026.1"))
    on = history.last_at.date()

    amended = clock.amend(calendar, history.last_at)

    out = {each.date for each in clock.day_by_day(on, calendar) if each.counted is None}
    counted = {each.date for each in amended.day_by_day(on, calendar) if each.counted is not None}
    assert not out & counted

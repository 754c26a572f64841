"""The calendar is amended, in both directions, while cases are open.

In 2025 a day off was added eleven days before it; in 2023 holidays became working days.
"""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.promise.calendar_year import OtherHours, Span, UnknownCalendar
from shared.promise.reading import Reading
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import Calendar
from shared.text import Text
from tests.support.cases.histories import (
    MADE_UP_YEAR,
    History,
    days_off,
    histories,
)
from tests.support.clocks.case_clocks import (
    CALENDAR,
    after,
    at,
    day,
    hours,
    made_up_calendar,
    received,
    row,
)

BEFORE_AUGUST = CALENDAR.as_of(CALENDAR.version.replace("2025.2", "2025.1"))

NOTHING_OFF: tuple[date, ...] = ()
TUESDAY_OFF = (day("Tue 3 Nov"),)
ADDED = made_up_calendar(NOTHING_OFF, TUESDAY_OFF)  # version 2026.2 has the Tuesday off
TAKEN_AWAY = made_up_calendar(TUESDAY_OFF, NOTHING_OFF)  # version 2026.2 works on it

MON = "Mon 2 Nov 09:00"


def old(calendar: Calendar) -> Calendar:
    return calendar.as_of("2026.1")


def due_on(clock: SlaClock, when: str, calendar: Calendar) -> date | None:
    return clock.reading(day(when), calendar).due_on


def test_the_added_day_of_2025_makes_an_open_case_due_a_day_later() -> None:
    clock = received("Fri 15 Aug 2025 09:00", 1, by=BEFORE_AUGUST)

    amended = clock.amend(CALENDAR, at("Fri 15 Aug 2025 12:00"))

    assert due_on(clock, "Fri 15 Aug 2025", CALENDAR) == day("Mon 18 Aug 2025")
    assert due_on(amended, "Fri 15 Aug 2025", CALENDAR) == day("Tue 19 Aug 2025")


def test_a_reading_never_amends() -> None:
    clock = received(MON, 1, by=old(ADDED))

    reading = clock.reading(day("Mon 2 Nov"), ADDED)

    assert (reading.due_on, reading.calendar) == (day("Tue 3 Nov"), "2026.1")


def test_a_day_off_that_is_taken_away_stays_off_for_open_cases_alone() -> None:
    open_case = received(MON, 1, by=old(TAKEN_AWAY)).amend(TAKEN_AWAY, at("Mon 2 Nov 12:00"))
    new_case = received(MON, 1, by=TAKEN_AWAY)

    assert due_on(open_case, "Mon 2 Nov", TAKEN_AWAY) == day("Wed 4 Nov")
    assert due_on(new_case, "Mon 2 Nov", TAKEN_AWAY) == day("Tue 3 Nov")
    assert open_case.kept_days_off == TUESDAY_OFF


def test_a_kept_day_off_is_still_explained_by_its_decree() -> None:
    clock = received(MON, 1, by=old(TAKEN_AWAY)).amend(TAKEN_AWAY, at("Mon 2 Nov 12:00"))

    tuesday = clock.day_by_day(day("Tue 3 Nov"), TAKEN_AWAY)[-1]

    assert (tuesday.why, tuesday.decree) == ("day_off", "SK 1")


def test_a_day_of_receipt_that_is_off_now_moves_over_a_kept_day_off() -> None:
    """The decree takes the Tuesday away and adds the Monday: for this case both are off."""
    swapped = made_up_calendar(TUESDAY_OFF, (day("Mon 2 Nov"),))

    amended = received(MON, 1, by=old(swapped)).amend(swapped, at("Mon 2 Nov 12:00"))

    assert amended.received_on == day("Wed 4 Nov")
    assert due_on(amended, "Mon 2 Nov", swapped) == day("Thu 5 Nov")


def test_kept_days_off_survive_being_stored() -> None:
    clock = received(MON, 1, by=old(TAKEN_AWAY)).amend(TAKEN_AWAY, at("Mon 2 Nov 12:00"))

    assert clock.kept_days_off == TUESDAY_OFF
    assert SlaClock.from_dict(clock.to_dict()) == clock


def test_a_day_off_kept_over_one_amendment_is_kept_over_the_next() -> None:
    calendar = made_up_calendar(TUESDAY_OFF, NOTHING_OFF, (day("Thu 5 Nov"),))
    clock = received(MON, 2, by=calendar.as_of("2026.1"))

    twice = clock.amend(calendar.as_of("2026.2"), at(MON)).amend(calendar, at(MON))

    assert due_on(twice, "Mon 2 Nov", calendar) == day("Fri 6 Nov")


@pytest.mark.parametrize(
    ("step", "due"),
    [
        row("returned and answered", "returned {}, resubmitted {}", "Wed 4 Nov"),
        row("reclassified", "minor {}", "Tue 10 Nov"),
        row("confirmed", "confirmed {}", "Wed 4 Nov"),
        row("confirmed and reopened", "confirmed {}, reopened {}", "Wed 4 Nov"),
    ],
)
def test_every_step_goes_on_under_the_calendar_in_force(step: str, due: str) -> None:
    clock = received(MON, 1, by=old(ADDED))

    then = after(clock, step.format("Mon 2 Nov 11:00", "Mon 2 Nov 12:00"), by=ADDED)

    assert then.calendar == "2026.2"
    assert due_on(then, "Mon 2 Nov", ADDED) == day(due)


def test_a_finished_case_is_left_as_it_was() -> None:
    clock = received(MON, 1, "confirmed Tue 3 Nov 15:00", by=old(ADDED))

    amended = clock.amend(ADDED, at("Fri 6 Nov 09:00"))

    assert amended == clock
    assert amended.reading(day("Fri 6 Nov"), ADDED).days_used == 1


def test_a_reopened_case_goes_on_under_the_calendar_in_force() -> None:
    clock = received(MON, 1, "confirmed Mon 2 Nov 11:00", by=old(ADDED))

    reopened = after(clock, "reopened Mon 2 Nov 12:00", by=ADDED)

    assert due_on(reopened, "Mon 2 Nov", ADDED) == day("Wed 4 Nov")


def test_late_stays_late_over_an_amendment() -> None:
    clock = received(MON, 1, by=old(ADDED)).amend(ADDED, at("Wed 4 Nov 00:00:00"))

    reading = clock.reading(day("Wed 4 Nov"), ADDED)

    assert (reading.due_on, reading.state) == (day("Tue 3 Nov"), "overdue")


def test_a_case_that_came_on_a_day_that_turns_out_off_is_received_on_the_next() -> None:
    clock = received("Tue 3 Nov 09:00", 1, by=old(ADDED)).amend(ADDED, at("Tue 3 Nov 12:00"))

    reading = clock.reading(day("Tue 3 Nov"), ADDED)

    assert (reading.received_on, reading.due_on) == (day("Wed 4 Nov"), day("Thu 5 Nov"))


def test_hours_amended_after_the_fact_make_no_due_date_earlier() -> None:
    """Returned at 15:30: before the close by the old hours, after it by the new ones."""
    shorter = OtherHours(
        day("Mon 2 Nov"),
        day("Fri 6 Nov"),
        Text("Ramadan", "Ramadan"),
        hours("15:00"),
        Span(2, None),
    )
    calendar = made_up_calendar((), (), other_hours=[shorter])
    then = "returned Tue 3 Nov 15:30, resubmitted Wed 4 Nov 09:00"
    clock = received(MON, 1, then, by=old(calendar))

    amended = clock.amend(calendar, at("Wed 4 Nov 10:00"))

    assert due_on(clock, "Wed 4 Nov", calendar) == day("Thu 5 Nov")
    assert due_on(amended, "Wed 4 Nov", calendar) == day("Thu 5 Nov")
    assert due_on(received(MON, 1, then, by=calendar), "Wed 4 Nov", calendar) == day("Tue 3 Nov")


@pytest.mark.parametrize("version", ["2026.3", "2026.1+2028.1", "2026.0", "nonsense", "2026"])
def test_a_calendar_that_the_data_do_not_hold_is_refused(version: str) -> None:
    with pytest.raises(UnknownCalendar):
        ADDED.as_of(version)


# What always holds. A due date that is unknown lies beyond every other.

always = settings(max_examples=100, deadline=None)

three_versions = st.lists(days_off(), min_size=3, max_size=3).map(
    lambda versions: made_up_calendar(*versions)
)
made_up = histories(without={"minor", "oversight"}, starts=[MADE_UP_YEAR])


def read(clock: SlaClock, history: History, calendar: Calendar) -> Reading:
    return clock.reading(history.last_at.date(), calendar)


@always
@given(history=made_up, calendar=three_versions)
def test_an_amendment_that_is_done_again_changes_nothing(
    history: History, calendar: Calendar
) -> None:
    once = history.clock(calendar.as_of("2026.1")).amend(calendar, history.last_at)

    assert once.amend(calendar, history.last_at) == once


@always
@given(
    history=made_up,
    closes=st.sampled_from(["12:00", "15:59:59", "16:00:00.000001", "16:30:01"]),
    span=st.sampled_from([Span(1, 2), Span(2, None)]),
    off=days_off(),
)
def test_amended_office_hours_never_move_a_due_date_earlier(
    history: History, closes: str, span: Span, off: frozenset[date]
) -> None:
    other = OtherHours(
        MADE_UP_YEAR, day("Thu 31 Dec"), Text("lain", "other"), hours(closes, closes), span
    )
    calendar = made_up_calendar(off, off, other_hours=[other])
    clock = history.clock(calendar.as_of("2026.1"))

    before = read(clock, history, calendar)
    after_it = read(clock.amend(calendar, history.last_at), history, calendar)

    assert (after_it.due_on or date.max) >= (before.due_on or date.max)

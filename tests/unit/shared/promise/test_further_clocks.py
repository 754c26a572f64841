"""Further clocks: dates that a citizen can check, then properties."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.promise.clock_definition import ClockDefinition
from shared.promise.further_clocks import CaseCalendar, Deadline, deadlines_after
from shared.promise.standard import load_standards
from shared.promise.working_days import Calendar
from tests.support.cases.histories import STARTS, instants
from tests.support.clocks.case_clocks import CALENDAR, at, day, made_up_calendar, row

CLOCKS = load_standards().named("09/DISKOMINFO/2022").clocks
VERIFICATION, RESPONSE, DECISION = CLOCKS.values()

NOTHING_OFF: tuple[date, ...] = ()
TUESDAY_OFF = (day("Tue 3 Nov"),)
ADDED = made_up_calendar(NOTHING_OFF, TUESDAY_OFF)  # version 2026.2 has the Tuesday off
TAKEN_AWAY = made_up_calendar(TUESDAY_OFF, NOTHING_OFF)  # version 2026.2 works on it

MON = "Mon 2 Nov 09:00"


def followed(
    clock: ClockDefinition,
    events: str,
    by: CaseCalendar | None = None,
    calendar: Calendar = CALENDAR,
    before: tuple[Deadline, ...] = (),
) -> tuple[Deadline, ...]:
    """The clock after `received Mon 2 Nov 09:00, classified Tue 3 Nov 10:00`."""
    for event in events.split(", "):
        name, when = event.split(" ", 1)
        case_calendar = by or CaseCalendar(calendar.version)
        before = deadlines_after(
            name, before, [clock], at=at(when), by=case_calendar, calendar=calendar
        )
    return before


@pytest.mark.parametrize(
    ("clock", "received", "started_on", "due_on"),
    [
        row("three working days", VERIFICATION, MON, "Mon 2 Nov", "Thu 5 Nov"),
        row("over a weekend", VERIFICATION, "Thu 5 Nov 09:00", "Thu 5 Nov", "Tue 10 Nov"),
        row("at the close", VERIFICATION, "Mon 2 Nov 16:00", "Tue 3 Nov", "Fri 6 Nov"),
        row("on a Saturday", VERIFICATION, "Sat 7 Nov 10:00", "Mon 9 Nov", "Thu 12 Nov"),
        row("over Idul Fitri", VERIFICATION, "Tue 17 Mar 10:00", "Tue 17 Mar", "Fri 27 Mar"),
        row("fourteen days", RESPONSE, MON, "Mon 2 Nov", "Mon 16 Nov"),
        row("of a Saturday", RESPONSE, "Sat 7 Nov 10:00", "Sat 7 Nov", "Sat 21 Nov"),
        row("in the evening", RESPONSE, "Mon 2 Nov 23:59:59", "Mon 2 Nov", "Mon 16 Nov"),
        row("at midnight", RESPONSE, "Mon 2 Nov 00:00:00", "Mon 2 Nov", "Mon 16 Nov"),
        row("sixty days", DECISION, MON, "Mon 2 Nov", "Fri 1 Jan 2027"),
    ],
)
def test_clock_is_due_on_the_nth_day(
    clock: ClockDefinition, received: str, started_on: str, due_on: str
) -> None:
    (deadline,) = followed(clock, f"received {received}")

    assert (deadline.started_on, deadline.due_on) == (day(started_on), day(due_on))


@pytest.mark.parametrize(
    ("clock", "then", "on", "state"),
    [
        row("just begun", VERIFICATION, "", "Mon 2 Nov", "running"),
        row("a weekend before", VERIFICATION, "", "Wed 4 Nov", "running"),
        row("the last day", VERIFICATION, "", "Thu 5 Nov", "running"),
        row("run out", VERIFICATION, "", "Fri 6 Nov", "missed"),
        row("done", VERIFICATION, ", classified Thu 5 Nov 23:59:59", "Fri 6 Nov", "kept"),
        row("too late", VERIFICATION, ", classified Fri 6 Nov 00:00:00", "Fri 6 Nov", "missed"),
        row("done at once", VERIFICATION, ", classified Mon 2 Nov 09:00", "Mon 2 Nov", "kept"),
        row("another event", VERIFICATION, ", rated Tue 3 Nov 09:00", "Thu 5 Nov", "running"),
        row("calendar days left", RESPONSE, "", "Fri 6 Nov", "running"),
        row(
            "a question", RESPONSE, ", clarification_requested Tue 3 Nov 09:00", "Tue 3 Nov", "kept"
        ),
        row("an answer", DECISION, ", resolved Tue 3 Nov 09:00", "Tue 3 Nov", "kept"),
        row(
            "what comes after it changes nothing",
            DECISION,
            ", resolved Tue 3 Nov 09:00, reopened Wed 4 Nov 09:00",
            "Wed 17 Feb 2027",
            "kept",
        ),
        row(
            "forwarded too late",
            DECISION,
            ", forwarded Sat 2 Jan 2027 09:00",
            "Sat 2 Jan 2027",
            "missed",
        ),
    ],
)
def test_clock_runs_until_it_is_kept_or_missed(
    clock: ClockDefinition, then: str, on: str, state: str
) -> None:
    (deadline,) = followed(clock, f"received {MON}{then}")

    assert deadline.state(day(on)) == state


def test_decision_of_another_office_is_not_counted() -> None:
    assert followed(DECISION, f"received {MON}, forwarded Fri 1 Jan 2027 23:59:59") == ()


def test_a_wait_pauses_nothing() -> None:
    waited = ", clarification_requested Tue 3 Nov 09:00, clarified Mon 30 Nov 09:00"

    (deadline,) = followed(DECISION, f"received {MON}{waited}")

    assert deadline.due_on == day("Fri 1 Jan 2027")


def test_clock_that_never_started_does_not_end() -> None:
    assert followed(VERIFICATION, f"classified {MON}") == ()


def test_a_day_off_that_was_added_makes_it_due_later() -> None:
    before = followed(VERIFICATION, f"received {MON}", CaseCalendar("2026.1"), ADDED)

    (amended,) = followed(VERIFICATION, f"assigned {MON}", CaseCalendar("2026.2"), ADDED, before)

    assert before[0].due_on == day("Thu 5 Nov")
    assert amended.due_on == day("Fri 6 Nov")


def test_a_day_off_that_was_taken_away_makes_it_due_no_earlier() -> None:
    before = followed(VERIFICATION, f"received {MON}", CaseCalendar("2026.1"), TAKEN_AWAY)
    kept = CaseCalendar("2026.2", TUESDAY_OFF)

    (amended,) = followed(VERIFICATION, f"assigned {MON}", kept, TAKEN_AWAY, before)

    assert amended.due_on == before[0].due_on == day("Fri 6 Nov")


def test_a_day_off_that_it_began_on_moves_its_beginning() -> None:
    before = followed(VERIFICATION, "received Tue 3 Nov 09:00", CaseCalendar("2026.1"), ADDED)

    (amended,) = followed(VERIFICATION, f"assigned {MON}", CaseCalendar("2026.2"), ADDED, before)

    assert (amended.started_on, amended.due_on) == (day("Wed 4 Nov"), day("Mon 9 Nov"))


def test_an_amendment_changes_nothing_that_was_missed_or_counts_calendar_days() -> None:
    late = followed(VERIFICATION, f"received {MON}", CaseCalendar("2026.1"), ADDED)
    calendar_days = followed(RESPONSE, f"received {MON}", CaseCalendar("2026.1"), ADDED)
    now = "assigned Fri 6 Nov 09:00"

    assert followed(VERIFICATION, now, CaseCalendar("2026.2"), ADDED, late) == late
    assert followed(RESPONSE, now, CaseCalendar("2026.2"), ADDED, calendar_days) == calendar_days


received = st.sampled_from(STARTS).flatmap(instants)


@given(received, st.integers(1, 60))
def test_calendar_days_are_never_due_later_than_as_many_working_days(
    received_at: datetime, days: int
) -> None:
    working = replace(VERIFICATION, days=days)
    calendar = replace(working, unit="calendar_days")
    by = CaseCalendar(CALENDAR.version)

    worked = Deadline.start(working, received_at, by, CALENDAR)
    passed = Deadline.start(calendar, received_at, by, CALENDAR)

    assert passed.due_on <= worked.due_on
    assert CALENDAR.is_working_day(worked.due_on)


@given(received, st.integers(0, 30))
def test_kept_or_missed_clock_says_the_same_for_ever(
    received_at: datetime, days_after: int
) -> None:
    by = CaseCalendar(CALENDAR.version)
    deadline = Deadline.start(VERIFICATION, received_at, by, CALENDAR)
    ended = deadline.end(received_at + timedelta(days=days_after))

    said = {ended.state(received_at.date() + timedelta(n)) for n in range(0, 60, 7)}

    assert said in ({"kept"}, {"missed"})

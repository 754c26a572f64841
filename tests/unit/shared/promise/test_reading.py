"""What the clock says on a day: days used, left and elapsed, state, and what is unknown.

Office hours are to 16:00, on Fridays to 16:30. Where no year is said, it is 2026.
"""

import pytest

from tests.support.clocks.case_clocks import CALENDAR, after, at, day, received, row

MON = "Mon 2 Nov 09:00"
RETURNED = "returned Tue 3 Nov 10:00"


@pytest.mark.parametrize(
    ("days", "then", "on", "used", "left", "elapsed", "state", "due_soon"),
    [
        row("the first day", 1, "", "Mon 2 Nov", 0, 1, 0, "running", False),
        row("the due day", 1, "", "Tue 3 Nov", 1, 0, 1, "running", True),
        row("the day after", 1, "", "Wed 4 Nov", 2, -1, 2, "overdue", False),
        row("before it was received", 1, "", "Sun 1 Nov", 0, 1, 0, "running", False),
        row("a fifth left", 5, "", "Fri 6 Nov", 4, 1, 4, "running", False),
        row("more than a fifth left", 14, "", "Tue 17 Nov", 11, 3, 11, "running", False),
        row("less than a fifth left", 14, "", "Wed 18 Nov", 12, 2, 12, "running", True),
        row("waiting", 1, RETURNED, "Tue 3 Nov", 0, 1, 1, "waiting", False),
        row("waiting for weeks", 5, RETURNED, "Fri 20 Nov", 0, 5, 14, "waiting", False),
        row(
            "all used, waits", 1, "returned Tue 3 Nov 17:00", "Tue 3 Nov", 1, 0, 1, "waiting", False
        ),
        row(
            "overdue, waits", 1, "returned Tue 3 Nov 17:00", "Wed 4 Nov", 1, 0, 2, "overdue", False
        ),
        row(
            "on the first day",
            1,
            "confirmed Mon 2 Nov 11:00",
            "Fri 4 Dec",
            0,
            None,
            0,
            "on_time",
            False,
        ),
        row("finished", 1, "confirmed Thu 5 Nov 08:00", "Fri 4 Dec", 3, None, 3, "late", False),
        row(
            "finished on the day of the answer",
            1,
            RETURNED + ", resubmitted Wed 4 Nov 10:00, confirmed Wed 4 Nov 14:00",
            "Wed 4 Nov",
            0,
            None,
            2,
            "on_time",
            False,
        ),
        row(
            "given up when it waited a second time",
            5,
            RETURNED
            + ", resubmitted Thu 5 Nov 10:00"
            + ", returned Tue 10 Nov 10:00, withdrawn Thu 12 Nov 10:00",
            "Fri 4 Dec",
            2,
            None,
            8,
            "withdrawn",
            False,
        ),
        row(
            "reopened: it counts on",
            5,
            "confirmed Mon 9 Nov 10:00, reopened Thu 12 Nov 09:00",
            "Thu 12 Nov",
            4,
            1,
            8,
            "running",
            False,
        ),
    ],
)
def test_a_reading_says_how_a_case_of_monday_stands_that_day(
    days: int,
    then: str,
    on: str,
    used: int,
    left: int | None,
    elapsed: int,
    state: str,
    due_soon: bool,
) -> None:
    reading = received(MON, days, then).reading(day(on), CALENDAR)

    assert (reading.days_used, reading.days_left, reading.days_elapsed) == (used, left, elapsed)
    assert (reading.state, reading.due_soon) == (state, due_soon)


@pytest.mark.parametrize(
    ("days", "then"),
    [
        row("waiting", 1, RETURNED),
        row("since the very close", 1, "returned Tue 3 Nov 16:00:00"),
        row("withdrawn waiting", 1, RETURNED + ", withdrawn Fri 6 Nov 08:00"),
        row("withdrawn waiting, some days counted", 5, RETURNED + ", withdrawn Tue 3 Nov 11:00"),
    ],
)
def test_the_due_date_is_unknown_while_the_answer_is(days: int, then: str) -> None:
    reading = received(MON, days, then).reading(day("Fri 20 Nov"), CALENDAR)

    assert reading.due_on is None
    assert not reading.provisional


def test_a_case_withdrawn_before_a_close_has_waited_for_nobody() -> None:
    clock = received(MON, 1, RETURNED + ", withdrawn Tue 3 Nov 15:00")

    reading = clock.reading(day("Fri 4 Dec"), CALENDAR)

    assert (reading.due_on, reading.days_used) == (day("Tue 3 Nov"), 1)
    assert reading.state == "withdrawn"


def test_a_due_date_in_a_year_whose_days_off_may_change_is_provisional() -> None:
    in_time = received("Mon 14 Dec 09:00", 10).reading(day("Mon 14 Dec"), CALENDAR)
    beyond = received("Mon 14 Dec 09:00", 14).reading(day("Mon 14 Dec"), CALENDAR)

    assert not in_time.provisional
    assert beyond.provisional


@pytest.mark.parametrize(
    ("then", "days", "missed"),
    [
        row("too short by now", "", 5, "Mon 9 Nov"),
        row("longer", "", 60, None),
        row("due today", "", 7, None),
        row("a breach that stands", "minor Tue 3 Nov 09:00", 14, None),
        row("waiting, fewer counted", RETURNED, 5, None),
        row("waiting, more counted", "returned Tue 10 Nov 10:00", 5, "Mon 9 Nov"),
    ],
)
def test_an_allowance_that_is_over_at_once_is_foreseen(
    then: str, days: int, missed: str | None
) -> None:
    clock = received(MON, 14, then)

    missed_on = clock.missed_if_allowed(days, at("Wed 11 Nov 09:00"), CALENDAR)

    assert missed_on == (day(missed) if missed else None)


def test_the_allowance_shown_is_the_one_that_the_due_date_stands_on() -> None:
    in_time = received(MON, 5, "oversight Fri 6 Nov 09:00")
    too_late = received(MON, 5, "oversight Tue 10 Nov 09:00")

    assert in_time.reading(day("Tue 10 Nov"), CALENDAR).days_allowed == 60
    assert too_late.reading(day("Tue 10 Nov"), CALENDAR).days_allowed == 5


@pytest.mark.parametrize(
    ("on", "left", "due_soon"),
    [
        row("a fifth is left", "Wed 13 Jan 2027", 12, False),
        row("less than a fifth", "Thu 14 Jan 2027", 11, True),
    ],
)
def test_a_long_allowance_is_due_soon_in_its_last_fifth(on: str, left: int, due_soon: bool) -> None:
    reading = received(MON, 60).reading(day(on), CALENDAR)

    assert (reading.days_left, reading.due_soon) == (left, due_soon)


def test_every_day_is_explained_as_on_a_wall_calendar() -> None:
    clock = received(
        "Tue 22 Dec 09:00", 3, "returned Mon 28 Dec 10:00, resubmitted Wed 30 Dec 09:00"
    )

    days = clock.day_by_day(day("Mon 4 Jan 2027"), CALENDAR)

    assert [(f"{each.date:%a %d}", each.counted, each.why) for each in days] == [
        ("Tue 22", None, "received"),
        ("Wed 23", 1, "counted"),
        ("Thu 24", None, "day_off"),
        ("Fri 25", None, "day_off"),
        ("Sat 26", None, "weekend"),
        ("Sun 27", None, "weekend"),
        ("Mon 28", None, "with_applicant"),
        ("Tue 29", None, "with_applicant"),
        ("Wed 30", None, "answer_received"),
        ("Thu 31", 2, "counted"),
        ("Fri 01", None, "day_off"),
        ("Sat 02", None, "weekend"),
        ("Sun 03", None, "weekend"),
        ("Mon 04", 3, "counted"),
    ]


def test_a_day_that_closes_as_it_goes_or_comes_back_closes_with_the_applicant() -> None:
    clock = received(MON, 5, "returned Tue 3 Nov 16:00:00, resubmitted Wed 4 Nov 16:00:00")

    days = clock.day_by_day(day("Fri 6 Nov"), CALENDAR)

    assert [(f"{each.date:%a}", each.why) for each in days[1:]] == [
        ("Tue", "with_applicant"),
        ("Wed", "with_applicant"),
        ("Thu", "answer_received"),
        ("Fri", "counted"),
    ]


def test_a_day_off_is_explained_by_its_name_and_decree() -> None:
    christmas = received("Wed 23 Dec 09:00", 1).day_by_day(day("Fri 25 Dec"), CALENDAR)[-1]

    assert christmas.to_dict() == {
        "date": "2026-12-25",
        "counted": None,
        "why": "day_off",
        "name": {"id": "Kelahiran Yesus Kristus", "en": "Christmas Day"},
        "decree": "SKB Menag, Menaker, dan MenPANRB Nomor 1497/2025, 2/2025, 5/2025",
    }


def test_the_explanation_ends_with_the_day_of_finishing() -> None:
    clock = received(MON, 1, "confirmed Tue 3 Nov 10:00")

    days = clock.day_by_day(day("Fri 6 Nov"), CALENDAR)

    assert [each.date for each in days] == [day("Mon 2 Nov"), day("Tue 3 Nov")]


def test_a_reading_is_what_the_api_calls_clock() -> None:
    reading = received(MON, 1).reading(day("Mon 2 Nov"), CALENDAR)

    assert reading.to_dict() == {
        "received_on": "2026-11-02",
        "days_allowed": 1,
        "due_on": "2026-11-03",
        "days_left": 1,
        "days_used": 0,
        "days_elapsed": 0,
        "state": "running",
        "due_soon": False,
        "provisional": False,
        "calendar": "2022.3+2023.3+2024.3+2025.2+2026.1+2027.1",
    }


@pytest.mark.parametrize(
    ("then", "step"),
    [
        row("waits twice", RETURNED, "returned Wed 4 Nov 09:00"),
        row("answers nothing", "", "resubmitted Wed 4 Nov 09:00"),
        row("finishes twice", "confirmed Tue 3 Nov 10:00", "confirmed Wed 4 Nov 09:00"),
        row("waits when finished", "confirmed Tue 3 Nov 10:00", "returned Wed 4 Nov 09:00"),
        row("answers while it waits", RETURNED, "confirmed Wed 4 Nov 09:00"),
        row("reopens what is open", "", "reopened Wed 4 Nov 09:00"),
        row("reopens what was given up", "withdrawn Tue 3 Nov 10:00", "reopened Wed 4 Nov 09:00"),
    ],
)
def test_a_step_that_the_aggregates_never_take_is_a_bug(then: str, step: str) -> None:
    clock = received(MON, 5, then)

    with pytest.raises(AssertionError):
        after(clock, step)

"""The clock of a void case stops and moves no due date."""

from datetime import date, datetime

import pytest

from shared.office_time import PONTIANAK
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import load_calendar

CALENDAR = load_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PONTIANAK)


def received(days: int = 1) -> SlaClock:
    return SlaClock.start(at("2026-11-02 09:00"), days, CALENDAR)


@pytest.mark.parametrize(
    ("clock", "voided_at", "due_on", "days_used", "days_elapsed"),
    [
        pytest.param(received(), "2026-11-02 10:00", "2026-11-03", 0, 0, id="running"),
        pytest.param(received(), "2026-11-06 10:00", "2026-11-03", 4, 4, id="overdue"),
        pytest.param(
            received(3).wait(at("2026-11-03 10:00"), CALENDAR),
            "2026-11-06 10:00",
            None,
            0,
            4,
            id="waiting, due on a day that nobody knows",
        ),
        pytest.param(
            received().stop(at("2026-11-03 10:00"), CALENDAR, "answered"),
            "2026-11-10 10:00",
            "2026-11-03",
            1,
            1,
            id="finished in time",
        ),
        pytest.param(
            received().stop(at("2026-11-05 10:00"), CALENDAR, "forwarded"),
            "2026-11-10 10:00",
            "2026-11-03",
            3,
            3,
            id="finished too late",
        ),
    ],
)
def test_a_void_case_stands_as_it_stood(
    clock: SlaClock, voided_at: str, due_on: str | None, days_used: int, days_elapsed: int
) -> None:
    reading = clock.void(at(voided_at), CALENDAR).reading(date(2026, 12, 31), CALENDAR)

    assert reading.due_on == (date.fromisoformat(due_on) if due_on else None)
    assert (reading.days_used, reading.days_elapsed) == (days_used, days_elapsed)
    assert (reading.state, reading.days_left, reading.due_soon) == ("voided", None, False)


def test_a_void_case_is_read_again_as_it_was_stored() -> None:
    clock = received().void(at("2026-11-02 10:00"), CALENDAR)

    assert SlaClock.from_dict(clock.to_dict()) == clock

"""The SLA clock: tables that a citizen can check on a wall calendar, then what always holds.

Office hours are to 16:00, on Fridays to 16:30. Where no year is said, it is 2026.
"""

import pytest

from tests.support.clocks import CALENDAR, at, day, received, row

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
            "over days off: they close, too",
            60,
            "returned Wed 23 Dec 16:00:01, resubmitted Mon 28 Dec 09:00",
            "Mon 1 Feb 2027",
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
def test_what_happens_to_a_case_of_monday_moves_its_due_date(
    days: int, then: str, due_on: str, state: str
) -> None:
    last_step_at = at(then.split(", ")[-1].split(" ", 1)[1])

    reading = received(MON, days, then).reading(last_step_at.date(), CALENDAR)

    assert (reading.due_on, reading.state) == (day(due_on), state)

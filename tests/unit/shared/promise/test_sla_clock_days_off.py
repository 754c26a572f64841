"""A day off has no close: a wait over days off alone takes out no day."""

import pytest

from tests.support.clocks.case_clocks import CALENDAR, at, day, received, row


@pytest.mark.parametrize(
    ("when", "then", "due_on"),
    [
        row(
            "Christmas and collective leave",
            "Tue 23 Dec 2025 09:00",
            "returned Wed 24 Dec 2025 16:30:01, resubmitted Sat 27 Dec 2025 10:00",
            "Wed 24 Dec 2025",
        ),
        row(
            "on Wednesday after its own close, a day of less allowed",
            "Wed 24 Dec 2025 09:00",
            "returned Wed 24 Dec 2025 16:30:01, resubmitted Sat 27 Dec 2025 10:00",
            "Mon 29 Dec 2025",
        ),
        row(
            "on the holiday itself, before what would be its close",
            "Thu 4 Sep 2025 09:00",
            "returned Fri 5 Sep 2025 15:59:59, resubmitted Sun 7 Sep 2025 10:00",
            "Mon 8 Sep 2025",
        ),
        row(
            "answered on the first day worked",
            "Thu 4 Sep 2025 09:00",
            "returned Thu 4 Sep 2025 16:00:01, resubmitted Mon 8 Sep 2025 15:59:59",
            "Mon 8 Sep 2025",
        ),
        row(
            "answered at its very close",
            "Thu 4 Sep 2025 09:00",
            "returned Thu 4 Sep 2025 16:00:01, resubmitted Mon 8 Sep 2025 16:00:00",
            "Wed 10 Sep 2025",
        ),
        row(
            "returned at the very close before the holiday",
            "Thu 4 Sep 2025 09:00",
            "returned Thu 4 Sep 2025 16:00:00, resubmitted Sun 7 Sep 2025 10:00",
            "Tue 9 Sep 2025",
        ),
    ],
)
def test_a_day_off_has_no_close_as_a_weekend_has_none(when: str, then: str, due_on: str) -> None:
    last_step_at = at(then.split(", ")[-1].split(" ", 1)[1])

    reading = received(when, 1, then).reading(last_step_at.date(), CALENDAR)

    assert reading.due_on == day(due_on)

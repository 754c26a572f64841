"""The SLA clock: a table that a citizen can check on a wall calendar, then what always holds."""

import pytest

from shared.promise.sla_clock import SlaClock
from tests.support.clocks import CALENDAR, Step, after, at, day, received

MON = "2026-11-02 09:00"


@pytest.mark.parametrize(
    ("when", "days", "steps", "due_on", "state"),
    [
        pytest.param(MON, 1, [], "2026-11-03", "running", id="the next day"),
        pytest.param("2026-11-02 16:00:00", 1, [], "2026-11-04", "running", id="at the close"),
        pytest.param("2026-11-06 16:29:59", 1, [], "2026-11-09", "running", id="before the close"),
        pytest.param("2026-11-07 10:00", 1, [], "2026-11-10", "running", id="on a Saturday"),
        pytest.param("2026-03-17 10:00", 3, [], "2026-03-27", "running", id="Nyepi, Idul Fitri"),
        pytest.param("2026-12-23 09:00", 1, [], "2026-12-28", "running", id="Christmas"),
        pytest.param("2026-12-14 09:00", 14, [], "2027-01-07", "running", id="over the new year"),
        pytest.param(
            MON,
            1,
            [("confirmed", "2026-11-04 00:00:00")],
            "2026-11-03",
            "late",
            id="midnight belongs to the new day",
        ),
        pytest.param(
            MON,
            1,
            [("returned", "2026-11-02 14:00"), ("resubmitted", "2026-11-02 15:00")],
            "2026-11-03",
            "running",
            id="a pause within the day of receipt",
        ),
        pytest.param(
            MON,
            1,
            [("returned", "2026-11-02 14:00"), ("resubmitted", "2026-11-04 15:59")],
            "2026-11-05",
            "running",
            id="answered a minute before the close",
        ),
        pytest.param(
            MON,
            1,
            [("returned", "2026-11-03 10:00"), ("resubmitted", "2026-11-05 09:00")],
            "2026-11-06",
            "running",
            id="the day of the answer is a day of receipt",
        ),
        pytest.param(
            MON,
            1,
            [
                ("returned", "2026-11-03 10:00"),
                ("resubmitted", "2026-11-04 10:00"),
                ("confirmed", "2026-11-04 14:00"),
            ],
            "2026-11-05",
            "on_time",
            id="confirmed on the day of the answer",
        ),
        pytest.param(
            MON,
            1,
            [("returned", "2026-11-03 10:00"), ("resubmitted", "2026-11-05 16:00:00")],
            "2026-11-09",
            "running",
            id="answered at the very close",
        ),
        pytest.param(
            MON,
            1,
            [("returned", "2026-11-03 10:00"), ("resubmitted", "2026-11-05 17:00")],
            "2026-11-09",
            "running",
            id="answered after the close",
        ),
        pytest.param(
            MON,
            1,
            [("returned", "2026-11-03 17:00"), ("resubmitted", "2026-11-04 09:00")],
            "2026-11-03",
            "overdue",
            id="returned after the close of the due day",
        ),
        pytest.param(
            MON,
            1,
            [
                ("returned", "2026-11-03 17:00"),
                ("resubmitted", "2026-11-04 09:00"),
                ("confirmed", "2026-11-04 09:30"),
            ],
            "2026-11-03",
            "late",
            id="and confirmed at once",
        ),
        pytest.param(
            MON, 5, [("oversight", "2026-11-06 09:00")], "2027-01-29", "running", id="reclassified"
        ),
        pytest.param(
            MON,
            5,
            [("oversight", "2026-11-10 09:00")],
            "2026-11-09",
            "overdue",
            id="reclassified after the due date",
        ),
        pytest.param(
            MON,
            5,
            [("confirmed", "2026-11-09 10:00"), ("reopened", "2026-11-12 09:00")],
            "2026-11-13",
            "running",
            id="reopened",
        ),
    ],
)
def test_the_due_date_can_be_found_on_a_wall_calendar(
    when: str, days: int, steps: list[Step], due_on: str, state: str
) -> None:
    clock = received(when, days, *steps)

    reading = clock.reading(at(steps[-1][1] if steps else when).date(), CALENDAR)

    assert (reading.due_on, reading.state) == (day(due_on), state)


RETURNED = ("returned", "2026-11-03 10:00")


@pytest.mark.parametrize(
    ("when", "days", "steps", "on", "expected"),
    [  # expected: due on, days used, days left, days elapsed, state, due soon
        pytest.param(
            MON, 1, [], "2026-11-02", ("2026-11-03", 0, 1, 0, "running", False), id="the first day"
        ),
        pytest.param(
            MON, 1, [], "2026-11-03", ("2026-11-03", 1, 0, 1, "running", True), id="the due day"
        ),
        pytest.param(
            MON, 1, [], "2026-11-04", ("2026-11-03", 2, -1, 2, "overdue", False), id="the day after"
        ),
        pytest.param(
            "2026-11-07 10:00",
            1,
            [],
            "2026-11-07",
            ("2026-11-10", 0, 1, 0, "running", False),
            id="before it counts as received",
        ),
        pytest.param(
            MON, 5, [], "2026-11-06", ("2026-11-09", 4, 1, 4, "running", False), id="a fifth left"
        ),
        pytest.param(
            MON, 14, [], "2026-11-17", ("2026-11-20", 11, 3, 11, "running", False), id="3 of 14"
        ),
        pytest.param(
            MON, 14, [], "2026-11-18", ("2026-11-20", 12, 2, 12, "running", True), id="2 of 14"
        ),
        pytest.param(
            MON, 1, [RETURNED], "2026-11-03", (None, 0, 1, 1, "waiting", False), id="waiting"
        ),
        pytest.param(
            MON,
            1,
            [RETURNED],
            "2026-11-20",
            (None, 0, 1, 14, "waiting", False),
            id="waiting for weeks",
        ),
        pytest.param(
            MON,
            5,
            [RETURNED],
            "2026-11-20",
            (None, 0, 5, 14, "waiting", False),
            id="waiting is never due soon",
        ),
        pytest.param(
            MON,
            1,
            [("returned", "2026-11-03 16:00:01")],
            "2026-11-03",
            ("2026-11-03", 1, 0, 1, "waiting", False),
            id="returned after the close of the due day",
        ),
        pytest.param(
            MON,
            1,
            [("returned", "2026-11-03 16:00:00")],
            "2026-11-03",
            (None, 0, 1, 1, "waiting", False),
            id="returned at the very close",
        ),
        pytest.param(
            MON,
            1,
            [("returned", "2026-11-03 16:00:01")],
            "2026-11-04",
            ("2026-11-03", 1, 0, 2, "overdue", False),
            id="overdue while it waits",
        ),
        pytest.param(
            MON,
            1,
            [("confirmed", "2026-11-02 11:00")],
            "2026-12-01",
            ("2026-11-03", 0, None, 0, "on_time", False),
            id="confirmed on the day of receipt",
        ),
        pytest.param(
            MON,
            1,
            [("confirmed", "2026-11-03 23:59:59")],
            "2026-12-01",
            ("2026-11-03", 1, None, 1, "on_time", False),
            id="confirmed in the last second",
        ),
        pytest.param(
            MON,
            1,
            [("confirmed", "2026-11-05 08:00")],
            "2026-12-01",
            ("2026-11-03", 3, None, 3, "late", False),
            id="late on the day of finishing and ever after",
        ),
        pytest.param(
            MON,
            1,
            [("withdrawn", "2026-11-03 08:00")],
            "2026-12-01",
            ("2026-11-03", 1, None, 1, "withdrawn", False),
            id="withdrawn",
        ),
        pytest.param(
            MON,
            1,
            [("withdrawn", "2026-11-04 08:00")],
            "2026-12-01",
            ("2026-11-03", 2, None, 2, "late", False),
            id="withdrawn after the due date counts as late",
        ),
        pytest.param(
            MON,
            1,
            [RETURNED, ("withdrawn", "2026-11-06 08:00")],
            "2026-12-01",
            (None, 0, None, 4, "withdrawn", False),
            id="withdrawn while it waits: the due date stays unknown",
        ),
        pytest.param(
            MON,
            1,
            [RETURNED, ("withdrawn", "2026-11-03 15:00")],
            "2026-12-01",
            ("2026-11-03", 1, None, 1, "withdrawn", False),
            id="withdrawn within the day of the return: no close, no wait",
        ),
        pytest.param(
            MON,
            1,
            [("returned", "2026-11-03 17:00"), ("withdrawn", "2026-11-06 08:00")],
            "2026-12-01",
            ("2026-11-03", 1, None, 4, "late", False),
            id="withdrawn while it waits, after the due date",
        ),
        pytest.param(
            MON,
            5,
            [("forwarded", "2026-11-06 08:00")],
            "2026-12-01",
            ("2026-11-09", 4, None, 4, "forwarded", False),
            id="forwarded",
        ),
        pytest.param(
            MON,
            5,
            [("forwarded", "2026-11-10 08:00")],
            "2026-12-01",
            ("2026-11-09", 6, None, 6, "late", False),
            id="forwarded too late",
        ),
        pytest.param(
            MON,
            5,
            [("confirmed", "2026-11-09 10:00"), ("reopened", "2026-11-12 09:00")],
            "2026-11-12",
            ("2026-11-13", 4, 1, 8, "running", False),
            id="reopened: it counts on from where it stood",
        ),
        pytest.param(
            MON,
            5,
            [("confirmed", "2026-11-09 16:00:01"), ("reopened", "2026-11-12 09:00")],
            "2026-11-12",
            ("2026-11-09", 5, 0, 8, "overdue", False),
            id="reopened with all days used",
        ),
        pytest.param(
            MON,
            5,
            [
                ("confirmed", "2026-11-03 10:00"),
                ("reopened", "2026-11-05 09:00"),
                ("confirmed", "2026-11-12 15:00"),
            ],
            "2026-12-01",
            ("2026-11-12", 5, None, 8, "on_time", False),
            id="on time if the last answer is",
        ),
        pytest.param(
            MON,
            5,
            [
                ("confirmed", "2026-11-10 10:00"),
                ("reopened", "2026-11-12 09:00"),
                ("confirmed", "2026-11-12 09:30"),
            ],
            "2026-12-01",
            ("2026-11-09", 5, None, 8, "late", False),
            id="late stays late over a reopening",
        ),
    ],
)
def test_a_reading_says_how_the_case_stands_that_day(
    when: str, days: int, steps: list[Step], on: str, expected: tuple[object, ...]
) -> None:
    reading = received(when, days, *steps).reading(day(on), CALENDAR)

    assert (
        reading.due_on and reading.due_on.isoformat(),
        reading.days_used,
        reading.days_left,
        reading.days_elapsed,
        reading.state,
        reading.due_soon,
    ) == expected

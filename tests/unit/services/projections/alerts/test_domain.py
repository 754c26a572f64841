"""Which alert a case gets, of which midnight, and that it is one."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.projections.alerts.domain import DueSoon, Overdue
from shared.office_time import PONTIANAK
from shared.promise.sla_clock import SlaClock
from tests.support.alerts.due_cases import alert, due_on
from tests.support.cases.histories import History, histories
from tests.support.clocks.case_clocks import at, day, received, row

A_DAY = timedelta(days=1)
CLOCK = received("Mon 2 Nov 09:00", 1)


@pytest.mark.parametrize(
    ("clock", "on", "kind", "midnight"),
    [
        row("nothing on the day of receipt", CLOCK, "Mon 2 Nov", None, None),
        row("soon on the due day", CLOCK, "Tue 3 Nov", DueSoon, "Tue 3 Nov 00:00"),
        row("overdue with the next day", CLOCK, "Wed 4 Nov", Overdue, "Wed 4 Nov 00:00"),
        row("looked a week later", CLOCK, "Wed 11 Nov", Overdue, "Wed 4 Nov 00:00"),
        row(
            "over a weekend",
            received("Thu 5 Nov 09:00", 1),
            "Mon 9 Nov",
            Overdue,
            "Sat 7 Nov 00:00",
        ),
        row(
            "soon when less than a fifth is left",
            received("Mon 2 Nov 09:00", 14),
            "Fri 20 Nov",
            DueSoon,
            "Wed 18 Nov 00:00",
        ),
        row(
            "a fifth is not less than a fifth",
            received("Mon 2 Nov 09:00", 5),
            "Fri 6 Nov",
            None,
            None,
        ),
        row(
            "soon over a weekend, looked on Monday",
            received("Mon 2 Nov 09:00", 60),
            "Mon 18 Jan 2027",
            DueSoon,
            "Thu 14 Jan 2027 00:00",
        ),
        row(
            "not while it waits",
            received("Mon 2 Nov 09:00", 1, "returned Mon 2 Nov 14:00"),
            "Tue 3 Nov",
            None,
            None,
        ),
        row(
            "overdue though it waits",
            received("Mon 2 Nov 09:00", 1, "returned Tue 3 Nov 17:00"),
            "Wed 4 Nov",
            Overdue,
            "Wed 4 Nov 00:00",
        ),
        row(
            "not when it is finished",
            received("Mon 2 Nov 09:00", 1, "confirmed Tue 3 Nov 09:00"),
            "Fri 6 Nov",
            None,
            None,
        ),
    ],
)
def test_the_midnight_that_an_alert_is_about(
    clock: SlaClock, on: str, kind: type | None, midnight: str | None
) -> None:
    raised = alert(clock, day(on))

    assert (raised and type(raised)) == kind
    assert (raised and raised.created_on) == (midnight and at(midnight))


@st.composite
def dues(draw: st.DrawFn, days: int = 1) -> tuple[SlaClock, date]:
    """A case and a day on which it gets an alert, the same on so many days from then on."""
    history: History = draw(histories()).still_open()
    clock, last_on = history.clock(), history.last_at.date()
    found = [due_on(last_on + A_DAY * number, clock) for number in range(31 + days)]
    alerts = [each and each.alert for each in found]
    begins = [n for n in range(31) if alerts[n] and len(set(alerts[n : n + days])) == 1]
    assume(begins)
    return clock, last_on + A_DAY * draw(st.sampled_from(begins))


@given(dues())
def test_an_alert_says_what_the_clock_said_at_its_midnight(due: tuple[SlaClock, date]) -> None:
    clock, on = due
    raised = alert(clock, on)
    assert raised is not None
    (event,) = raised.collect_events()

    said = event.clock  # type: ignore[attr-defined]
    assert raised.created_on.astimezone(PONTIANAK).date() <= on
    assert (said["state"] == "overdue") == isinstance(raised, Overdue)
    assert said["due_soon"] == isinstance(raised, DueSoon)
    assert said["due_on"] == event.due_on  # type: ignore[attr-defined]


@given(dues(days=2))
def test_later_check_raises_the_very_same_alert(due: tuple[SlaClock, date]) -> None:
    clock, on = due

    raised, again = alert(clock, on), alert(clock, on + A_DAY)

    assert raised is not None
    assert again is not None
    assert raised.id == again.id
    assert [vars(each) for each in raised.pending_events] == [
        vars(each) for each in again.pending_events
    ]


def test_an_alert_is_one_of_its_case_due_date_and_kind() -> None:
    tuesday, wednesday = day("Tue 3 Nov"), day("Wed 4 Nov")
    later = received("Mon 2 Nov 09:00", 2)
    ids = [
        due.alert_id
        for due in (
            due_on(tuesday, CLOCK),
            due_on(wednesday, CLOCK),
            due_on(wednesday, later),
            due_on(tuesday, CLOCK, number="PRM-1111-1111-1"),
        )
        if due
    ]

    assert len(ids) == len(set(ids)) == 4

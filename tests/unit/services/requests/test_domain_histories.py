"""What holds after any history: commands at random, possible or not, by a clock that jumps."""

from datetime import timedelta
from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.requests.domain import ServiceRequest
from shared.office_time import local_date
from shared.promise.sla_clock import SlaClock
from shared.refusals import NotAllowed
from testbed.service_requests import CALENDAR, COMMANDS, MONDAY, act, agency, at, submit

ORDERS = st.lists(
    st.tuples(st.sampled_from(sorted(COMMANDS)), st.integers(min_value=-600, max_value=6_000)),
    max_size=25,
)
"""Commands, each with the minutes since the one before; some go back in time."""

Order = tuple[str, int]
Event = ServiceRequest.Event


@given(ORDERS)
def test_a_request_is_made_again_from_its_events(orders: list[Order]) -> None:
    request, events = after(orders)

    assert reduce(lambda so_far, each: each.mutate(so_far), events, None) == request


@given(ORDERS)
def test_time_never_runs_backwards(orders: list[Order]) -> None:
    _, events = after(orders)
    instants = [each.timestamp for each in events]

    assert instants == sorted(instants)


@given(ORDERS)
def test_every_event_says_where_the_request_stands_after_it(orders: list[Order]) -> None:
    request, events = after(orders)
    last = events[-1]
    clock = SlaClock.from_dict(last.basis)

    assert last.status == request.status
    assert clock == request.clock
    assert last.clock == clock.reading(local_date(last.timestamp), CALENDAR).to_dict()


@given(ORDERS)
def test_a_finished_request_stays_finished(orders: list[Order]) -> None:
    request, _ = after(orders)

    assert (request.clock.outcome is not None) == (
        request.status in {"confirmed", "rejected", "withdrawn", "voided"}
    )
    assert (set(request.allowed) <= {"void"}) == (request.clock.outcome is not None)


@given(ORDERS)
def test_a_void_is_the_last_step_and_moves_no_due_date(orders: list[Order]) -> None:
    _, events = after(orders)
    *before, last = events
    stands = before[-1] if before else last

    assert all(each.status != "voided" for each in before)
    assert (last.status == "voided") == (last.clock["state"] == "voided")
    if last.status == "voided" and stands.clock["due_on"] is not None:
        assert last.clock["due_on"] == stands.clock["due_on"]


@given(ORDERS)
def test_the_clock_waits_exactly_while_the_request_is_returned(orders: list[Order]) -> None:
    request, _ = after(orders)

    assert request.clock.waits_now == (request.status == "returned")


def after(orders: list[Order]) -> tuple[ServiceRequest, list[Any]]:
    """The request after those commands that were possible, and all its events."""
    request = submit(agency())
    now = at(MONDAY)
    for command, minutes in orders:
        now += timedelta(minutes=minutes)
        try:
            COMMANDS[command](request, act("supervisor", f"{now:%Y-%m-%d %H:%M}"))
        except NotAllowed:
            continue
    return request, list(request.collect_events())

"""What holds after any history: commands at random, possible or not, by a clock that jumps."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import reduce
from itertools import dropwhile
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.complaints.domain import Complaint
from services.complaints.status import closes_at, last_day_to_reopen
from shared.cases.case import ActContext
from shared.office_time import local_date
from shared.promise.sla_clock import SlaClock
from shared.refusals import Refusal
from testbed.complaints import CALENDAR, COMMANDS, MONDAY, STANDARDS, act, at, receive

Command = Callable[[Complaint, ActContext], None]

CATEGORIES = ["minor", "normative", "non_oversight", "oversight"]


def classify_as(category: str) -> Command:
    return lambda complaint, act: complaint.classify(
        category, act, standards=STANDARDS, reason="Karena", accept_breach=True
    )


DONE: Mapping[str, Command] = {
    **COMMANDS,
    **{f"classify {category}": classify_as(category) for category in CATEGORIES},
    "close-by-itself": lambda complaint, act: complaint.close_by_itself(act),
    "erase-personal-data": lambda complaint, act: complaint.erase_personal_data(act),
}
ORDERS = st.lists(
    st.tuples(st.sampled_from(sorted(DONE)), st.integers(min_value=-600, max_value=9_000)),
    max_size=25,
)
"""Commands, each with the minutes since the one before; some go back in time."""

IN_HAND = [
    "request-clarification",
    "clarify",
    "resolve",
    "reopen",
    "rate",
    "close",
    "close-by-itself",
    "classify oversight",
]
LIKELY = st.lists(
    st.tuples(st.sampled_from(IN_HAND), st.integers(min_value=0, max_value=25_000)),
    min_size=4,
    max_size=25,
).map(lambda orders: [("classify minor", 60), ("assign", 60), *orders])
"""Commands that a complaint in hand is given, which leads to every status more often."""

Order = tuple[str, int]

FINISHED = {"resolved", "closed", "rejected", "forwarded", "voided"}
MISSED = {"overdue", "late"}
ERASED = "complaints.personal_data_erased"


@given(ORDERS | LIKELY)
def test_a_complaint_is_made_again_from_its_events(orders: list[Order]) -> None:
    complaint, events = after(orders)

    assert reduce(lambda so_far, each: each.mutate(so_far), events, None) == complaint


@given(ORDERS | LIKELY)
def test_time_never_runs_backwards(orders: list[Order]) -> None:
    _, events = after(orders)
    instants = [each.timestamp for each in events]

    assert instants == sorted(instants)


@given(ORDERS | LIKELY)
def test_every_event_says_where_the_complaint_stands_after_it(orders: list[Order]) -> None:
    complaint, events = after(orders)
    last = events[-1]
    clock = SlaClock.from_dict(last.basis)

    assert last.status == complaint.status
    assert clock == complaint.clock
    assert last.clock == clock.reading(local_date(last.timestamp), CALENDAR).to_dict()


@given(ORDERS | LIKELY)
def test_the_clock_stands_still_exactly_while_there_is_an_answer(orders: list[Order]) -> None:
    complaint, _ = after(orders)

    assert (complaint.clock.outcome is not None) == (complaint.status in FINISHED)


@given(ORDERS | LIKELY)
def test_the_clock_waits_exactly_while_the_complainant_is_asked(orders: list[Order]) -> None:
    complaint, _ = after(orders)

    assert complaint.clock.waits_now == (complaint.status == "waiting")


@given(ORDERS | LIKELY)
def test_the_allowance_is_the_categorys_or_the_breach_stands(orders: list[Order]) -> None:
    complaint, events = after(orders)
    standard = STANDARDS.named(complaint.standard)
    days = standard.complaint_days.get(str(complaint.category), standard.shortest_complaint_days)

    assert complaint.clock.days_allowed == days or complaint.clock.fixed_due_on is not None
    assert events[0].clock["days_allowed"] == standard.shortest_complaint_days


@given(ORDERS | LIKELY)
def test_late_stays_late(orders: list[Order]) -> None:
    _, events = after(orders)
    clocks = [each.clock for each in events]
    from_the_breach_on = list(dropwhile(lambda clock: clock["state"] not in MISSED, clocks))

    assert {clock["state"] for clock in from_the_breach_on} <= MISSED | {"voided"}
    assert len({clock["due_on"] for clock in from_the_breach_on}) <= 1


@given(ORDERS | LIKELY)
def test_nothing_but_an_erasure_follows_a_void(orders: list[Order]) -> None:
    _, events = after(orders)
    topics = [type(each).TOPIC for each in events]
    since = list(dropwhile(lambda topic: topic != "complaints.voided", topics))

    assert since[1:] in ([], [ERASED])


@given(ORDERS | LIKELY)
def test_complaint_is_rated_at_most_once_and_closed_at_most_once(orders: list[Order]) -> None:
    _, events = after(orders)
    topics = [type(each).TOPIC for each in events]

    assert topics.count("complaints.rated") <= 1
    assert topics.count("complaints.closed") <= 1
    assert topics.count(ERASED) <= 1


@given(ORDERS | LIKELY)
def test_events_after_an_erasure_say_nothing_personal(orders: list[Order]) -> None:
    _, events = after(orders)
    since_then = list(dropwhile(lambda each: type(each).TOPIC != ERASED, events))

    assert not any(getattr(each, name) for each in since_then for name in each.PERSONAL)


@given(st.integers(min_value=0, max_value=220_000))
def test_the_silence_is_full_after_ten_working_days_whenever_it_began(minutes: int) -> None:
    answered_at = at(MONDAY) + timedelta(minutes=minutes)  # until April 2027
    last_day = last_day_to_reopen(answered_at, CALENDAR)

    assert CALENDAR.is_working_day(last_day)
    assert CALENDAR.working_days_between(local_date(answered_at), last_day) == 10
    assert closes_at(answered_at, CALENDAR) == at(f"{last_day + timedelta(days=1)} 00:00")


def after(orders: list[Order]) -> tuple[Complaint, list[Any]]:
    """The complaint after those commands that were possible, and all its events."""
    complaint = receive(act())
    now = at(MONDAY)
    for command, minutes in orders:
        now += timedelta(minutes=minutes)
        try:
            DONE[command](complaint, ActContext(act().by, now, CALENDAR))
        except Refusal:
            continue
    return complaint, list(complaint.collect_events())

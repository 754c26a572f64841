"""The states of the public's pages, each with the events that lead to it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from shared.messaging.subscription import Incoming
from testbed.event_factory import EventFactory
from testbed.surface import NOW
from tests.support.pages.public_pages import (
    CHANNELS,
    HOW_MANY,
    at,
    request_late,
    requests_on_time,
    unreadable_request,
    year_in_which_all_happened,
)

KINDS = ("password_reset", "account_change", "account_creation")


def few_cases() -> Sequence[Incoming]:
    """Too few for a percentage."""
    office = EventFactory()
    requests_on_time(office, 6)
    request_late(office)
    office.complaint(at("11-24 09:00"))
    return office.events


def many_cases() -> Sequence[Incoming]:
    """Thousands, in every month, some of which took very long."""
    office = EventFactory()
    for number in range(2_600):
        day = at("01-01 09:00") + timedelta(days=number % 320)
        request = office.request(day, kind=KINDS[number % 3])
        if number % 40:
            took = timedelta(days=1 if number % 9 else 2 + number % 60, hours=number % 5)
            request.then("confirmed", min(day + took, NOW), letter_number="555/1")
    for number in range(900):
        day = at("01-02 09:00") + timedelta(days=number % 320)
        complaint = office.complaint(day, channel=CHANNELS[number % len(CHANNELS)])
        category = list(HOW_MANY)[number % 4]
        complaint.then("classified", day + timedelta(hours=1), category=category)
        if number % 30:
            complaint.then("resolved", min(day + timedelta(days=1 + number % 23), NOW))
    return office.events


def year_with_a_held_case() -> Sequence[Incoming]:
    office = EventFactory()
    unreadable_request(office)
    requests_on_time(office, 25)
    return office.events


def nothing() -> Sequence[Incoming]:
    return []


HAPPENED: Mapping[str, Callable[[], Sequence[Incoming]]] = {
    "empty": nothing,
    "small": few_cases,
    "full": year_in_which_all_happened,
    "stale": year_in_which_all_happened,  # and no check finds it at the head since
    "held": year_with_a_held_case,
    "large": many_cases,
    "demonstration": few_cases,
    "bannered": many_cases,  # of a demonstration, and stale
}

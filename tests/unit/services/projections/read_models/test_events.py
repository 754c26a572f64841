"""What can be applied to a case, and what is poison."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
import pytest

from services.projections.read_models.cases import CannotApply, from_first_event
from services.projections.read_models.events import CaseEvent, knows, read
from shared.messaging.subscription import Incoming
from shared.office_time import PONTIANAK
from testbed.event_factory import CALENDAR, EventFactory

MONDAY = datetime(2026, 11, 2, 9, tzinfo=PONTIANAK)
LATER = datetime(2026, 11, 2, 10, tzinfo=PONTIANAK)


def submitted() -> Incoming:
    office = EventFactory()
    office.request(MONDAY)
    return office.events[0]


def but(event: Incoming, **changes: Any) -> Incoming:
    """The event with other data; `...` leaves a field out."""
    data = {**event.body["data"], **changes}
    kept = {name: fact for name, fact in data.items() if fact is not ...}
    return replace(event, body={**event.body, "data": kept})


def of_type(event: Incoming, type_: str, name: str) -> Incoming:
    return replace(event, type=name, body={**event.body, "type": type_})


def test_events_of_the_catalogue_are_known() -> None:
    assert knows(submitted())


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("id.go.kalbarprov.diskominfo.requests.escalated.v1", "escalated"),
        ("id.go.kalbarprov.diskominfo.requests.submitted.v2", "submitted"),
        ("id.go.kalbarprov.diskominfo.requests.classified.v1", "classified"),
    ],
)
def test_types_and_versions_to_come_are_not(type_: str, name: str) -> None:
    assert not knows(of_type(submitted(), type_, name))


def test_a_field_to_come_is_kept_for_the_timeline() -> None:
    event = read(but(submitted(), urgency="high"))

    assert event.facts["urgency"] == "high"
    assert event.facts["kind"] == "password_reset"
    assert not event.facts.keys() & {"clock", "basis", "number", "status"}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("number", ...),
        ("number", 7),
        ("status", None),
        ("version", "one"),
        ("occurred_at", "yesterday"),
        ("clock", ...),
        ("clock", {"state": "lost"}),
        ("basis", []),
        ("score", "four"),
    ],
)
def test_an_event_that_lacks_what_all_say_is_poison(field: str, wrong: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match=field):
        read(but(submitted(), **{field: wrong}))


@pytest.mark.parametrize("field", ["kind", "channel", "standard", "received_at"])
def test_a_first_event_says_what_came(field: str) -> None:
    with pytest.raises(CannotApply, match=field):
        from_first_event(read(but(submitted(), **{field: ...})), CALENDAR)


def told_twice() -> list[CaseEvent]:
    office = EventFactory()
    office.request(MONDAY).then("review_started", LATER)
    return [read(event) for event in office.events]


def test_a_case_begins_with_its_first_event() -> None:
    _, second = told_twice()

    with pytest.raises(CannotApply, match="review_started"):
        from_first_event(second, CALENDAR)


def test_a_version_comes_once() -> None:
    first, second = told_twice()
    case = from_first_event(first, CALENDAR)
    case.apply(second)

    with pytest.raises(CannotApply, match="version 2"):
        case.apply(second)
    with pytest.raises(CannotApply, match="version 1"):
        case.apply(first)

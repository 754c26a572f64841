"""What is wrong with a log is found at the first event that doesn't fit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.eventstore.integrity.chain import link
from shared.eventstore.integrity.checker import IntegrityChecker
from shared.eventstore.records import NO_HASH, Recorded

START = datetime(2026, 11, 24, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)


def recorded(position: int, version: int, of: UUID = ONE, seconds: int | None = None) -> Recorded:
    at = START + timedelta(seconds=position if seconds is None else seconds)
    return Recorded(position, of, version, "notes.painted", b"{}", at, b"", None)


def chained(*events: Recorded) -> list[Recorded]:
    previous, chain = NO_HASH, []
    for event in events:
        previous = link(previous, event)
        chain.append(replace(event, hash=previous))
    return chain


def first_violation(events: list[Recorded]) -> str | None:
    checker = IntegrityChecker()
    return next((violation for event in events if (violation := checker.violation(event))), None)


def test_a_whole_log_has_no_violation() -> None:
    assert first_violation(chained(recorded(1, 1), recorded(2, 1, OTHER), recorded(3, 2))) is None
    assert first_violation(chained(recorded(1, 0), recorded(2, 1))) is None
    assert first_violation([]) is None


@pytest.mark.parametrize(
    ("events", "violation"),
    [
        pytest.param(
            chained(recorded(1, 1), recorded(3, 2)), "position 3 comes after 1", id="a gap"
        ),
        pytest.param(chained(recorded(2, 1)), "position 2 comes after 0", id="no beginning"),
        pytest.param(
            chained(recorded(1, 1), recorded(2, 3)), "at 2 is version 3 after 1", id="a version"
        ),
        pytest.param(chained(recorded(1, 2)), "at 1 is version 2 after None", id="the first one"),
        pytest.param(
            chained(recorded(1, 1), recorded(2, 2, seconds=0)),
            "at 2 was recorded before",
            id="time",
        ),
    ],
)
def test_gaps_and_wrong_order_are_named(events: list[Recorded], violation: str) -> None:
    assert violation in (first_violation(events) or "")


def test_a_changed_event_is_named_though_all_after_it_fit() -> None:
    first, second, third = chained(recorded(1, 1), recorded(2, 2), recorded(3, 3))

    found = first_violation([first, replace(second, state=b"{} "), third])

    assert found == "the event at 2 was changed: its hash doesn't follow"

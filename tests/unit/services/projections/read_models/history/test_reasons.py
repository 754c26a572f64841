"""Why figures change: every event has its say, and none says another's."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from services.complaints.commands_and_roles import CONTRACTS as COMPLAINTS
from services.projections.read_models.events import IMPORT, VERSION, CaseEvent, read
from services.projections.read_models.history.reasons import reason_of
from services.projections.read_models.history.revisions import REASONS
from services.requests.commands_and_roles import CONTRACTS as REQUESTS
from shared.cases.payload import Contract
from shared.cases.published_events import EVENTS, NO_CHANGE
from shared.office_time import PONTIANAK
from testbed.event_factory import EventFactory

MONDAY = datetime(2026, 11, 2, 9, tzinfo=PONTIANAK)
NAMES = [(source, name) for source, events in EVENTS.items() for name in events]
CHANGE_NOTHING = [(source, name) for source, name in NAMES if EVENTS[source][name] is NO_CHANGE]
NO_REVISION = {"rated"}  # what changes the rating, which is no count of a period's cases


@pytest.mark.parametrize(
    ("service", "contracts"), [("requests", REQUESTS), ("complaints", COMPLAINTS)]
)
def test_every_event_that_is_published_is_known_to_the_read_models(
    service: str, contracts: Sequence[Contract]
) -> None:
    published = {contract.name: f"v{contract.version}" for contract in contracts}

    assert published == dict.fromkeys(EVENTS[service], VERSION)


def test_every_event_has_a_reason_or_is_known_to_change_nothing() -> None:
    reasons = {reason for events in EVENTS.values() for reason in events.values()}

    assert reasons - NO_REVISION - {NO_CHANGE} <= set(REASONS)


def told(source: str, name: str, by: str = "officer-1") -> CaseEvent:
    office = EventFactory(by=by)
    office.request(MONDAY).then("review_started", MONDAY)
    return replace(read(office.events[1]), source=source, type=name)


@pytest.mark.parametrize(("source", "name"), NAMES)
def test_only_a_due_date_that_was_changed_speaks_of_a_calendar_that_was_not(
    source: str, name: str
) -> None:
    is_of_the_calendar = reason_of(told(source, name), is_amended=False) == "calendar_amended"

    assert is_of_the_calendar == (name == "due_date_changed")


@pytest.mark.parametrize(("source", "name"), CHANGE_NOTHING)
def test_event_that_changes_nothing_has_a_reason_only_from_its_calendar(
    source: str, name: str
) -> None:
    with capture_logs() as logged:
        assert reason_of(told(source, name), is_amended=True) == "calendar_amended"
        assert logged == []

        assert reason_of(told(source, name), is_amended=False) == "other"

    assert [(line["log_level"], line["event_type"]) for line in logged] == [("error", name)]


@pytest.mark.parametrize(("source", "name"), NAMES)
def test_imported_event_changes_figures_by_import(source: str, name: str) -> None:
    assert reason_of(told(source, name, by=IMPORT), is_amended=True) == "import"

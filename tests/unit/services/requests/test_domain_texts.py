"""What was said with a command stands in its event, word for word: the log is all that remains."""

from typing import Any

import pytest

from services.requests.letter import Resubmission
from services.requests.status import RequestStatus
from testbed.service_requests import (
    COMMANDS,
    REACHED,
    STANDARDS,
    SUBMISSION,
    agency,
    returned,
    submitted,
    supervisor,
)

MET = {"signed_by_authorised_head": True, "stamped": True, "accounts_named": True}


@pytest.mark.parametrize(
    ("status", "command", "told"),
    [
        ("submitted", "return", {"reason": "Kurang", "missing": ["other"]}),
        ("returned", "resume", {"reason": "Dilanjutkan"}),
        ("under_review", "approve", {"checklist": MET}),
        ("under_review", "reject", {"reason": "Ditolak"}),
        ("in_process", "complete", {"result": "Selesai"}),
        ("completed", "confirm", {"letter_number": "555/9", "letter_date": "2026-11-02"}),
        ("approved", "withdraw", {"reason": "Tidak jadi"}),
    ],
)
def test_given_text_stands_in_the_event(status: str, command: str, told: dict[str, Any]) -> None:
    request = REACHED[RequestStatus(status)]()

    COMMANDS[command](request, supervisor())

    (event,) = request.pending_events
    assert {name: getattr(event, name) for name in told} == told


def test_channel_of_receipt_is_known_for_ever() -> None:
    assert submitted(channel="post").channel == "post"


def test_an_account_of_the_office_may_be_named_later() -> None:
    """The domain is that of the standard under which the request was received."""
    created = returned(kind="account_creation", accounts=SUBMISSION.accounts)
    named = Resubmission(accounts=["baru@kalbarprov.go.id"])

    created.resubmit(named, agency(), standards=STANDARDS)

    assert created.accounts == ["baru@kalbarprov.go.id"]

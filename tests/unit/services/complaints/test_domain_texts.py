"""What was said with a command stands in its event, word for word: the log is all that remains."""

from typing import Any

import pytest

from services.complaints.status import ComplaintStatus
from testbed.complaints import COMMANDS, INTAKE, NUMBER, REACHED, act, received, resolved


@pytest.mark.parametrize(
    ("status", "command", "told"),
    [
        (
            "classified",
            "classify",
            {
                "category": "oversight",
                "category_before": "minor",
                "reason": "Perlu pemeriksaan",
            },
        ),
        ("classified", "assign", {"assignee": "reviewer-2"}),
        ("in_progress", "request-clarification", {"question": "?"}),
        ("waiting", "clarify", {"answer": "Surat 7"}),
        ("waiting", "resume", {"reason": "Tidak ada jawaban"}),
        ("in_progress", "respond", {"text": "Sedang kami periksa"}),
        ("in_progress", "resolve", {"answer": "Selesai"}),
        ("received", "reject", {"reason": "Tidak berdasar"}),
        (
            "received",
            "forward",
            {"to": "Inspektorat", "reference": "1", "reason": "Wewenang"},
        ),
        ("resolved", "reopen", {"reason": "Belum selesai"}),
        ("resolved", "close", {"by_itself": False}),
    ],
)
def test_given_text_stands_in_the_event(status: str, command: str, told: dict[str, Any]) -> None:
    complaint = REACHED[ComplaintStatus(status)]()

    COMMANDS[command](complaint, act())

    (event,) = complaint.pending_events
    assert {name: getattr(event, name) for name in told} == told


def test_registered_fields_stand_for_ever() -> None:
    complaint = received(channel="lapor", about_request="PRM-0000-0000-0", lapor_number="7/2026")

    assert complaint.number == NUMBER
    assert (complaint.channel, complaint.complainant) == ("lapor", "named")
    assert (complaint.subject, complaint.text) == (INTAKE.subject, INTAKE.text)
    assert complaint.about_request == "PRM-0000-0000-0"
    assert complaint.lapor_number == "7/2026"
    assert complaint.contact == {"name": "Budi", "phone": "+628120000000", "email": None}
    assert complaint.assignee is None


def test_a_rating_keeps_its_remark() -> None:
    complaint = resolved()

    complaint.rate(4, "Agak lama", act())

    (event,) = complaint.pending_events
    assert isinstance(event, complaint.Rated)
    assert (event.score, event.remark) == (4, "Agak lama")

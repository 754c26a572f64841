"""Complaints in every state, each helper named after the state it reaches.

They come on Monday 2 November 2026 at 09:00, so a minor one is due on Monday the 9th.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from services.complaints.domain import Complaint
from services.complaints.intake import Complainant, Intake
from services.complaints.status import ComplaintStatus
from shared.cases.case import SYSTEM, ActContext, Actor
from shared.cases.receipt import Contact
from shared.cases.void_reasons import OriginalCase
from shared.office_time import PONTIANAK
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar

CALENDAR = load_calendar()
STANDARDS = load_standards()

NUMBER = "ADU-0000-0000-0"
TWIN = OriginalCase("ADU-0000-0001-Y", "received")
MONDAY = "2026-11-02 09:00"
INTAKE = Intake(
    channel="whatsapp",
    complainant=Complainant.NAMED,
    contact=Contact(name="Budi", phone="+628120000000", email=None),
    subject="Surat belum dijawab",
    text="Sudah seminggu kami menunggu.",
    about_request=None,
    lapor_number=None,
    received_at=datetime(2026, 11, 2, 9, tzinfo=PONTIANAK),
)


def at(text: str) -> datetime:
    """`2026-11-02 09:00`, on the wall of the office."""
    return datetime.fromisoformat(text).replace(tzinfo=PONTIANAK)


def act(when: str = MONDAY, role: str = "supervisor") -> ActContext:
    """The context of a command by a person of that role at that time."""
    return ActContext(by=Actor(sub=f"{role}-1", role=role), at=at(when), calendar=CALENDAR)


def receive(by: ActContext, **changes: Any) -> Complaint:
    """The usual complaint, but for these changes."""
    intake = replace(INTAKE, **changes)
    return Complaint.receive(intake, by, number=NUMBER, standards=STANDARDS)


def received(**changes: Any) -> Complaint:
    return settled(receive(act(), **changes))


def classified(category: str = "minor") -> Complaint:
    return settled(classify(received(), category, MONDAY))


def in_progress(category: str = "minor") -> Complaint:
    complaint = classified(category)
    complaint.assign("reviewer-1", act())
    return settled(complaint)


def waiting(since: str = MONDAY) -> Complaint:
    complaint = in_progress()
    complaint.request_clarification("Surat yang mana?", act(since))
    return settled(complaint)


def resolved(when: str = MONDAY) -> Complaint:
    complaint = in_progress()
    complaint.resolve("Sudah kami jawab.", act(when))
    return settled(complaint)


def closed() -> Complaint:
    complaint = resolved()
    complaint.close(act())
    return settled(complaint)


def rejected() -> Complaint:
    complaint = in_progress()
    complaint.reject("Bukan layanan kami", act())
    return settled(complaint)


def forwarded() -> Complaint:
    complaint = in_progress()
    complaint.forward("Inspektorat", "INS/7", "Kewenangannya", act())
    return settled(complaint)


def voided() -> Complaint:
    complaint = received()
    complaint.void("spam", act())
    return settled(complaint)


def classify(complaint: Complaint, category: str, when: str, **opinion: Any) -> Complaint:
    complaint.classify(category, act(when), standards=STANDARDS, **opinion)
    return complaint


def settled(complaint: Complaint) -> Complaint:
    """As if it had just been loaded."""
    complaint.collect_events()
    return complaint


def said(complaint: Complaint) -> list[str]:
    """The names of the events that wait to be appended."""
    return [type(event).TOPIC.split(".")[1] for event in complaint.pending_events]  # type: ignore[attr-defined]


def reading(complaint: Complaint, on: str) -> dict[str, Any]:
    """What its clock says on that day."""
    return complaint.clock.reading(date.fromisoformat(on), CALENDAR).to_dict()


REACHED: Mapping[ComplaintStatus, Callable[[], Complaint]] = {
    ComplaintStatus.RECEIVED: received,
    ComplaintStatus.CLASSIFIED: classified,
    ComplaintStatus.IN_PROGRESS: in_progress,
    ComplaintStatus.WAITING: waiting,
    ComplaintStatus.RESOLVED: resolved,
    ComplaintStatus.CLOSED: closed,
    ComplaintStatus.REJECTED: rejected,
    ComplaintStatus.FORWARDED: forwarded,
    ComplaintStatus.VOIDED: voided,
}

COMMANDS: Mapping[str, Callable[[Complaint, ActContext], None]] = {
    "classify": lambda complaint, act: complaint.classify(
        "oversight", act, standards=STANDARDS, reason="Perlu pemeriksaan"
    ),
    "assign": lambda complaint, act: complaint.assign("reviewer-2", act),
    "request-clarification": lambda complaint, act: complaint.request_clarification("?", act),
    "clarify": lambda complaint, act: complaint.clarify("Surat 7", act),
    "resume": lambda complaint, act: complaint.resume("Tidak ada jawaban", act),
    "respond": lambda complaint, act: complaint.respond("Sedang kami periksa", act),
    "resolve": lambda complaint, act: complaint.resolve("Selesai", act),
    "reject": lambda complaint, act: complaint.reject("Tidak berdasar", act),
    "forward": lambda complaint, act: complaint.forward("Inspektorat", "1", "Wewenang", act),
    "reopen": lambda complaint, act: complaint.reopen("Belum selesai", act),
    "close": lambda complaint, act: complaint.close(act),
    "rate": lambda complaint, act: complaint.rate(5, None, act),
    "void": lambda complaint, act: complaint.void(
        "duplicate", act, of=TWIN, remark="Sudah tercatat"
    ),
}


def every_event() -> list[Complaint.Event]:
    """At least one event of every class, out of a few histories."""
    answered = classify(receive(act()), "minor", MONDAY)
    for command in ("assign", "request-clarification", "clarify", "respond", "resolve"):
        COMMANDS[command](answered, act())
    for command in ("reopen", "request-clarification", "resume", "resolve", "rate", "close"):
        COMMANDS[command](answered, act())
    answered.erase_personal_data(act())

    refused, elsewhere, mistaken = receive(act()), receive(act()), receive(act())
    COMMANDS["reject"](refused, act())
    COMMANDS["forward"](elsewhere, act())
    COMMANDS["void"](mistaken, act())

    friday = at("2025-08-15 09:00")  # before the 18th, a Monday, was made a day off
    before = CALENDAR.as_of(CALENDAR.version.replace("2025.2", "2025.1"))
    amended = receive(ActContext(SYSTEM, friday, before), received_at=friday)
    amended.change_due_date(ActContext(SYSTEM, friday, CALENDAR))

    histories = (answered, refused, elsewhere, amended, mistaken)
    return [each for history in histories for each in history.collect_events()]  # type: ignore[misc]

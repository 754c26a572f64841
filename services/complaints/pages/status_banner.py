"""The status banner on the page of a complaint: whose turn it is now, and until when.

It is one sentence in large type, which may end in a day, and further sentences below it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.complaints.domain import Complaint
from services.complaints.pages.words import WORDS as RECEIPT_WORDS
from services.complaints.status import ComplaintStatus, last_day_to_reopen
from shared.promise.reading import Reading
from shared.promise.working_days import Calendar
from shared.text import Text
from shared.web.language import Language, say
from shared.web.page import formatting
from shared.web.page.words import Words


@dataclass(frozen=True, slots=True)
class StatusBanner:
    """`lead` is the sentence up to `day`, if there is a day."""

    lead: str
    day: date | None
    more: tuple[str, ...]


def status_banner(
    complaint: Complaint, today: date, calendar: Calendar, language: Language
) -> StatusBanner:
    """The banner of the complaint as it stands on that day."""
    reading = complaint.clock.reading(today, calendar)
    key, day = _lead(complaint, reading, calendar)
    values = _values(reading, day, language)
    return StatusBanner(
        lead=say(WORDS[key], language),
        day=day,
        more=tuple(
            say(WORDS[more], language).format_map(values) for more in _more(complaint, reading)
        ),
    )


def _lead(complaint: Complaint, reading: Reading, calendar: Calendar) -> tuple[str, date | None]:
    match complaint.status:
        case ComplaintStatus.WAITING:
            return "yours_to_clarify", None
        case ComplaintStatus.RESOLVED:
            assert complaint.clock.stopped_at is not None, "what is resolved has stopped"
            return "yours_to_judge", last_day_to_reopen(complaint.clock.stopped_at, calendar)
        case (
            ComplaintStatus.CLOSED
            | ComplaintStatus.REJECTED
            | ComplaintStatus.FORWARDED
            | ComplaintStatus.VOIDED as status
        ):
            return str(status), None
        case _:
            key = "ours_overdue" if reading.state == "overdue" else "ours"
            return key, reading.due_on


def _more(complaint: Complaint, reading: Reading) -> list[str]:
    """The keys of the further sentences."""
    if complaint.status == ComplaintStatus.WAITING:
        more = ["promised_by"] if reading.state == "overdue" else ["clock_waits"]
    elif reading.state in ("on_time", "late"):
        more = [reading.state]
    elif reading.state in ("forwarded", "voided"):
        more = []
    else:
        more = ["days_used"]
    if reading.provisional and reading.state not in ("forwarded", "voided"):  # no due date is told
        more.append("provisional")
    if complaint.status == ComplaintStatus.RESOLVED:
        more.append("closes_by_itself")
    return more


def _values(reading: Reading, day: date | None, language: Language) -> Mapping[str, Any]:
    left = max(reading.days_left or 0, 0)
    return {
        "used": formatting.number(reading.days_used, language),
        "allowed": formatting.working_days(reading.days_allowed, language),
        "left": formatting.working_days(left, language),
        "due": formatting.day(reading.due_on, language) if reading.due_on else "",
        "reopen_by": formatting.day(day, language) if day else "",
    }


WORDS: Words = {
    "ours": Text(
        id="Saat ini pengaduan kami tangani. Kami akan menjawab paling lambat",
        en="We are dealing with it. We will answer no later than",
    ),
    "ours_overdue": Text(
        id="Saat ini pengaduan kami tangani, dan kami terlambat. Janji kami: menjawab paling "
        "lambat",
        en="We are dealing with it, and we are late. We promised to answer no later than",
    ),
    "yours_to_clarify": Text(
        id="Kami menunggu tanggapan Anda atas pertanyaan kami.",
        en="We are waiting for your answer to our question.",
    ),
    "yours_to_judge": Text(
        id="Kami sudah menjawab. Jika jawabannya belum memadai, buka kembali pengaduan ini paling "
        "lambat",
        en="We have answered. If the answer is not enough, reopen this complaint no later than",
    ),
    "closed": Text(id="Pengaduan ini sudah selesai.", en="This complaint is finished."),
    "rejected": Text(
        id="Pengaduan ini kami tolak; alasannya tercantum di bawah.",
        en="We have rejected this complaint; the reason is written below.",
    ),
    "forwarded": Text(
        id="Pengaduan ini kami teruskan kepada instansi yang berwenang; nama instansinya "
        "tercantum di bawah.",
        en="We have passed this complaint on to the office that it concerns; it is named below.",
    ),
    "voided": Text(
        id="Pengaduan ini kami batalkan karena salah catat; tidak ada lagi yang ditindaklanjuti.",
        en="This complaint was registered by mistake and is void; nothing more is done about it.",
    ),
    "days_used": Text(
        id="Sudah digunakan {used} dari {allowed}.", en="{used} of {allowed} used so far."
    ),
    "clock_waits": Text(
        id="Selama kami menunggu tanggapan Anda, jangka waktu kami berhenti. Sesudah Anda "
        "menjawab, kami masih memiliki {left}.",
        en="While we wait for you our clock stands still. Once you have answered we have {left} "
        "left.",
    ),
    "promised_by": Text(
        id="Batas waktu kami, {due}, sudah lewat; masa menunggu tidak mengubahnya.",
        en="Our due date, {due}, has passed; waiting doesn't change that.",
    ),
    "on_time": Text(
        id="Kami menjawab tepat waktu (batas waktu: {due}).",
        en="We answered on time (due date: {due}).",
    ),
    "late": Text(
        id="Kami menjawab terlambat (batas waktu: {due}).",
        en="We answered late (due date: {due}).",
    ),
    "closes_by_itself": Text(
        id="Jika tidak dibuka kembali sampai {reopen_by}, pengaduan ini ditutup otomatis.",
        en="If it is not reopened by {reopen_by}, this complaint is closed automatically.",
    ),
    "provisional": RECEIPT_WORDS["provisional"],
}

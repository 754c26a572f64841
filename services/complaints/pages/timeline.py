"""The timeline of a complaint for its complainant: when, by which side, what, and in which words.

It shows the messages between office and complainant. The office's reasons for a classification
or a resumption, and the assignee, are internal and left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.complaints.domain import Complaint
from services.complaints.public_api import OFFICE_WROTE
from shared.cases.web.responses import CaseHistory
from shared.promise.standard import Standard
from shared.text import Text
from shared.web.language import Language, say
from shared.web.page import formatting
from shared.web.page.words import Words

COMPLAINANT_WROTE = {  # in which field
    Complaint.Clarified: "answer",
    Complaint.Reopened: "reason",
    Complaint.Rated: "remark",
}
WROTE = {**OFFICE_WROTE, **COMPLAINANT_WROTE}


DECISIVE = (  # an interim answer is none of these
    Complaint.ClarificationRequested,
    Complaint.Resolved,
    Complaint.Rejected,
    Complaint.Forwarded,
)


@dataclass(frozen=True, slots=True)
class OfficeMessage:
    """The message that the complainant looks for first: an open question, or the answer."""

    wrote: str
    asks: bool


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One event: a sentence that says what was done, and the message written with it."""

    at: datetime
    what: str
    wrote: str | None
    by_office: bool


def timeline(history: CaseHistory, standard: Standard, language: Language) -> list[TimelineItem]:
    """All events, oldest first. `standard` is the one that holds for the complaint."""
    return [
        TimelineItem(
            at=event.timestamp,
            what=_what(event, recorded.topic.partition(".")[2], standard, language),
            wrote=getattr(event, WROTE[type(event)]) if type(event) in WROTE else None,
            by_office=type(event) in OFFICE_WROTE,
        )
        for recorded, event in history
    ]


def latest_message(history: CaseHistory) -> OfficeMessage | None:
    """The last message of the office that decides or asks something."""
    for _, event in reversed(history):
        if type(event) in DECISIVE:
            wrote = getattr(event, WROTE[type(event)])
            asks = isinstance(event, Complaint.ClarificationRequested)
            return OfficeMessage(wrote, asks) if wrote else None
        if isinstance(event, Complaint.Clarified | Complaint.Resumed | Complaint.Reopened):
            return None
    return None


def _what(event: Any, name: str, standard: Standard, language: Language) -> str:
    if name == "closed" and event.by_itself:
        name = "closed_by_itself"
    if name == "classified" and event.category_before is not None:
        name = "reclassified"
    if name == "forwarded" and event.to is None:
        name = "forwarded_and_erased"
    return say(WORDS[name], language).format_map(_values(event, standard, language))


def _values(event: Any, standard: Standard, language: Language) -> Mapping[str, str]:
    """The values that the event's sentence may name."""
    values: dict[str, str] = {}
    if isinstance(event, Complaint.Classified):
        category = standard.categories[event.category]
        values["category"] = say(category.name, language)
        values["days"] = formatting.working_days(category.days_allowed, language)
    if isinstance(event, Complaint.Created):
        channel = standard.channels[event.channel]
        values["channel"] = say(channel.name, language)
    if isinstance(event, Complaint.Forwarded):
        values["to"], values["reference"] = str(event.to), str(event.reference)
    if isinstance(event, Complaint.Rated):
        values["score"] = formatting.number(event.score, language)
    return values


WORDS: Words = {
    "received": Text(
        id="Pengaduan Anda kami terima ({channel}).", en="We received your complaint ({channel})."
    ),
    "classified": Text(
        id="Kami menetapkan kategorinya: {category}, dijawab dalam {days}.",
        en="We set its category: {category}, to be answered within {days}.",
    ),
    "reclassified": Text(
        id="Kami mengubah kategorinya menjadi: {category}, dijawab dalam {days} sejak diterima.",
        en="We changed its category to: {category}, to be answered within {days} of its receipt.",
    ),
    "assigned": Text(
        id="Pengaduan Anda sedang ditangani petugas.", en="An officer is handling it."
    ),
    "clarification_requested": Text(id="Kami bertanya kepada Anda:", en="We asked you:"),
    "clarified": Text(id="Anda menjawab:", en="You answered:"),
    "resumed": Text(
        id="Kami melanjutkan penanganan tanpa menunggu jawaban Anda.",
        en="We went on without waiting for your answer.",
    ),
    "responded": Text(id="Perkembangan dari kami:", en="We told you:"),
    "resolved": Text(id="Kami menjawab:", en="We answered:"),
    "rejected": Text(
        id="Kami menolak pengaduan ini, dengan alasan:", en="We rejected this complaint, because:"
    ),
    "forwarded": Text(
        id="Kami meneruskan pengaduan ini kepada {to}, dengan nomor rujukan {reference}:",
        en="We passed it on to {to}, under their reference {reference}:",
    ),
    "forwarded_and_erased": Text(
        id="Kami meneruskan pengaduan ini kepada instansi lain.",
        en="We passed it on to another office.",
    ),
    "reopened": Text(id="Anda membuka kembali pengaduan ini:", en="You reopened it:"),
    "closed": Text(id="Anda menyatakan pengaduan ini selesai.", en="You said that it is finished."),
    "closed_by_itself": Text(
        id="Pengaduan ini ditutup otomatis, sesudah 10 hari kerja tanpa tanggapan dari Anda.",
        en="It was closed automatically, after 10 working days without a word from you.",
    ),
    "voided": Text(
        id="Kami membatalkan pengaduan ini: keliru dicatat, atau sudah tercatat dengan nomor lain.",
        en="We declared it void: registered by mistake, or under another number already.",
    ),
    "rated": Text(id="Anda memberi kami nilai {score} dari 5.", en="You rated us {score} of 5."),
    "due_date_changed": Text(
        id="Kalender kerja berubah, sehingga batas waktunya berubah.",
        en="The calendar of working days changed, and the due date with it.",
    ),
    "personal_data_erased": Text(
        id="Data pribadi dan semua tulisan dalam pengaduan ini dihapus.",
        en="Personal data and all that was written in this complaint were erased.",
    ),
}

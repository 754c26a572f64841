"""The problems for the refusals of this service: which part of the body breaks which rule.

The rules stand in `domain.py`; only their words are here.
"""

from services.complaints import refusals
from shared.cases.receipt import Unreachable
from shared.cases.web.http import case_problem, invalid_at, unknown_code, unreachable
from shared.refusals import Refusals
from shared.text import Text
from shared.web.problems.log_errors import Refused
from shared.web.problems.problem import Problem, merged
from shared.web.problems.problem_kinds import FORBIDDEN, NOT_ALLOWED, ProblemKind

WOULD_BREACH = ProblemKind(
    "would-breach",
    409,
    Text(id="Batas waktunya akan terlampaui", en="The due date would have passed"),
    Text(
        id="Dengan kategori ini batas waktu pengaduan sudah lewat; `due_on` menyebut tanggalnya. "
        "Tidak ada yang disimpan.",
        en="With this category the due date has passed already; `due_on` says when. Nothing was "
        "stored.",
    ),
    Text(
        id="Pilih kategori lain, atau kirim lagi dengan `accept_breach: true`.",
        en="Choose another category, or send it again with `accept_breach: true`.",
    ),
)

KINDS = (WOULD_BREACH,)

RULES = {
    "request_number": Text(
        id="Bukan nomor permintaan yang benar; bandingkan dengan nomor pada tanda terimanya.",
        en="Not a request's number, or mistyped; compare it with the one on the receipt.",
    ),
}


def problem_of(refusal: Refused) -> Problem:
    """The problem for a refusal: its status, and its sentence in both languages."""
    match refusal:
        case Refusals(refusals=each):
            return merged(map(problem_of, each))
        case refusals.UnknownComplaintChannel(allowed=channels):
            return unknown_code("/channel", "known_channel", KNOWN_CHANNEL, channels)
        case refusals.UnknownCategory(allowed=categories):
            return unknown_code("/category", "known_category", KNOWN_CATEGORY, categories)
        case refusals.NoWayOfContact():
            return invalid_at("/complainant/contact", "way_of_contact", WAY_OF_CONTACT)
        case Unreachable():
            return unreachable(refusal, "/complainant/contact")
        case refusals.SameCategory():
            return invalid_at("/category", "another_category", ANOTHER_CATEGORY)
        case refusals.ReasonNeeded():
            return invalid_at("/reason", "required", REASON_NEEDED)
        case refusals.ScoreOutOfRange():
            return invalid_at("/score", "one_to_five", ONE_TO_FIVE)
        case refusals.WouldBreach(due_on=due_on):
            return Problem(WOULD_BREACH, due_on=due_on.isoformat())
        case refusals.ReopenedTooLate(status=status, allowed=allowed):
            return _no_longer(TOO_LATE_TO_REOPEN, status, allowed)
        case refusals.RatedAlready(status=status, allowed=allowed):
            return _no_longer(RATED_ALREADY, status, allowed)
        case refusals.NotAssignedToYou():
            return Problem(FORBIDDEN, detail=NOT_ASSIGNED_TO_YOU)
        case refusals.ForSupervisors():
            return Problem(FORBIDDEN, detail=FOR_SUPERVISORS)
        case _:
            return case_problem(refusal)


def _no_longer(detail: Text, status: str, allowed: tuple[str, ...]) -> Problem:
    """The problem for a command that an earlier event excludes, whatever the status."""
    return Problem(NOT_ALLOWED, detail=detail, status=status, allowed=list(allowed))


KNOWN_CHANNEL = Text(
    id="Saluran ini tidak ada dalam standar pelayanan (lihat /v1/standard, `channels`).",
    en="The service standard has no such channel (see /v1/standard, `channels`).",
)
WAY_OF_CONTACT = Text(
    id="Dengan nama atau rahasia memerlukan nomor telepon atau alamat email; tanpa keduanya, "
    "pilih tanpa nama (`anonymous`).",
    en="By name or confidential needs a telephone number or an e-mail address; without either, "
    "choose `anonymous`.",
)
KNOWN_CATEGORY = Text(
    id="Kategori ini tidak ada dalam standar pelayanan (lihat /v1/standard).",
    en="The service standard has no such category (see /v1/standard).",
)
ANOTHER_CATEGORY = Text(
    id="Pengaduan ini sudah berkategori demikian.",
    en="The complaint has this category already.",
)
REASON_NEEDED = Text(
    id="Mengubah kategori memerlukan alasan.",
    en="Another category needs a reason.",
)
ONE_TO_FIVE = Text(id="Harus 1 sampai 5.", en="Must be from 1 to 5.")
TOO_LATE_TO_REOPEN = Text(
    id="Pengaduan dapat dibuka kembali dalam 10 hari kerja setelah dijawab; waktu itu sudah lewat.",
    en="A complaint can be reopened within 10 working days of the answer; they are over.",
)
RATED_ALREADY = Text(
    id="Pengaduan ini sudah dinilai; penilaian hanya sekali.",
    en="This complaint was rated already; that is done once.",
)
NOT_ASSIGNED_TO_YOU = Text(
    id="Pengaduan ini tidak ditugaskan kepada Anda.",
    en="This complaint is not assigned to you.",
)
FOR_SUPERVISORS = Text(
    id="Mengubah kategori adalah wewenang supervisor.",
    en="Only a supervisor changes the category.",
)

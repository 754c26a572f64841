"""The problems for the refusals of this service: which part of the body breaks which rule.

The rules stand in `domain.py` and `letter.py`; only their words are here.
"""

from collections.abc import Sequence
from difflib import get_close_matches

from services.requests.refusals import (
    AccountNamedTwice,
    AccountOutsideDomain,
    ConfirmedBeforeReceipt,
    ConfirmedInFuture,
    ContradictsRequest,
    ForeignAgency,
    LetterAfterReceipt,
    MalformedLetterNumber,
    NoAccountNamed,
    NoAddress,
    RequirementsUnmet,
    SameLetter,
    UnknownAgency,
    UnknownKind,
    UnknownRequestChannel,
    UnknownScan,
)
from shared.cases.receipt import Unreachable
from shared.cases.web.http import (
    EMAIL_SHAPE,
    NOT_IN_FUTURE,
    case_problem,
    invalid_at,
    unknown_code,
    unreachable,
)
from shared.refusals import Refusals
from shared.text import Text
from shared.web.problems.log_errors import Refused
from shared.web.problems.problem import Problem, merged
from shared.web.problems.problem_kinds import FORBIDDEN, INVALID, ProblemKind
from shared.web.problems.validation import broken_rule

SAME_LETTER = ProblemKind(
    "same-letter",
    409,
    Text(id="Surat ini sudah tercatat", en="This letter is registered already"),
    Text(
        id="Surat yang sama (perangkat daerah, nomor, dan tanggalnya) sudah tercatat pada "
        "permintaan lain; `number` menyebut nomornya. Tidak ada yang disimpan.",
        en="The same letter (its agency, number and date) stands in another request; `number` "
        "says which. Nothing was stored.",
    ),
    Text(
        id="Lanjutkan permintaan itu. Bila surat ini memang meminta satu hal lagi, kirim lagi "
        "dengan `accept_duplicate: true`.",
        en="Go on with that request. If the letter really asks for one thing more, send it again "
        "with `accept_duplicate: true`.",
    ),
)

KINDS = (SAME_LETTER,)


def problem_of(refusal: Refused) -> Problem:
    """The problem for a refusal: its status, and its sentence in both languages."""
    match refusal:
        case Refusals(refusals=each):
            return merged(map(problem_of, each))
        case UnknownKind(allowed=kinds):
            return unknown_code("/kind", "known_kind", KNOWN_KIND, kinds)
        case UnknownRequestChannel(allowed=channels):
            return unknown_code("/channel", "known_channel", KNOWN_CHANNEL, channels)
        case UnknownAgency(agency=agency, allowed=agencies):
            return unknown_code(
                "/agency", "registered_agency", registered(agency, agencies), agencies
            )
        case Unreachable():
            return unreachable(refusal, "/contact")
        case ForeignAgency():
            foreign = broken_rule("/agency", "own_agency", OWN_AGENCY)
            return Problem(FORBIDDEN, detail=OWN_AGENCY, errors=[foreign])
        case RequirementsUnmet(items=items):
            unmet = [broken_rule(f"/checklist/{item}", "met", MET) for item in items]
            return Problem(INVALID, errors=unmet)
        case ContradictsRequest(items=items):
            found = [
                broken_rule(f"/checklist/{item}", "as_registered", AS_REGISTERED) for item in items
            ]
            return Problem(INVALID, errors=found)
        case _:
            return _problem_of_account(refusal)


def _problem_of_account(refusal: Refused) -> Problem:
    """The problem for a fault of the accounts."""
    match refusal:
        case NoAccountNamed():
            return invalid_at("/accounts", "at_least_one", AT_LEAST_ONE)
        case AccountOutsideDomain(index=index, mail_domain=mail_domain):
            rule = Text(
                id=f"Harus alamat di bawah {mail_domain}.",
                en=f"Must be an address under {mail_domain}.",
            )
            return invalid_at(f"/accounts/{index}", "own_mail_domain", rule)
        case NoAddress(index=index):
            return invalid_at(f"/accounts/{index}", "email", EMAIL_SHAPE)
        case AccountNamedTwice(index=index):
            return invalid_at(f"/accounts/{index}", "named_once", NAMED_ONCE)
        case _:
            return _problem_of_letter(refusal)


def _problem_of_letter(refusal: Refused) -> Problem:
    """The problem for a fault of a letter, the agency's or the office's own."""
    match refusal:
        case LetterAfterReceipt():
            return invalid_at("/letter/date", "not_after_receipt", NOT_AFTER_RECEIPT)
        case MalformedLetterNumber(place=place):
            return invalid_at(place, "letter_number", LETTER_NUMBER)
        case UnknownScan():
            return invalid_at("/letter/letter_id", "stored_scan", STORED_SCAN)
        case SameLetter(number=number):
            return Problem(SAME_LETTER, detail=_stands_in(number), number=number)
        case ConfirmedBeforeReceipt():
            return invalid_at("/letter_date", "not_before_receipt", NOT_BEFORE_RECEIPT)
        case ConfirmedInFuture():
            return invalid_at("/letter_date", "not_in_future", NOT_IN_FUTURE)
        case _:
            return case_problem(refusal)


def _stands_in(number: str) -> Text:
    return Text(
        id=f"Surat dengan nomor dan tanggal ini sudah tercatat pada permintaan {number}.",
        en=f"The letter of this number and date stands in request {number}.",
    )


def registered(agency: str, agencies: Sequence[str]) -> Text:
    """There are too many to list in a sentence: those that look most like what was given."""
    alike = get_close_matches(agency.upper(), agencies, ALIKE_MAX)
    if not alike:
        return REGISTERED_AGENCY
    meant = ", ".join(alike)
    return Text(
        id=f"{REGISTERED_AGENCY.id} Mungkin maksudnya: {meant}.",
        en=f"{REGISTERED_AGENCY.en} Perhaps meant: {meant}.",
    )


ALIKE_MAX = 3

KNOWN_KIND = Text(
    id="Jenis permintaan ini tidak ada dalam standar pelayanan (lihat /v1/standard, `kinds`).",
    en="The service standard has no such kind of request (see /v1/standard, `kinds`).",
)
KNOWN_CHANNEL = Text(
    id="Saluran ini tidak ada dalam standar pelayanan (lihat /v1/standard, `request_channels`).",
    en="The service standard has no such channel (see /v1/standard, `request_channels`).",
)
REGISTERED_AGENCY = Text(
    id="Tidak ada dalam daftar perangkat daerah. Kodenya tertulis pada `allowed`, namanya di "
    "/v1/agencies.",
    en="Not in the register of agencies. `allowed` has the codes, /v1/agencies the names.",
)
OWN_AGENCY = Text(
    id="Sebuah perangkat daerah mengajukan permintaan hanya untuk dirinya sendiri.",
    en="An agency makes requests for itself only.",
)
NOT_AFTER_RECEIPT = Text(
    id="Tanggal surat tidak boleh sesudah hari surat diterima.",
    en="The letter must not be dated after the day on which it came.",
)
LETTER_NUMBER = Text(
    id="Nomor surat terdiri atas 1 sampai 60 huruf, angka, spasi, dan / . - _ ( ).",
    en="The number of a letter has 1 to 60 letters, digits, spaces and / . - _ ( ).",
)
STORED_SCAN = Text(
    id="Tidak ada pindaian surat yang tersimpan dengan tanda ini.",
    en="No scan of a letter is stored under this id.",
)
NOT_BEFORE_RECEIPT = Text(
    id="Surat konfirmasi tidak boleh bertanggal sebelum permintaannya diterima.",
    en="The letter of confirmation must not be dated before the request came.",
)
AS_REGISTERED = Text(
    id="Permintaan ini tercatat tanpa hal itu: kembalikan agar dilengkapi, atau tolak.",
    en="The request was registered without it: return the request or reject it.",
)
AT_LEAST_ONE = Text(
    id="Jenis permintaan ini harus menyebut paling sedikit satu akun.",
    en="A request of this kind must name at least one account.",
)
NAMED_ONCE = Text(
    id="Akun ini sudah disebut.",
    en="This account was named already.",
)
MET = Text(
    id="Belum terpenuhi: kembalikan atau tolak permintaannya.",
    en="Not met: return the request or reject it.",
)

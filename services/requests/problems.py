"""What this service refuses, as problems: which part of the body breaks which rule.

The rules stand in `domain.py` and `letter.py`; only their words are here.
"""

from services.requests.refusals import (
    AccountNamedTwice,
    AccountOutsideDomain,
    ForeignAgency,
    LetterAfterReceipt,
    NoAccountNamed,
    RequirementsUnmet,
    UnknownAgency,
    UnknownChannel,
    UnknownKind,
)
from shared.promise.standard import Text
from shared.web.cases import breaks, case_problem
from shared.web.problem_catalogue import FORBIDDEN, INVALID
from shared.web.problems import Problem
from shared.web.refusals import Refused
from shared.web.validation import broken


def problem_of(refusal: Refused) -> Problem:
    """The one place where a refusal of this service becomes a status and a sentence."""
    match refusal:
        case UnknownKind():
            return breaks("/kind", "known_kind", KNOWN_KIND)
        case UnknownChannel():
            return breaks("/channel", "known_channel", KNOWN_CHANNEL)
        case UnknownAgency():
            return breaks("/agency", "registered_agency", REGISTERED_AGENCY)
        case ForeignAgency():
            found = broken("/agency", "own_agency", OWN_AGENCY)
            return Problem(FORBIDDEN, detail=OWN_AGENCY, errors=[found])
        case LetterAfterReceipt():
            return breaks("/letter/date", "not_after_receipt", NOT_AFTER_RECEIPT)
        case NoAccountNamed():
            return breaks("/accounts", "at_least_one", AT_LEAST_ONE)
        case AccountOutsideDomain(index=index, mail_domain=mail_domain):
            rule = Text(
                id=f"Harus alamat di bawah {mail_domain}.",
                en=f"Must be an address under {mail_domain}.",
            )
            return breaks(f"/accounts/{index}", "own_mail_domain", rule)
        case AccountNamedTwice(index=index):
            return breaks(f"/accounts/{index}", "named_once", NAMED_ONCE)
        case RequirementsUnmet(items=items):
            unmet = [broken(f"/checklist/{item}", "met", MET) for item in items]
            return Problem(INVALID, errors=unmet)
        case _:
            return case_problem(refusal)


KNOWN_KIND = Text(
    id="Jenis permintaan ini tidak ada dalam standar pelayanan (lihat /v1/standard, `kinds`).",
    en="The service standard has no such kind of request (see /v1/standard, `kinds`).",
)
KNOWN_CHANNEL = Text(
    id="Saluran ini tidak ada dalam standar pelayanan (lihat /v1/standard, `request_channels`).",
    en="The service standard has no such channel (see /v1/standard, `request_channels`).",
)
REGISTERED_AGENCY = Text(
    id="Tidak ada dalam daftar perangkat daerah.",
    en="Not in the register of agencies.",
)
OWN_AGENCY = Text(
    id="Sebuah perangkat daerah mengajukan permintaan hanya untuk dirinya sendiri.",
    en="An agency makes requests for itself only.",
)
NOT_AFTER_RECEIPT = Text(
    id="Tanggal surat tidak boleh sesudah hari surat diterima.",
    en="The letter must not be dated after the day on which it came.",
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

"""The rejection of a posted form: what is wrong with it, with which status and in which words."""

from collections.abc import Iterable, Mapping

from services.complaints.problems import problem_of
from shared.eventstore.errors import KeyReused, OutcomeUnknown
from shared.refusals import CaseFull, NotAllowed
from shared.text import Text
from shared.web.page.words import Words
from shared.web.problems.log_errors import Refused
from shared.web.problems.validation import BrokenRule

FormFields = Mapping[str, str]
Errors = Mapping[str, Text]

NO_FIELDS: FormFields = {}


class FormRejected(Exception):
    """Nothing was stored; the form is shown again with the typed values.

    `notice` concerns the whole form, `errors` concern its fields.
    """

    def __init__(
        self,
        status: int,
        notice: Text | None = None,
        *,
        errors: Errors | None = None,
        typed: FormFields = NO_FIELDS,
        headers: Mapping[str, str] | None = None,
        needs_new_key: bool = False,
    ) -> None:
        super().__init__(status)
        self.status = status
        self.notice = notice
        self.errors = errors or {}
        self.typed = typed
        self.headers = headers or {}
        self.needs_new_key = needs_new_key

    def with_typed(self, typed: FormFields) -> "FormRejected":
        """The same rejection with the typed values."""
        return FormRejected(
            self.status,
            self.notice,
            errors=self.errors,
            typed=typed or self.typed,
            headers=self.headers,
            needs_new_key=self.needs_new_key,
        )


class CrossSiteForm(FormRejected):
    """The page of another site posted the form, so its hidden values may come from that site.

    The idempotency key is replaced as well: with a known key the other site could repeat the post
    and get the receipt.
    """

    def __init__(self, typed: FormFields) -> None:
        super().__init__(403, FROM_ELSEWHERE, typed=typed, needs_new_key=True)


def by_field(broken: Iterable[BrokenRule]) -> Errors:
    """The errors by form field, in the order of the fields; the first error of each field."""
    errors: dict[str, Text] = {}
    for each in broken:
        place = str(each["pointer"]).rpartition("/")[2]
        errors.setdefault(FIELD_OF.get(place, place), WORDS.get(place, each["detail"]))
    return {name: errors[name] for name in IN_ORDER if name in errors}


def rejection_of(refusal: Refused) -> FormRejected:
    """A refusal of the use cases, in words for a person who fills in a form."""
    problem = problem_of(refusal)
    errors = by_field(problem.members.get("errors", ()))
    notice: Text | None
    match refusal:
        case CaseFull():
            notice = FULL
        case NotAllowed():
            notice = NOT_NOW
        case KeyReused():
            notice = SENT_BEFORE
        case OutcomeUnknown():
            notice = SEND_AGAIN
        case _:
            notice = None if errors else problem.detail
    return FormRejected(
        problem.kind.status,
        notice,
        errors=errors,
        headers={k: v for k, v in problem.headers.items() if k == "Retry-After"},
        needs_new_key=isinstance(refusal, KeyReused),
    )


COMPLAINT = ("subject", "text", "about_request", "lapor_number")
CONTACT = ("name", "phone", "email")
OF_ACTS = ("answer", "reason", "score", "remark")
IN_ORDER = (*COMPLAINT, "complainant", *CONTACT, *OF_ACTS)
FIELD_OF = {"kind": "complainant", "contact": "phone"}  # where pointer and field name differ

# These replace the words of the rules, which name codes that a form doesn't show.
WORDS: Words = {
    "kind": Text(id="Pilih salah satu.", en="Choose one."),
    "complainant": Text(id="Pilih salah satu.", en="Choose one."),
    "contact": Text(
        id="Isi nomor telepon atau alamat email, atau pilih “Tanpa nama”.",
        en="Fill in a telephone number or an e-mail address, or choose “Anonymous”.",
    ),
    "score": Text(id="Pilih angka 1 sampai 5.", en="Choose a number from 1 to 5."),
}

FROM_ELSEWHERE = Text(
    id="Formulir ini dikirim dari situs lain, sehingga belum kami terima. Periksa isinya; jika "
    "memang dari Anda, kirim sekali lagi dari halaman ini.",
    en="This form was sent from another site, so we have not taken it. Look at what it says; if it "
    "is yours, send it once more from this page.",
)
NOT_NOW = Text(
    id="Hal itu tidak dapat dilakukan pada status pengaduan ini sekarang. Riwayat pengaduan dan "
    "pilihan Anda tercantum di bawah.",
    en="That is not possible as this complaint stands now. Below you see what has happened and "
    "what you can do.",
)
FULL = Text(
    id="Riwayat pengaduan ini sudah terlalu panjang untuk dibuka kembali. Sampaikan hal yang "
    "baru sebagai pengaduan baru.",
    en="The history of this complaint is too long for it to be opened again. Please send anything "
    "new as a new complaint.",
)
SENT_BEFORE = Text(
    id="Formulir ini sudah pernah Anda kirim, dengan isi yang lain, dan sudah kami terima. Jika "
    "ini hal yang baru, kirim sekali lagi.",
    en="You have sent this form before, with other words, and we have received it. If this is "
    "something new, send it once more.",
)
SEND_AGAIN = Text(
    id="Sambungan kami terputus, sehingga kami belum mengetahui apakah ini tersimpan. Kirim sekali "
    "lagi: yang sudah tersimpan tidak akan tersimpan dua kali.",
    en="Our connection broke, so we don't know yet whether this was stored. Send it once more: "
    "what was stored isn't stored twice.",
)

"""The pages on which a complainant follows a complaint: read, answer, reopen, close, rate.

Number and secret come by POST, never in a URL, and are carried on as hidden fields. A wrong secret
and an unknown number get the same page. Next: `application.py`, whose use cases the API calls too.
"""

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.complaints.application import Complaints
from services.complaints.domain import Complaint
from services.complaints.pages import form_bodies
from services.complaints.pages.form_guard import FormGuard
from services.complaints.pages.form_rejected import (
    NO_FIELDS,
    OF_ACTS,
    CrossSiteForm,
    FormFields,
    FormRejected,
    rejection_of,
)
from services.complaints.pages.responder import PageResponder, credentials_of, in_language
from services.complaints.pages.sending import SendingPages
from services.complaints.pages.status_banner import status_banner
from services.complaints.pages.timeline import latest_message, timeline
from services.complaints.pages.words import WORDS
from services.complaints.public_api import COMPLAINANT, OWN_COMMANDS, OWN_STEPS
from services.complaints.tracking import TrackingSecrets
from shared.cases.web.complaint_form import COMPLAINT_PATHS
from shared.cases.web.http import Nothing
from shared.cases.web.responses import CaseHistory, case_days
from shared.cases.web.wall_calendar import COMPLAINANT_AWAITED, wall_calendar
from shared.eventstore.errors import AggregateNotFound, EventLogError
from shared.pasted_text import is_blank
from shared.promise.case_number import MalformedNumber, MistypedNumber, case_id, read_number
from shared.promise.standard import Standards
from shared.refusals import Refusal
from shared.text import Text
from shared.web.fields import Body
from shared.web.language import OTHER, Language, say
from shared.web.page.words import Words
from shared.web.security.security_log import note_refusal

BODIES: Mapping[str, Callable[[FormFields], Body]] = {
    "clarify": form_bodies.answer,
    "reopen": form_bodies.reason,
    "close": lambda _fields: Nothing(),
    "rate": form_bodies.rating,
}
"""What makes the body of a command from the fields of its form; by the name of the command."""

RECEIPT = "receipt"  # changes nothing: shows the receipt again


class FollowingPages:
    """A complaint as its complainant sees it, and the steps open to them."""

    def __init__(
        self,
        complaints: Complaints,
        secrets: TrackingSecrets,
        standards: Standards,
        site: PageResponder,
        guard: FormGuard,
        sending: SendingPages,
    ) -> None:
        self._complaints = complaints
        self._secrets = secrets
        self._standards = standards
        self._site = site
        self._guard = guard
        self._sending = sending

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        for language, paths in COMPLAINT_PATHS.items():
            router.add_api_route(paths.follow, in_language(language, self.ask))
            router.add_api_route(paths.follow, in_language(language, self.follow), methods=["POST"])
        return router

    async def ask(self, language: Language, _request: Request) -> HTMLResponse:
        """The form that asks for number and secret."""
        return self._credentials_form(language)

    async def follow(self, language: Language, request: Request) -> HTMLResponse:
        """Carry out the posted step, then show the complaint."""
        try:
            typed = await self._guard.check(request)
        except CrossSiteForm as rejected:
            return self._credentials_form(
                language, rejected, kept=self._step_with_credentials(rejected.typed)
            )
        except FormRejected as rejected:
            return self._credentials_form(language, rejected, kept=_step_fields(rejected.typed))
        try:
            number = self._checked_number(typed)
        except FormRejected as rejected:
            if rejected.notice is UNKNOWN:
                note_refusal(request.scope, "wrong_secret")
            return self._credentials_form(
                language, rejected.with_typed(typed), kept=_step_fields(typed)
            )
        failed = await self._carry_out(request, number, typed)
        return await self._complaint_page(language, number, typed, failed)

    def _step_with_credentials(self, typed: FormFields) -> FormFields:
        """The posted step, if it came with the right secret.

        Otherwise another site could choose the step, and its reader would carry it out by typing
        their own secret.
        """
        try:
            self._checked_number(typed)
        except FormRejected:
            return NO_FIELDS
        return _step_fields(typed)

    def _checked_number(self, typed: FormFields) -> str:
        """The number, if the secret is the one of its complaint. Raises FormRejected."""
        number, secret = typed.get("number", ""), typed.get("secret", "")
        given = {"number": number, "secret": secret}
        if missing := {name: REQUIRED for name, text in given.items() if is_blank(text)}:
            raise FormRejected(422, errors=missing)
        try:
            number = read_number(number, self._complaints.cases.prefix)
        except MistypedNumber:
            raise FormRejected(404, errors={"number": MISTYPED}) from None
        except MalformedNumber:
            raise FormRejected(404, errors={"number": NO_NUMBER}) from None
        if not self._secrets.fits(case_id(number), secret):
            raise FormRejected(404, UNKNOWN)
        return number

    async def _carry_out(
        self, request: Request, number: str, typed: FormFields
    ) -> FormRejected | None:
        """Carry out the posted step, if there is one; returns the rejection if it failed."""
        act = typed.get("act", "")
        if act in ("", RECEIPT):
            return None
        if act not in BODIES:
            return FormRejected(422, UNKNOWN_ACT, typed=typed)
        try:
            body = BODIES[act](typed)
            order = self._site.order(request, typed, body, of=f"{number}/{act}")
            decide = OWN_COMMANDS[act].decide
            await self._complaints.carry_out(order, number, decide, **dict(body))
        except FormRejected as wrong:
            return wrong.with_typed(typed)
        except (Refusal, EventLogError) as refusal:
            return rejection_of(refusal).with_typed(typed)
        return None

    async def _complaint_page(
        self,
        language: Language,
        number: str,
        typed: FormFields,
        rejected: FormRejected | None,
    ) -> HTMLResponse:
        """The complaint as it stands now; `rejected` says why the step was not carried out."""
        try:
            complaint, history = await self._complaints.cases.history(number, COMPLAINANT)
        except AggregateNotFound:
            return self._credentials_form(language, FormRejected(404, UNKNOWN, typed=typed))
        except EventLogError as unreadable:
            rejected = rejection_of(unreadable).with_typed(typed)
            return self._credentials_form(language, rejected, kept=_step_fields(typed))
        done = "" if rejected else typed.get("act", "")
        if done == RECEIPT:
            return self._sending.receipt(language, complaint, status=200)
        return self._page(language, complaint, history, done, rejected)

    def _page(
        self,
        language: Language,
        complaint: Complaint,
        history: CaseHistory,
        done: str,
        rejected: FormRejected | None,
    ) -> HTMLResponse:
        today, calendar = self._complaints.cases.today(), self._complaints.cases.calendar
        days = case_days(complaint, today, calendar)
        due_on = complaint.clock.reading(today, calendar).due_on
        return self._site.answer(
            "complaint.html",
            language,
            title=say(WORDS["complaint_title"], language).format(number=complaint.number),
            rejected=rejected,
            complaint=complaint,
            credentials=credentials_of(complaint, self._secrets),
            hidden=self._site.hidden(rejected),
            banner=status_banner(complaint, today, calendar, language),
            calendar=wall_calendar(
                days, language, due_on=due_on, today=today, awaited=COMPLAINANT_AWAITED
            ),
            latest_message=latest_message(history),
            timeline=timeline(history, self._standards.named(complaint.standard), language),
            allowed=[step for step in complaint.allowed if step in OWN_STEPS],
            done=say(DONE[done], language) if done in DONE else None,
        )

    def _credentials_form(
        self,
        language: Language,
        rejected: FormRejected | None = None,
        *,
        kept: FormFields = NO_FIELDS,
    ) -> HTMLResponse:
        """The form for number and secret. A step that is `kept` is posted along with them."""
        return self._site.answer(
            "follow.html",
            language,
            title=say(WORDS["follow_title"], language),
            other=COMPLAINT_PATHS[OTHER[language]].follow,
            rejected=rejected,
            kept=kept,
            hidden={**self._site.hidden(rejected), **kept},
        )


def _step_fields(typed: FormFields) -> FormFields:
    """The step that was asked for, and its text."""
    return {name: typed[name] for name in ("act", *OF_ACTS) if typed.get(name)}


DONE: Words = {
    "clarify": Text(
        id="Jawaban Anda kami terima. Saat ini pengaduan kami tangani.",
        en="We have received your answer. We are dealing with the complaint.",
    ),
    "reopen": Text(
        id="Pengaduan ini dibuka kembali. Saat ini pengaduan kami tangani.",
        en="This complaint is open again. We are dealing with it.",
    ),
    "close": Text(id="Anda menyatakan pengaduan ini selesai.", en="You said that it is finished."),
    "rate": Text(id="Penilaian Anda kami terima.", en="We have received your rating."),
}

REQUIRED = Text(id="Wajib diisi.", en="Required.")
MISTYPED = Text(
    id="Nomor ini salah ketik. Cocokkan dengan tanda terima, huruf demi huruf.",
    en="This number is mistyped. Compare it with the receipt, character by character.",
)
NO_NUMBER = Text(
    id="Ini bukan nomor pengaduan. Nomor pengaduan berbentuk ADU-XXXX-XXXX-X.",
    en="This is no number of a complaint. Those look like ADU-XXXX-XXXX-X.",
)
UNKNOWN = Text(
    id="Tidak ada pengaduan dengan nomor dan kode rahasia ini. Periksa keduanya pada tanda terima. "
    "Jika tanda terimanya hilang, hubungi kami melalui salah satu saluran pengaduan.",
    en="There is no complaint with this number and secret code. Compare both with your receipt. If "
    "you have lost it, reach us by one of the channels for complaints.",
)
UNKNOWN_ACT = Text(
    id="Permintaan itu tidak kami kenali. Gunakan tombol pada halaman ini.",
    en="We don't know what was asked for. Use the buttons of this page.",
)

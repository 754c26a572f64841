"""The pages that send a complaint: the form, empty or with the typed values, then the receipt.

Next: `application.py`, which receives it as it receives one from the API.
"""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.complaints.application import Complaints
from services.complaints.domain import Complaint
from services.complaints.pages import form_bodies
from services.complaints.pages.form_guard import FormGuard
from services.complaints.pages.form_rejected import FormFields, FormRejected, rejection_of
from services.complaints.pages.responder import PageResponder, credentials_of, in_language
from services.complaints.pages.words import WORDS
from services.complaints.tracking import TrackingSecrets
from shared.cases.web.complaint_form import COMPLAINT_PATHS
from shared.eventstore.errors import EventLogError
from shared.promise.standard import Standards
from shared.refusals import Refusal
from shared.web.language import OTHER, Language, say

FORM = "/pengaduan/formulir"  # scopes the idempotency keys in both languages: it is one form
SWITCH = "switch"  # the button that shows the typed values in the other language


class SendingPages:
    """The form and its receipt."""

    def __init__(
        self,
        complaints: Complaints,
        secrets: TrackingSecrets,
        standards: Standards,
        site: PageResponder,
        guard: FormGuard,
    ) -> None:
        self._complaints = complaints
        self._secrets = secrets
        self._standards = standards
        self._site = site
        self._guard = guard

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        for language, paths in COMPLAINT_PATHS.items():
            router.add_api_route(paths.form, in_language(language, self.form))
            router.add_api_route(paths.form, in_language(language, self.send), methods=["POST"])
        return router

    async def form(self, language: Language, _request: Request) -> HTMLResponse:
        """The empty form."""
        return self._form(language)

    async def send(self, language: Language, request: Request) -> HTMLResponse:
        """Receive a complaint. A rejected form is shown again with the typed values."""
        typed: FormFields = {}
        try:
            typed = await self._guard.check(request)
            if SWITCH in typed:
                raise FormRejected(200, typed=typed)
            body = form_bodies.complaint(typed)
            order = self._site.order(request, typed, body, of=FORM)
            answer = await self._complaints.receive(order, body.intake())
        except FormRejected as rejected:
            return self._form(language, rejected.with_typed(typed))
        except (Refusal, EventLogError) as refusal:
            return self._form(language, rejection_of(refusal).with_typed(typed))
        return self.receipt(language, answer.case, status=201)

    def receipt(self, language: Language, complaint: Complaint, *, status: int) -> HTMLResponse:
        """Number and secret. The holder of the secret may see it again, in either language."""
        today = self._complaints.cases.today()
        return self._site.answer(
            "receipt.html",
            language,
            title=say(WORDS["receipt_title"], language),
            status=status,
            credentials=credentials_of(complaint, self._secrets),
            hidden=self._site.hidden(),
            place=self._site.host,
            subject=complaint.subject,
            received_at=complaint.created_on,
            clock=complaint.clock.reading(today, self._complaints.cases.calendar),
        )

    def _form(self, language: Language, rejected: FormRejected | None = None) -> HTMLResponse:
        return self._site.answer(
            "form.html",
            language,
            title=say(WORDS["form_title"], language),
            other=COMPLAINT_PATHS[OTHER[language]].form,
            rejected=rejected,
            hidden=self._site.hidden(rejected),
            switch=SWITCH,
            standard=self._standards.in_force(self._complaints.cases.today()),
        )

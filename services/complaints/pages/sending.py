"""Sending a complaint: the form, empty or again with what was typed, and then the receipt.

Next: `application.py`, which receives it as it receives one from the API.
"""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.complaints.application import Complaints
from services.complaints.domain import Complaint
from services.complaints.pages import posted
from services.complaints.pages.again import ShownAgain, Typed, refused
from services.complaints.pages.door import Door
from services.complaints.pages.site import Site, held, in_language
from services.complaints.pages.words import WORDS
from services.complaints.tracking import TrackingSecrets
from shared.cases.web.complaint_form import COMPLAINT_PATHS
from shared.eventstore.errors import EventLogError
from shared.promise.standard import Standards
from shared.refusals import Refusal
from shared.web.language import OTHER, Language, say

FORM = "/pengaduan/formulir"  # in the keys of both languages: it is one form
SWITCH = "switch"  # the button that shows what was typed in the other language


class Sending:
    """The form and its receipt."""

    def __init__(
        self,
        complaints: Complaints,
        secrets: TrackingSecrets,
        standards: Standards,
        site: Site,
        door: Door,
    ) -> None:
        self._complaints = complaints
        self._secrets = secrets
        self._standards = standards
        self._site = site
        self._door = door

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
        """Take a complaint. Whatever is wrong with it, what was typed is shown again."""
        typed: Typed = {}
        try:
            typed = await self._door.enter(request)
            if SWITCH in typed:
                raise ShownAgain(200, typed=typed)
            body = posted.complaint(typed)
            order = self._site.order(request, typed, body, of=FORM)
            answer = await self._complaints.receive(order, body.intake())
        except ShownAgain as again:
            return self._form(language, again.after(typed))
        except (Refusal, EventLogError) as refusal:
            return self._form(language, refused(refusal).after(typed))
        return self.receipt(language, request, answer.case, status=201)

    def receipt(
        self, language: Language, request: Request, complaint: Complaint, *, status: int
    ) -> HTMLResponse:
        """Number and secret. Whoever holds the secret may see it again, in his language."""
        today = self._complaints.today()
        return self._site.answer(
            "receipt.html",
            language,
            title=say(WORDS["receipt_title"], language),
            status=status,
            held=held(complaint, self._secrets),
            hidden=self._site.hidden(),
            place=request.headers.get("host", ""),
            subject=complaint.subject,
            received_at=complaint.created_on,
            clock=complaint.clock.reading(today, self._complaints.calendar),
        )

    def _form(self, language: Language, again: ShownAgain | None = None) -> HTMLResponse:
        return self._site.answer(
            "form.html",
            language,
            title=say(WORDS["form_title"], language),
            other=COMPLAINT_PATHS[OTHER[language]].form,
            again=again,
            hidden=self._site.hidden(again),
            switch=SWITCH,
            standard=self._standards.in_force(self._complaints.today()),
        )

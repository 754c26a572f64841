"""Following one's own complaint: see how it stands, answer, reopen, close, rate.

Number and secret come by POST, never in an address, and go along as hidden fields. A wrong secret
and an unknown number get the same page. Next: `application.py`, by the same use cases as the API.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.complaints.application import Complaints
from services.complaints.bodies import AnswerBody, RatingBody
from services.complaints.domain import Complaint
from services.complaints.pages import posted
from services.complaints.pages.again import (
    NOTHING_TYPED,
    OF_ACTS,
    FromElsewhere,
    ShownAgain,
    Typed,
    refused,
)
from services.complaints.pages.door import Door
from services.complaints.pages.sending import Sending
from services.complaints.pages.site import Site, held, in_language
from services.complaints.pages.story import last_word, story
from services.complaints.pages.turn import turn
from services.complaints.pages.words import WORDS
from services.complaints.public_api import COMPLAINANT, OWN_STEPS
from services.complaints.tracking import TrackingSecrets
from shared.cases.use_cases import CommandContext
from shared.cases.web.complaint_form import COMPLAINT_PATHS
from shared.cases.web.http import Nothing, Reason
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

Act = Callable[[CommandContext, str, Any], Awaitable[object]]
RECEIPT = "receipt"  # no act: only the receipt once more


class Following:
    """A complaint as its complainant sees it, and what he may do."""

    def __init__(
        self,
        complaints: Complaints,
        secrets: TrackingSecrets,
        standards: Standards,
        site: Site,
        door: Door,
        sending: Sending,
    ) -> None:
        self._complaints = complaints
        self._secrets = secrets
        self._standards = standards
        self._site = site
        self._door = door
        self._sending = sending
        self._acts: Mapping[str, tuple[Callable[[Typed], Body], Act]] = {
            "clarify": (posted.answer, self._clarify),
            "reopen": (posted.reason, self._reopen),
            "close": (lambda _typed: Nothing(), self._close),
            "rate": (posted.rating, self._rate),
        }

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        for language, paths in COMPLAINT_PATHS.items():
            router.add_api_route(paths.follow, in_language(language, self.ask))
            router.add_api_route(paths.follow, in_language(language, self.follow), methods=["POST"])
        return router

    async def ask(self, language: Language, _request: Request) -> HTMLResponse:
        """Ask for number and secret."""
        return self._asked(language)

    async def follow(self, language: Language, request: Request) -> HTMLResponse:
        """Show the complaint, after what its holder wants done with it."""
        try:
            typed = await self._door.enter(request)
        except FromElsewhere as strangers:
            return self._asked(language, strangers, kept=self._of_holder(strangers.typed))
        except ShownAgain as away:
            return self._asked(language, away, kept=_of_act(away.typed))
        try:
            number = self._held(typed)
        except ShownAgain as unheld:
            return self._asked(language, unheld.after(typed), kept=_of_act(typed))
        again = await self._done(request, number, typed)
        return await self._shown(language, request, number, typed, again)

    def _of_holder(self, typed: Typed) -> Typed:
        """The act, if it came with the right secret.

        Else another site could write one, for its reader to carry out by giving his own secret.
        """
        try:
            self._held(typed)
        except ShownAgain:
            return NOTHING_TYPED
        return _of_act(typed)

    def _held(self, typed: Typed) -> str:
        """The number whose secret was given. Raises ShownAgain."""
        number, secret = typed.get("number", ""), typed.get("secret", "")
        given = {"number": number, "secret": secret}
        if missing := {name: REQUIRED for name, text in given.items() if is_blank(text)}:
            raise ShownAgain(422, errors=missing)
        try:
            number = read_number(number, Complaints.prefix)
        except MistypedNumber:
            raise ShownAgain(404, errors={"number": MISTYPED}) from None
        except MalformedNumber:
            raise ShownAgain(404, errors={"number": NO_NUMBER}) from None
        if not self._secrets.fits(case_id(number), secret):
            raise ShownAgain(404, UNKNOWN)
        return number

    async def _done(self, request: Request, number: str, typed: Typed) -> ShownAgain | None:
        """Do what is wanted, if anything; says what was wrong with it."""
        act = typed.get("act", "")
        if act in ("", RECEIPT):
            return None
        if act not in self._acts:
            return ShownAgain(422, UNKNOWN_ACT, typed=typed)
        read, carry_out = self._acts[act]
        try:
            body = read(typed)
            order = self._site.order(request, typed, body, of=f"{number}/{act}")
            await carry_out(order, number, body)
        except ShownAgain as wrong:
            return wrong.after(typed)
        except (Refusal, EventLogError) as refusal:
            return refused(refusal).after(typed)
        return None

    async def _shown(
        self,
        language: Language,
        request: Request,
        number: str,
        typed: Typed,
        again: ShownAgain | None,
    ) -> HTMLResponse:
        """The complaint as it stands now; `again` says why what was wanted is not done."""
        try:
            complaint, history = await self._complaints.history(number, COMPLAINANT)
        except AggregateNotFound:
            return self._asked(language, ShownAgain(404, UNKNOWN, typed=typed))
        except EventLogError as unreadable:
            return self._asked(language, refused(unreadable).after(typed), kept=_of_act(typed))
        done = "" if again else typed.get("act", "")
        if done == RECEIPT:
            return self._sending.receipt(language, request, complaint, status=200)
        return self._page(language, complaint, history, done, again)

    def _page(
        self,
        language: Language,
        complaint: Complaint,
        history: CaseHistory,
        done: str,
        again: ShownAgain | None,
    ) -> HTMLResponse:
        today, calendar = self._complaints.today(), self._complaints.calendar
        days = case_days(complaint, today, calendar)
        due_on = complaint.clock.reading(today, calendar).due_on
        return self._site.answer(
            "complaint.html",
            language,
            title=say(WORDS["complaint_title"], language).format(number=complaint.number),
            again=again,
            complaint=complaint,
            held=held(complaint, self._secrets),
            hidden=self._site.hidden(again),
            turn=turn(complaint, today, calendar, language),
            calendar=wall_calendar(
                days, language, due_on=due_on, today=today, awaited=COMPLAINANT_AWAITED
            ),
            last_word=last_word(history),
            story=story(history, self._standards.named(complaint.standard), language),
            allowed=[step for step in complaint.allowed if step in OWN_STEPS],
            done=say(DONE[done], language) if done in DONE else None,
        )

    def _asked(
        self, language: Language, again: ShownAgain | None = None, *, kept: Typed = NOTHING_TYPED
    ) -> HTMLResponse:
        """Number and secret, please. An act that is `kept` is sent along, and so done then."""
        return self._site.answer(
            "follow.html",
            language,
            title=say(WORDS["follow_title"], language),
            other=COMPLAINT_PATHS[OTHER[language]].follow,
            again=again,
            kept=kept,
            hidden={**self._site.hidden(again), **kept},
        )

    # What may be done, with the bodies of the API.

    async def _clarify(self, order: CommandContext, number: str, body: AnswerBody) -> None:
        await self._complaints.clarify(order, number, body.answer)

    async def _reopen(self, order: CommandContext, number: str, body: Reason) -> None:
        await self._complaints.reopen(order, number, body.reason)

    async def _close(self, order: CommandContext, number: str, _body: Nothing) -> None:
        await self._complaints.close(order, number)

    async def _rate(self, order: CommandContext, number: str, body: RatingBody) -> None:
        await self._complaints.rate(order, number, body.score, body.remark)


def _of_act(typed: Typed) -> Typed:
    """What somebody wanted done, in his words."""
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

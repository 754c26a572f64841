"""The checks that every posted form passes: it is readable, comes from our pages, keeps the rate.

They run in this order, so that a rejected form is shown again with all that could be read.
"""

from collections.abc import Collection

from fastapi import Request

from services.complaints.pages.form_bodies import read_form
from services.complaints.pages.form_rejected import (
    CrossSiteForm,
    FormFields,
    FormRejected,
    rejection_of,
)
from services.complaints.pages.same_site import is_ours
from services.complaints.rate_limit.public_limit import PublicLimit
from services.complaints.rate_limit.rates import Rates
from shared.cases.web.complaint_form import TRAP
from shared.eventstore.errors import LogUnavailable
from shared.text import Text
from shared.web.security.security_log import note_refusal


class FormGuard:
    """`origins` are the origins of our pages elsewhere."""

    def __init__(self, limit: PublicLimit, rates: Rates, *, origins: Collection[str]) -> None:
        self._limit = limit
        self._rates = rates
        self._origins = origins

    async def check(self, request: Request) -> FormFields:
        """The typed values. Raises FormRejected."""
        typed = await read_form(request)
        if not is_ours(request.headers, origins=self._origins):
            note_refusal(request.scope, "another_site")
            raise CrossSiteForm(typed)
        try:
            seconds = await self._limit.wait_seconds(request, self._rates)
        except LogUnavailable as error:
            raise rejection_of(error).with_typed(typed) from error
        if seconds:
            retry = {"Retry-After": str(seconds)}
            raise FormRejected(429, _too_often(seconds), typed=typed, headers=retry)
        if typed.get(TRAP):
            note_refusal(request.scope, "filled_by_a_program")
            raise FormRejected(422, FILLED_BY_A_PROGRAM, typed=typed)
        return typed


def _too_often(seconds: int) -> Text:
    return Text(
        id=f"Terlalu banyak formulir dikirim dari jaringan Anda dalam waktu singkat. Tulisan Anda "
        f"tidak hilang: tunggu {seconds} detik, lalu kirim lagi.",
        en=f"Too much was sent from your network in a short time. Nothing is lost yet: wait for "
        f"{seconds} seconds, then send it again.",
    )


FILLED_BY_A_PROGRAM = Text(
    id="Kolom yang tidak terlihat ikut terisi, seperti oleh sebuah program, sehingga belum kami "
    "terima. Kolom itu sudah kami kosongkan: jika Anda bukan program, kirim sekali lagi.",
    en="A field that people don't see was filled in, as by a program, so we have not taken it. We "
    "have emptied it: if you are no program, send it once more.",
)

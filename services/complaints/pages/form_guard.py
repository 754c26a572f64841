"""The checks that every posted form passes: it is readable, comes from our pages, keeps the rate.

They run in this order, so that a rejected form is shown again with all that could be read.
"""

from collections.abc import Collection

from fastapi import Request

from services.complaints.pages.form_bodies import read_form
from services.complaints.pages.form_rejected import CrossSiteForm, FormFields, FormRejected
from services.complaints.pages.rate_limit import RateLimit, client_address
from services.complaints.pages.same_site import is_ours
from shared.cases.web.complaint_form import TRAP
from shared.text import Text
from shared.web.security.security_log import note_refusal


class FormGuard:
    """`origins` are the origins of our pages elsewhere, `proxies` the number of our own proxies."""

    def __init__(self, limit: RateLimit, *, origins: Collection[str], proxies: int) -> None:
        self._limit = limit
        self._origins = origins
        self._proxies = proxies

    async def check(self, request: Request) -> FormFields:
        """The typed values. Raises FormRejected."""
        typed = await read_form(request)
        if not is_ours(request.headers, origins=self._origins):
            note_refusal(request.scope, "another_site")
            raise CrossSiteForm(typed)
        if seconds := self._limit.wait_seconds(self._address(request)):
            retry = {"Retry-After": str(seconds)}
            raise FormRejected(429, _too_often(seconds), typed=typed, headers=retry)
        if typed.get(TRAP):
            note_refusal(request.scope, "filled_by_a_program")
            raise FormRejected(422, FILLED_BY_A_PROGRAM, typed=typed)
        return typed

    def _address(self, request: Request) -> str:
        peer = request.client.host if request.client else ""
        forwarded_for = ",".join(request.headers.getlist("x-forwarded-for"))
        return client_address(peer, forwarded_for, self._proxies)


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

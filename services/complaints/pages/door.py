"""What every posted form passes: it can be read, it is from our pages, and not too often.

In this order, so that whatever could be read is shown again, whoever is turned away.
"""

from collections.abc import Collection

from fastapi import Request

from services.complaints.pages.again import FromElsewhere, ShownAgain, Typed
from services.complaints.pages.limits import Limit, client_address
from services.complaints.pages.posted import typed_in
from services.complaints.pages.same_site import is_ours
from shared.cases.web.complaint_form import TRAP
from shared.text import Text


class Door:
    """`origins` are those of our pages elsewhere; `proxies` of our own stand before this."""

    def __init__(self, limit: Limit, *, origins: Collection[str], proxies: int) -> None:
        self._limit = limit
        self._origins = origins
        self._proxies = proxies

    async def enter(self, request: Request) -> Typed:
        """What was typed. Raises ShownAgain."""
        typed = await typed_in(request)
        if not is_ours(request.headers, origins=self._origins):
            raise FromElsewhere(typed)
        if seconds := self._limit.wait_seconds(self._address(request)):
            retry = {"Retry-After": str(seconds)}
            raise ShownAgain(429, _too_often(seconds), typed=typed, headers=retry)
        if typed.get(TRAP):
            raise ShownAgain(422, FILLED_BY_A_PROGRAM, typed=typed)
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

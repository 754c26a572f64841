"""A form is taken from our own pages only: another site may not make its readers post here.

What could it gain? On a complaint that is there, nothing: whoever acts on it must send its secret,
which no other site knows, and no cookie goes along. But a stranger's page could let its readers'
browsers complain without their knowing, each from another address. So:

- Sec-Fetch-Site is what the browser itself says, and no script can change it: `same-origin`, or
  `none` where a person started it, is ours.
- The empty form stands on the projections' page, which may be another origin. Such a post says
  Origin, which must be the one that we were told (that page's referrer policy lets it be said).
- Our own pages say Referrer-Policy: no-referrer, and then browsers write `Origin: null`. One that
  sends no Sec-Fetch-Site either (an old one, or plain http) is believed if the form carries our
  proof: a time and an HMAC over it. Another site can fetch a proof as well, but for itself; it
  can't do so with its readers' browsers.
- Neither header at all: no browser sent this, so nobody's browser was misled.

What is refused is not lost: the form is shown again with all that was typed, by us, and with a
proof, so that a person may look at it and send it.
"""

import hmac
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

PROOF_SECONDS_MAX = 86_400  # a form that was left open over night may still be sent
OURS = ("same-origin", "none")


class Proofs:
    """Says that we have shown a form, and lately."""

    def __init__(self, master_key: bytes, now: Callable[[], datetime]) -> None:
        self._key = hmac.digest(master_key, b"janji proofs of forms", "sha256")
        self._now = now

    def new(self) -> str:
        return self._signed(str(int(self._now().timestamp())))

    def holds(self, proof: str) -> bool:
        shown, _, _ = proof.partition(".")
        if not hmac.compare_digest(self._signed(shown).encode(), proof.encode()):
            return False
        return self._now().timestamp() - int(shown) <= PROOF_SECONDS_MAX

    def _signed(self, shown: str) -> str:
        return f"{shown}.{hmac.digest(self._key, shown.encode(), 'sha256').hex()}"


def is_ours(headers: Mapping[str, str], *, origins: Collection[str], has_proof: bool) -> bool:
    """Whether a post comes from a page of ours; `origins` are those beside the service's own."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site in OURS or origin in origins:
        return True
    if site is not None:
        return False
    if origin == "null":
        return has_proof
    return origin is None or origin.partition("://")[2] == headers.get("host")

"""A form is taken from our own pages only: another site may not make its readers post here.

What could it gain? On a complaint that is there, nothing: whoever acts on it must send its secret,
which no other site knows, and no cookie goes along. But a stranger's page could let its readers'
browsers complain without their knowing, each from another address. So:

- Sec-Fetch-Site is what the browser itself says, and no script can change it: `same-origin`, or
  `none` where a person started it, is ours.
- The empty form stands on the projections' page, which may be another origin. Such a post says
  Origin, which must be the one that we were told (that page's referrer policy lets it be said).
- A browser that sends no Sec-Fetch-Site (an old one, or any over plain http) says in Origin
  whether the page was ours: our pages' policy is `same-origin`, under which it says so to us and
  to nobody else. Under `no-referrer` it would say `null`, as pages do that hide where they are:
  so `null` is never ours.
- Neither header at all: no browser sent this, so nobody's browser was misled.

What is refused is not lost: the form is shown again with all that was typed, by us, so that a
person may look at it and send it.
"""

from collections.abc import Collection, Mapping

OURS = ("same-origin", "none")


def is_ours(headers: Mapping[str, str], *, origins: Collection[str]) -> bool:
    """Whether a post comes from a page of ours; `origins` are those beside the service's own."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site in OURS or origin in origins:
        return True
    if site is not None:
        return False
    host = headers.get("host")
    return origin is None or origin in {f"https://{host}", f"http://{host}"}

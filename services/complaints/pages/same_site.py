"""Forms are accepted from our own pages only: another site must not make its readers post here.

Such a site gains nothing on an existing complaint: a step needs its secret, which no other site
knows, and no cookie is sent. But it could make its readers' browsers send complaints without their
knowledge, each from another address. Therefore:

- The browser itself sets Sec-Fetch-Site, and no script can change it. `same-origin`, and `none` for
  a post that a person started, are accepted.
- The empty form stands on the projections' page, which may have another origin. Its post carries
  Origin, which must be the configured one (that page's referrer policy allows it).
- A browser without Sec-Fetch-Site (an old one, or any over plain http) names the page's origin in
  Origin: our pages' policy is `same-origin`, under which the browser sends it to us only. Under
  `no-referrer` it would send `null`, like pages that hide their origin: `null` is never accepted.
- A post with neither header doesn't come from a browser, so it misuses no reader's browser.

A refused form is shown again with all typed values, so that a person can check and send it.
"""

from collections.abc import Collection, Mapping

OURS = ("same-origin", "none")


def is_ours(headers: Mapping[str, str], *, origins: Collection[str]) -> bool:
    """Whether a post comes from our pages; `origins` are those beside the service's own."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site in OURS or origin in origins:
        return True
    if site is not None:
        return False
    host = headers.get("host")
    return origin is None or origin in {f"https://{host}", f"http://{host}"}

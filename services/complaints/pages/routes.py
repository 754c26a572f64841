"""The complainant's pages put together: which parts they stand on, and their addresses."""

import time
from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter
from starlette.responses import RedirectResponse

from services.complaints.application import Complaints
from services.complaints.pages.door import Door
from services.complaints.pages.following import Following
from services.complaints.pages.limits import COMPLAINING, FOLLOWING, Limit, Rates
from services.complaints.pages.sending import Sending
from services.complaints.pages.site import Site, shell_of
from services.complaints.tracking import TrackingSecrets
from shared.cases.web.complaint_form import COMPLAINT_PATHS, origin_of
from shared.promise.standard import Standards
from shared.runtime.settings import PublicPages
from shared.web.commands import CommandKeys
from shared.web.page.shell import Shell


def pages(
    complaints: Complaints,
    secrets: TrackingSecrets,
    standards: Standards,
    given: PublicPages,
    *,
    master_key: bytes,
) -> tuple[Shell, Sequence[APIRouter]]:
    """Sending and following, each with a limit of its own; and their shell."""
    elsewhere = given.pages_public_url
    shell = shell_of(standards.in_force(complaints.today()), elsewhere or "")
    site = Site(shell, CommandKeys(master_key), pages_url=elsewhere or "")

    def door(rates: Rates) -> Door:
        limit = Limit(rates, time.monotonic)
        origins = {origin_of(elsewhere)} if elsewhere else set[str]()
        return Door(limit, origins=origins, proxies=given.proxies_in_front)

    sending = Sending(complaints, secrets, standards, site, door(COMPLAINING))
    following = Following(complaints, secrets, standards, site, door(FOLLOWING), sending)
    return shell, [sending.router(), following.router(), *([_to(elsewhere)] if elsewhere else [])]


def _to(pages_url: str) -> APIRouter:
    """Whoever shortens an address comes to the page on complaints, where that is elsewhere."""
    router = APIRouter(include_in_schema=False)

    def leading(path: str) -> Callable[[], Awaitable[RedirectResponse]]:
        async def endpoint() -> RedirectResponse:
            return RedirectResponse(pages_url + path)

        return endpoint

    for paths in COMPLAINT_PATHS.values():
        router.add_api_route(paths.channels, leading(paths.channels))
    return router

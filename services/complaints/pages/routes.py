"""The wiring of the complainant's pages, and their addresses."""

from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter
from starlette.responses import RedirectResponse

from services.complaints.application import Complaints
from services.complaints.pages.following import FollowingPages
from services.complaints.pages.form_guard import FormGuard
from services.complaints.pages.responder import PageResponder, shell_of
from services.complaints.pages.sending import SendingPages
from services.complaints.rate_limit.public_limit import PublicLimit
from services.complaints.rate_limit.rates import COMPLAINING, FOLLOWING, Rates
from services.complaints.tracking import TrackingSecrets
from shared.cases.web.complaint_form import COMPLAINT_PATHS, origin_of
from shared.promise.standard import Standards
from shared.runtime.settings import WebSettings
from shared.web.commands import CommandKeys
from shared.web.page.shell import Shell


def pages(
    complaints: Complaints,
    secrets: TrackingSecrets,
    standards: Standards,
    given: WebSettings,
    limit: PublicLimit,
    command_keys: CommandKeys,
) -> tuple[Shell, Sequence[APIRouter]]:
    """The routers of sending and following, each with its own rates, and their shell."""
    elsewhere = given.pages_public_url
    shell = shell_of(standards.in_force(complaints.cases.today()), elsewhere or "")
    site = PageResponder(
        shell, command_keys, pages_url=elsewhere or "", own_url=given.complaints_public_url or ""
    )

    def guard(rates: Rates) -> FormGuard:
        origins = {origin_of(elsewhere)} if elsewhere else set[str]()
        return FormGuard(limit, rates, origins=origins)

    sending = SendingPages(complaints, secrets, standards, site, guard(COMPLAINING))
    following = FollowingPages(complaints, secrets, standards, site, guard(FOLLOWING), sending)
    return shell, [sending.router(), following.router(), *([_to(elsewhere)] if elsewhere else [])]


def _to(pages_url: str) -> APIRouter:
    """Redirects the page on complaints to the other host, for readers who shorten the address."""
    router = APIRouter(include_in_schema=False)

    def leading(path: str) -> Callable[[], Awaitable[RedirectResponse]]:
        async def endpoint() -> RedirectResponse:
            return RedirectResponse(pages_url + path)

        return endpoint

    for paths in COMPLAINT_PATHS.values():
        router.add_api_route(paths.channels, leading(paths.channels))
    return router

"""The HTTP app of a service: its own routes, and the routes and middleware that all have in common.

Next: a command goes through `services/*/api.py` to the use case of the same name.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response
from starlette.types import ASGIApp

from shared.text import Text
from shared.web.admission import Admission
from shared.web.commands import CommandKeys
from shared.web.docs import docs
from shared.web.health import Health, health_router
from shared.web.identity.me import me_router
from shared.web.identity.roles import Role
from shared.web.identity.tokens import TokenSeen, Verifier, require
from shared.web.middleware import BodyLimit, ObservedApp, ResponseHeaders
from shared.web.openapi import describe
from shared.web.page.shell import Shell
from shared.web.problems.handlers import ServiceProblems, add_problem_handlers
from shared.web.problems.pages import problem_pages
from shared.web.problems.problem_kinds import CATALOGUE
from shared.web.security.public_hosts import HostCheck, MisnamedRefusal, PublicHosts
from shared.web.security.security_log import SecurityLog

OPERATORS: tuple[Role, ...] = ("intake", "reviewer", "supervisor", "auditor", "subscriber")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT = "max-age=31536000"  # of this name only: others may lie beside it
DEMONSTRATION = "Janji-Demonstration"
NO_PROBLEMS = ServiceProblems()
NO_PAGES: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
# FastAPI's own telemetry is off: middleware.py logs and counts.
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


def create_app(
    title: Text,
    routers: Sequence[APIRouter],
    *,
    shell: Shell,
    health: Health,
    verifier: Verifier,
    registry: CollectorRegistry,
    command_keys: CommandKeys | None = None,
    token_seen: TokenSeen | None = None,
    problems: ServiceProblems = NO_PROBLEMS,
    before: Callable[[ObservedApp], ASGIApp] = lambda app: app,
    demonstration: bool = False,
    proxies_in_front: int = 0,
    public_urls: Sequence[str | None] = (),
) -> ASGIApp:
    """The app of a service; one without commands needs no `command_keys` and no `token_seen`.

    Every page and response of a `demonstration` says that its data are invented. `before` may wrap
    the whole app; `ObservedApp.answered` counts the responses of the wrapper. The public must name
    the host of one of `public_urls`; the first is the service's own, None where it isn't known.
    """
    shell.mark_as_demonstration(demonstration)
    kinds = (*CATALOGUE, *problems.kinds)
    app = FastAPI(title=title.en, redirect_slashes=False, telemetry=NO_TELEMETRY, **NO_PAGES)
    app.state.verifier, app.state.shell = verifier, shell
    app.state.command_keys, app.state.token_seen = command_keys, token_seen
    _add(app, *routers, _metrics(registry), me_router(), health_router(health))
    _add(app, problem_pages(shell, kinds), shell.router())
    _add(app, docs(partial(describe, app, kinds), shell))
    add_problem_handlers(app, problems)
    headers = _headers(shell.form_targets, demonstration=demonstration, proxies=proxies_in_front)
    admitted = MisnamedRefusal(Admission(BodyLimit(app), app, registry), app)
    security = SecurityLog(registry, proxies=proxies_in_front)
    observed = ObservedApp(ResponseHeaders(admitted, headers), registry, security)
    return HostCheck(before(observed), observed, PublicHosts(public_urls))


def _add(app: FastAPI, *routers: APIRouter) -> None:
    """Add the routes flat: FastAPI would match those of an included router twice."""
    for router in routers:
        app.router.routes.extend(router.routes)


def _metrics(registry: CollectorRegistry) -> APIRouter:
    router = APIRouter(tags=["service"])

    @router.get("/metrics", summary="Metrics", dependencies=[Depends(require(*OPERATORS))])
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _headers(form_targets: Sequence[str], *, demonstration: bool, proxies: int) -> dict[str, str]:
    """The headers of every response. Our own proxies encrypt: browsers shall insist on it."""
    invented = {DEMONSTRATION: "true"} if demonstration else {}
    encrypted = {"Strict-Transport-Security": STRICT_TRANSPORT} if proxies else {}
    return {
        **HEADERS,
        **invented,
        **encrypted,
        "Content-Security-Policy": content_security_policy(form_targets),
    }


def content_security_policy(form_targets: Sequence[str]) -> str:
    """No script and nothing from other origins; forms post to this origin and to `form_targets`."""
    targets = " ".join(("'self'", *form_targets))
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )

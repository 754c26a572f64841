"""The HTTP surface of a service: its own routes, and what all services have in common.

Next: a command's way goes through `services/*/api.py` to the use case of its name.
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
from shared.web.commands import CommandKeys
from shared.web.docs import docs
from shared.web.health import Health, health_router
from shared.web.identity.me import me_router
from shared.web.identity.roles import Role
from shared.web.identity.tokens import TokenSeen, Verifier, require
from shared.web.middleware import AnswerHeaders, BodyLimit, Observed
from shared.web.openapi import describe
from shared.web.page.shell import Shell
from shared.web.problems.catalogue import CATALOGUE
from shared.web.problems.handlers import OwnProblems, answer_problems
from shared.web.problems.pages import problem_pages

OPERATORS: tuple[Role, ...] = ("intake", "reviewer", "supervisor", "auditor", "subscriber")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
DEMONSTRATION = "Janji-Demonstration"
NO_PAGES: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
# Ours is in middleware.py.
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
    problems: OwnProblems | None = None,
    before: Callable[[Observed], ASGIApp] = lambda app: app,
    demonstration: bool = False,
) -> ASGIApp:
    """The app of a service; one without commands needs no `command_keys` and no `token_seen`.

    Of a `demonstration` every page and every answer says that its data are invented. `before` may
    put something before all of it; what answers there is counted by `Observed.answered`.
    """
    problems = problems or OwnProblems()
    shell.is_demonstration(demonstration)
    kinds = (*CATALOGUE, *problems.kinds)
    app = FastAPI(title=title.en, redirect_slashes=False, telemetry=NO_TELEMETRY, **NO_PAGES)
    app.state.verifier = verifier
    app.state.command_keys = command_keys
    app.state.token_seen = token_seen
    app.state.shell = shell
    _add(app, *routers, _metrics(registry), me_router(), health_router(health))
    described = partial(describe, app, kinds)
    _add(app, problem_pages(shell, kinds), shell.router(), docs(described, shell))
    answer_problems(app, problems)
    invented = {DEMONSTRATION: "true"} if demonstration else {}
    headers = {**HEADERS, **invented, "Content-Security-Policy": policy(shell.form_targets)}
    return before(Observed(AnswerHeaders(BodyLimit(app), headers), registry))


def _add(app: FastAPI, *routers: APIRouter) -> None:
    """Flat: FastAPI matches an included router's routes twice, a third of a request's time."""
    for router in routers:
        app.router.routes.extend(router.routes)


def _metrics(registry: CollectorRegistry) -> APIRouter:
    router = APIRouter(tags=["service"])

    @router.get("/metrics", summary="Metrics", dependencies=[Depends(require(*OPERATORS))])
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def policy(form_targets: Sequence[str]) -> str:
    """No script, nothing from elsewhere; forms go to ourselves and to the named targets."""
    targets = " ".join(("'self'", *form_targets))
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )

"""The HTTP surface of a service: its own routes, and what all services have in common.

Next: a command's way goes through `services/*/api.py` to the use case of its name.
"""

from collections.abc import Sequence

import msgspec
from fastapi import APIRouter, Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response
from starlette.types import ASGIApp

from shared.promise.standard import Standard, Text, as_json
from shared.web.auth import Verifier, require
from shared.web.commands import CommandKeys
from shared.web.docs import docs
from shared.web.health import Health, health_router
from shared.web.middleware import AnswerHeaders, BodyLimit, Observed
from shared.web.openapi import describe
from shared.web.page.shell import Shell
from shared.web.problem_catalogue import CATALOGUE, Kind
from shared.web.problem_pages import problem_pages
from shared.web.problems import ProblemOf, answer_problems
from shared.web.refusals import common_problem
from shared.web.roles import Role
from shared.web.validation import Rules

OPERATORS: tuple[Role, ...] = ("intake", "reviewer", "supervisor", "auditor", "subscriber")
# Ours is in middleware.py.
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


def create_app(
    *,
    title: Text,
    routers: Sequence[APIRouter],
    standard: Standard,
    health: Health,
    verifier: Verifier,
    command_keys: CommandKeys | None = None,
    registry: CollectorRegistry,
    shell: Shell | None = None,
    problems: Sequence[Kind] = (),
    problem_of: ProblemOf = common_problem,
    rules: Rules | None = None,
    form_targets: Sequence[str] = (),
) -> ASGIApp:
    """`problems` are the service's own kinds, `problem_of` says which refusal is which of them,
    `rules` are its own validation rules; `form_targets` are other origins that its forms post to.
    """
    shell = shell or Shell(standard)
    kinds = (*CATALOGUE, *problems)
    app = FastAPI(
        title=title.en,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    app.state.verifier = verifier
    app.state.command_keys = command_keys
    app.state.shell = shell
    _add(app, *routers, _common(standard, registry), health_router(health))
    _add(app, problem_pages(shell, kinds), shell.router(), docs(describe(app, kinds), shell))
    answer_problems(app, problem_of=problem_of, rules=rules or {})
    return Observed(AnswerHeaders(BodyLimit(app), security_headers(form_targets)), registry)


def _add(app: FastAPI, *routers: APIRouter) -> None:
    """Flat: FastAPI matches an included router's routes twice, a third of a request's time."""
    for router in routers:
        app.router.routes.extend(router.routes)


def _common(standard: Standard, registry: CollectorRegistry) -> APIRouter:
    router = APIRouter(tags=["service"])
    standard_json = msgspec.json.encode(as_json(standard))

    @router.get("/v1/standard", summary="The service standard that is in force")
    async def service_standard() -> Response:
        return Response(standard_json, media_type="application/json")

    @router.get("/metrics", summary="Metrics", dependencies=[Depends(require(*OPERATORS))])
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def security_headers(form_targets: Sequence[str]) -> dict[str, str]:
    """No script, nothing from elsewhere; forms go to ourselves and to the named targets."""
    targets = " ".join(("'self'", *form_targets))
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }

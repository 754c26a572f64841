"""The HTTP surface of a service: its own routes and what all services have in common."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from fastapi import APIRouter, Depends, FastAPI
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response
from starlette.types import ASGIApp

from shared.promise.standard import Text
from shared.web.auth import Verifier, require
from shared.web.commands import CommandKeys
from shared.web.health import Health, health_router
from shared.web.middleware import AnswerHeaders, BodyLimit, Observed
from shared.web.problem_catalogue import CATALOGUE, Kind
from shared.web.problems import ProblemOf, answer_problems
from shared.web.refusals import common_problem
from shared.web.roles import Role
from shared.web.validation import Rules

OPERATORS: tuple[Role, ...] = ("intake", "reviewer", "supervisor", "auditor", "subscriber")


def create_app(
    *,
    health: Health,
    title: Text,
    routers: Sequence[APIRouter],
    verifier: Verifier,
    command_keys: CommandKeys | None = None,
    standard: Mapping[str, Any],
    registry: CollectorRegistry,
    problems: Sequence[Kind] = (),
    problem_of: ProblemOf = common_problem,
    rules: Rules | None = None,
    form_action: str = "'self'",
) -> ASGIApp:
    app = FastAPI(
        title=title.en,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.verifier = verifier
    app.state.command_keys = command_keys
    app.state.problems = (*CATALOGUE, *problems)
    for router in (*routers, health_router(health), _common(standard, registry)):
        app.router.routes.extend(router.routes)
    answer_problems(app, problem_of=problem_of, rules=rules or {})
    inner = BodyLimit(app)
    return Observed(AnswerHeaders(inner, security_headers(form_action)), registry)


def _common(standard: Mapping[str, Any], registry: CollectorRegistry) -> APIRouter:
    router = APIRouter(tags=["service"])
    standard_json = msgspec.json.encode(standard)

    @router.get("/v1/standard", summary="The service standard")
    async def service_standard() -> Response:
        return Response(standard_json, media_type="application/json")

    @router.get("/metrics", summary="Metrics", dependencies=[Depends(require(*OPERATORS))])
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def security_headers(form_action: str) -> Mapping[str, str]:
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        f"form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
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

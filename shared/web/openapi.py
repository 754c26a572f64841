"""The OpenAPI document of a service: FastAPI's own, completed with what all operations share."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from shared.web.commands import KEY_CHARACTERS_MAX
from shared.web.identity.tokens import ForRoles
from shared.web.problems.problem_kinds import ProblemKind

Document = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")

PROBLEM = {
    "title": "Problem",
    "type": "object",
    "description": "Problem details (RFC 9457), in Indonesian or English by Accept-Language.",
    "properties": {
        "type": {"type": "string", "description": "What happened, as a page: /problems/<slug>."},
        "title": {"type": "string"},
        "status": {
            "description": "The HTTP status; of `not-allowed` and `case-full` the case's.",
            "type": ["integer", "string"],
        },
        "detail": {"type": "string"},
        "mend": {"type": "string", "description": "What to do about it."},
        "trace_id": {"type": "string"},
        "allowed": {"type": "array", "items": {"type": "string"}},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "A JSON Pointer."},
                    "rule": {"type": "string"},
                    "detail": {"type": "string"},
                    "allowed": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "The codes to choose from, where there are such.",
                    },
                    "in": {"type": "string", "description": "query or path; left out: body."},
                },
                "required": ["pointer", "rule", "detail"],
            },
        },
    },
    "required": ["type", "title", "status"],
}

TOKEN = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

COMMAND_HEADERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same key with the same body gives the first answer again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": KEY_CHARACTERS_MAX},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag that the command stands on; 412 when the case has moved on.",
        "schema": {"type": "string"},
    },
}


def describe(app: FastAPI, kinds: Sequence[ProblemKind]) -> Document:
    document = get_openapi(
        title=app.title, version=app.version, description=_description(kinds), routes=app.routes
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for replaced in ("HTTPValidationError", "ValidationError"):
        schemas.pop(replaced, None)
    schemas["Problem"] = PROBLEM
    components["parameters"] = COMMAND_HEADERS
    components.setdefault("securitySchemes", {})["token"] = TOKEN
    for path, method, operation in operations(document):
        _complete(operation, is_command=method == "post" and path.startswith("/v1/"))
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                _secure(document["paths"][route.path_format][method.lower()], route)
    return document


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _secure(operation: Document, route: APIRoute) -> None:
    """Name the roles that a route requires, if it requires any."""
    calls: Iterator[object] = (dependency.call for dependency in _all_of(route.dependant))
    needed = {call.roles for call in calls if isinstance(call, ForRoles)}
    if needed:
        roles = sorted({role for each in needed for role in each})
        operation["security"] = [{"token": roles}]


def _all_of(dependant: Dependant) -> Iterator[Dependant]:
    for each in dependant.dependencies:
        yield each
        yield from _all_of(each)


def _complete(operation: Document, *, is_command: bool) -> None:
    operation["summary"] = operation["summary"].strip()  # of a function like `return_`
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = {
        "description": "Any other status is a problem",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    if is_command:
        operation.setdefault("parameters", []).extend(
            {"$ref": f"#/components/parameters/{name}"} for name in COMMAND_HEADERS
        )


def _description(kinds: Sequence[ProblemKind]) -> str:
    lines = (f"- [`{kind.slug}`]({kind.type}) ({kind.status}): {kind.title.en}" for kind in kinds)
    return "What can go wrong:\n\n" + "\n".join(lines)

"""`/docs`: the API as a page that needs no script and no internet, drawn from `/openapi.json`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from shared.web.openapi import Document, operations
from shared.web.page.shell import Page, Shell

Schema = Mapping[str, Any]
DEPTH_MAX = 5  # deeper than any body of ours; ends a recursive schema
BOUNDS = (
    ("minLength", "maxLength", "characters"),
    ("minItems", "maxItems", "items"),
    ("minimum", "maximum", ""),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a table: a parameter, or a field of a body with its depth."""

    name: str
    depth: int
    kind: str
    required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    summary: str
    description: str
    access: str
    parameters: Sequence[Field]
    body: Sequence[Field]
    answers: Mapping[str, str]


def docs(described: Callable[[], Document], shell: Shell) -> APIRouter:
    """The document and the page, which don't change while the service runs.

    Both are made on the first request, because making them takes longer than the rest of the start.
    """
    router = APIRouter(include_in_schema=False)
    document = cache(described)
    as_json = cache(lambda: msgspec.json.encode(document()))
    page = cache(lambda: _page(document(), shell))

    @router.get("/openapi.json")
    async def openapi() -> Response:
        return Response(as_json(), media_type="application/json")

    @router.get("/docs")
    async def docs_page() -> Response:
        return Response(page().body, headers=dict(page().headers))

    return router


def _page(document: Document, shell: Shell) -> Response:
    return shell.answer(
        "docs.html",
        Page("en", document["info"]["title"]),
        info=document["info"],
        command_headers=[
            _parameter(each) for each in document["components"]["parameters"].values()
        ],
        operations=[_operation(document, *each) for each in operations(document)],
    )


def _operation(document: Document, path: str, method: str, found: Document) -> Operation:
    body = found.get("requestBody", {}).get("content", {})
    schema: Schema = next(iter(body.values()))["schema"] if body else {}
    return Operation(
        method=method.upper(),
        path=path,
        summary=found.get("summary", ""),
        description=found.get("description", ""),
        access=_access(found),
        parameters=[_parameter(each) for each in found.get("parameters", ()) if "in" in each],
        body=list(_fields(document, schema)),
        answers={status: said["description"] for status, said in found["responses"].items()},
    )


def _access(found: Document) -> str:
    """The roles that may call it; empty for a public operation."""
    if "security" not in found:
        return ""
    ((scheme, roles),) = found["security"][0].items()
    return f"For {', '.join(roles)}." if roles else f"With the {scheme.replace('_', ' ')}."


def _parameter(found: Schema) -> Field:
    words = f"in the {found['in']}; {found.get('description', '')}".rstrip("; ")
    required = found.get("required", False)
    return Field(found["name"], 0, _kind({}, found["schema"]), required, words)


def _fields(document: Document, schema: Schema, depth: int = 0) -> Iterator[Field]:
    schema = _object(document, schema)
    for name, found in schema.get("properties", {}).items():
        yield Field(
            name,
            depth,
            _kind(document, found),
            name in schema.get("required", ()),
            found.get("description", ""),
        )
        if depth < DEPTH_MAX:
            yield from _fields(document, found, depth + 1)


def _object(document: Document, schema: Schema) -> Schema:
    """The object schema behind a schema, an alternative or a list."""
    schema = _resolved(document, schema)
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())]
    if "properties" in schema or not inner:
        return schema
    return next((o for o in (_object(document, each) for each in inner) if "properties" in o), {})


def _kind(document: Document, schema: Schema) -> str:
    """A type in words: `string (date) or null, at most 200 characters`."""
    schema = _resolved(document, schema)
    if "anyOf" in schema:
        return " or ".join(_kind(document, each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        kind = f"list of {_kind(document, schema.get('items', {}))}"
    if "format" in schema:
        kind += f" ({schema['format']})"
    return ", ".join([kind, *_bounds(schema)])


def _bounds(schema: Schema) -> Iterator[str]:
    for least, most, of in BOUNDS:
        if least in schema or most in schema:
            yield f"{schema.get(least, '')} to {schema.get(most, '')} {of}".strip()
    if "default" in schema and schema["default"] is not None:
        yield f"else {schema['default']}"


def _resolved(document: Document, schema: Schema) -> Schema:
    """The target of a `$ref`."""
    while "$ref" in schema:
        _, *steps = schema["$ref"].split("/")
        schema = document
        for step in steps:
            schema = schema[step]
    return schema

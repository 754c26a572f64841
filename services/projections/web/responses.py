"""Responses with figures and lists: JSON or CSV. `response_cache/` adds the public ones' ETag.

CSV is written for spreadsheets: RFC 4180, and no cell is read as a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response

from shared.spreadsheet import write_csv
from shared.web.commands import ENTITY_TAG

JSON = "application/json"
CSV = "text/csv"

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

STALE = {"Janji-Stale": "true"}

# Any cache may keep figures, but must revalidate them each time: unchanged ones cost a 304.
PUBLIC_HEADERS = {
    "Cache-Control": "public, no-cache",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Janji-Stale, Link",
    "Link": f'<{LICENCE_URL}>; rel="license", </datapackage.json>; rel="describedby"',
}


def response(
    body: bytes, media_type: str = JSON, *, is_fresh: bool, headers: Mapping[str, str] | None = None
) -> Response:
    """A response; marked as stale if it lacks the position that was waited for."""
    stale = {} if is_fresh else STALE
    return Response(body, media_type=media_type, headers={**(headers or {}), **stale})


def public_response(body: bytes, media_type: str, *, is_fresh: bool) -> Response:
    """The same for all callers with the same `Accept`."""
    return response(
        body, media_type, is_fresh=is_fresh, headers={**PUBLIC_HEADERS, "Vary": "Accept"}
    )


def as_json(value: Any) -> bytes:
    return msgspec.json.encode(value)


def response_docs(model: Any, words: str, *media_types: str) -> dict[int | str, dict[str, Any]]:
    """A call's response for the OpenAPI document: the model of its JSON, other media types."""
    content: dict[str, Any] = {media_type: {} for media_type in media_types}
    answered = {"model": model} if model else {}
    return {200: {"description": words, "content": content, **answered}}


def wants_csv(request: Request) -> bool:
    """Whether `Accept` prefers CSV; JSON is the default."""
    return prefers_csv(request.headers.get("accept", ""))


def prefers_csv(accept: str) -> bool:
    wanted: dict[str, float] = {}
    for part in accept.split(","):
        media_type, *parameters = (each.strip().lower() for each in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        wanted[media_type] = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
    return wanted.get(CSV, 0.0) > wanted.get(JSON, 0.0)


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with a header line."""
    text = io.StringIO()
    write_csv(text, chain([columns], ([row[column] for column in columns] for row in rows)))
    return text.getvalue().encode()


def matches_etag(etag: bytes, if_none_match: bytes) -> bool:
    """Whether the caller has this response: a weak comparison (RFC 9110, 13.1.2)."""
    held = if_none_match.decode("latin-1")
    if held.strip() == "*":
        return True
    return any(tag[2].encode("latin-1") == etag for tag in ENTITY_TAG.finditer(held))

"""How figures and lists leave over HTTP: JSON or CSV, with an ETag of what they say.

CSV is for whoever opens it in a spreadsheet: RFC 4180, and no cell is taken for a formula.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response

from shared.web.commands import ENTITY_TAG

JSON = "application/json"
CSV = "text/csv"

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

STALE = {"Janji-Stale": "true"}

# Figures may be kept anywhere, but are asked for again each time: an unchanged one costs a 304.
PUBLIC_HEADERS = {
    "Cache-Control": "public, no-cache",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Janji-Stale, Link",
    "Link": f'<{LICENCE_URL}>; rel="license", </datapackage.json>; rel="describedby"',
}


def answer(
    body: bytes, media_type: str = JSON, *, is_fresh: bool, headers: Mapping[str, str] | None = None
) -> Response:
    """What was asked for; stale if it doesn't hold the position that was waited for."""
    stale = {} if is_fresh else STALE
    return Response(body, media_type=media_type, headers={**(headers or {}), **stale})


def public_answer(request: Request, body: bytes, media_type: str, *, is_fresh: bool) -> Response:
    """The same for everybody: with an ETag, or 304 for who has it already."""
    etag = f'"{fingerprint(media_type, body)}"'
    headers = {**PUBLIC_HEADERS, "ETag": etag, "Vary": "Accept"}
    if etag in _held(request):
        return Response(status_code=304, headers=headers if is_fresh else headers | STALE)
    return answer(body, media_type, is_fresh=is_fresh, headers=headers)


def fingerprint(media_type: str, body: bytes) -> str:
    """What an ETag says of a body: another one for other bytes, the same for the same."""
    return hashlib.sha256(media_type.encode() + body).hexdigest()[:32]


def _held(request: Request) -> set[str]:
    """The entity tags that the caller has; compared weakly (RFC 9110, 13.1.2)."""
    given = request.headers.get("if-none-match", "")
    return {f'"{tag[2]}"' for tag in ENTITY_TAG.finditer(given)}


def as_json(value: Any) -> bytes:
    return msgspec.json.encode(value)


def described(model: Any, words: str, *media_types: str) -> dict[int | str, dict[str, Any]]:
    """What a call answers, for the OpenAPI document: a model of its JSON, other media types."""
    content: dict[str, Any] = {media_type: {} for media_type in media_types}
    answered = {"model": model} if model else {}
    return {200: {"description": words, "content": content, **answered}}


def wants_csv(request: Request) -> bool:
    """Whether `Accept` prefers CSV; JSON is what is given unasked."""
    return prefers_csv(request.headers.get("accept", ""))


def prefers_csv(accept: str) -> bool:
    wanted: dict[str, float] = {}
    for part in accept.split(","):
        media_type, *parameters = (each.strip().lower() for each in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        wanted[media_type] = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
    return wanted.get(CSV, 0.0) > wanted.get(JSON, 0.0)


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with a header line; None is an empty cell, truth is `true` or `false`."""
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\r\n")
    written.writerow(columns)
    written.writerows([_cell(row[column]) for column in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(FORMULA_BEGINS):
        return f"'{value}"
    return value

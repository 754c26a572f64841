"""How figures and lists leave over HTTP: JSON or CSV. What is public gets its ETag in `shelf.py`.

CSV is for whoever opens it in a spreadsheet: RFC 4180, and no cell is taken for a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response

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


def public_answer(body: bytes, media_type: str, *, is_fresh: bool) -> Response:
    """The same for everybody who accepts the same."""
    return answer(body, media_type, is_fresh=is_fresh, headers={**PUBLIC_HEADERS, "Vary": "Accept"})


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
    return harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    """What no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text

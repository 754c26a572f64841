"""Cached responses, ready to be sent: compressed in every coding, each with its entity tag.

`middleware.py` says when they are made and for how long they are valid.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from starlette.types import Message

from services.projections.web.responses import matches_etag
from shared.web.encodings import Coding, best_encoding, compressed_variants

BYTES_MAX = 64 * 1_048_576  # a year has 17 periods, a page of one takes 60 kB in all its codings
RESPONSE_BYTES_MAX = 8 * 1_048_576  # one response must not drive out all others
OVERHEAD_BYTES = 10_752  # of a response, beside its bodies
ACCEPT_ENCODINGS_MAX, ACCEPT_ENCODING_BYTES_MAX = 32, 100  # browsers share a few of them

COMPUTED_HEADERS = frozenset({b"content-length", b"content-encoding", b"etag", b"vary"})
BODY_HEADERS = frozenset({b"content-length", b"content-encoding", b"content-type"})

NEGOTIATION_HEADERS = frozenset({b"accept-encoding", b"if-none-match"})

NO_BODY = {"type": "http.response.body", "body": b""}

Headers: TypeAlias = list[tuple[bytes, bytes]]

Key: TypeAlias = tuple[str, bytes] | tuple[str, bytes, bool]
"""path and query; for data also whether CSV is preferred. The same key, the same response."""


@dataclass(frozen=True, slots=True)
class EncodedResponse:
    """A response in one coding: the two heads that may be sent, and the body."""

    etag: bytes
    ok: Message
    not_modified: Message
    body: Message


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A response in all its codings.

    `route` is its name in the metrics, `size` in bytes. `by_accept_encoding` remembers the result
    of the negotiation.
    """

    route: str
    encoded: Mapping[Coding, EncodedResponse]
    size: int
    by_accept_encoding: dict[bytes, EncodedResponse] = field(default_factory=dict)


class ResponseCache:
    """Keeps a bounded number of bytes: the oldest response is evicted first.

    The last use of a response is not recorded, since that would cost time with each request. To
    evict a page by requests takes a thousand other renderings, and costs one rendering more.
    """

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self.size_bytes = 0
        self._responses: dict[Key, CachedResponse] = {}
        self.get = self._responses.get

    def put(self, key: Key, response: CachedResponse) -> None:
        self._responses[key] = response
        self.size_bytes += _size(key, response)
        while self.size_bytes > self.bytes_max:
            oldest = next(iter(self._responses))
            self.size_bytes -= _size(oldest, self._responses.pop(oldest))

    def clear(self) -> None:
        self._responses.clear()
        self.size_bytes = 0


def _size(key: Key, response: CachedResponse) -> int:
    return len(key[1]) + response.size


def is_cacheable(messages: list[Message]) -> bool:
    """Whether a response may be cached: its status is 200, it is public, and not too large."""
    start, *rest = messages or [{}]
    if start.get("status") != 200:
        return False
    headers = dict(start["headers"])
    is_public = b"public" in headers.get(b"cache-control", b"") and b"set-cookie" not in headers
    return is_public and sum(len(each.get("body", b"")) for each in rest) <= RESPONSE_BYTES_MAX


def cacheable_response(messages: list[Message], route: str) -> CachedResponse:
    """Compress it in every coding, each with its own entity tag (RFC 9110, 8.8.3.3)."""
    start, *rest = messages
    given = dict(start["headers"])
    bodies = compressed_variants(b"".join(each.get("body", b"") for each in rest))
    tag = _hash(given, bodies["identity"])
    vary = b", ".join(filter(None, (given.get(b"vary"), b"Accept-Encoding")))
    kept_headers = [each for each in start["headers"] if each[0] not in COMPUTED_HEADERS]
    encoded: dict[Coding, EncodedResponse] = {}
    for coding, body in bodies.items():
        etag = tag if coding == "identity" else tag + b"-" + coding.encode()
        headers = [*kept_headers, (b"etag", b'"' + etag + b'"'), (b"vary", vary)]
        headers.append((b"content-length", str(len(body)).encode()))
        if coding != "identity":
            headers.append((b"content-encoding", coding.encode()))
        encoded[coding] = _encoded(etag, headers, body)
    return CachedResponse(route, encoded, OVERHEAD_BYTES + sum(map(len, bodies.values())))


def _encoded(etag: bytes, headers: Headers, body: bytes) -> EncodedResponse:
    without_body = [each for each in headers if each[0] not in BODY_HEADERS]
    return EncodedResponse(
        etag,
        ok={"type": "http.response.start", "status": 200, "headers": headers},
        not_modified={"type": "http.response.start", "status": 304, "headers": without_body},
        body={"type": "http.response.body", "body": body},
    )


def _hash(given: Mapping[bytes, bytes], body: bytes) -> bytes:
    return hashlib.sha256(given.get(b"content-type", b"") + body).hexdigest()[:32].encode()


def negotiate(response: CachedResponse, request_headers: Headers) -> tuple[Message, Message]:
    """Head and body in the coding that the caller prefers; no body if it has the response."""
    accepts, held = b"", None
    for name, value in request_headers:  # a mapping of them would take longer than all the rest
        if name in NEGOTIATION_HEADERS:
            if name == b"accept-encoding":
                accepts = value
            else:
                held = value
    encoded = response.by_accept_encoding.get(accepts) or _best(response, accepts)
    if held is not None and matches_etag(encoded.etag, held):
        return encoded.not_modified, NO_BODY
    return encoded.ok, encoded.body


def _best(response: CachedResponse, accepts: bytes) -> EncodedResponse:
    """In the preferred coding. It is remembered, within bounds that no caller can exceed."""
    encoded = response.encoded[best_encoding(response.encoded, accepts)]
    if len(accepts) <= ACCEPT_ENCODING_BYTES_MAX:
        if len(response.by_accept_encoding) == ACCEPT_ENCODINGS_MAX:
            response.by_accept_encoding.clear()  # browsers soon fill it again
        response.by_accept_encoding[accepts] = encoded
    return encoded

"""Answers that are kept, ready to be sent: packed in every coding, each with its entity tag.

`rendered.py` says when they are made and for how long they hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from shared.web.commands import ENTITY_TAG
from shared.web.encodings import Coding, fitting, packings

if TYPE_CHECKING:
    from starlette.types import Message

BYTES_MAX = 64 * 1_048_576  # a year has 17 periods, a page of one takes 60 kB in all its codings
ANSWER_BYTES_MAX = 8 * 1_048_576  # one answer must not drive out all others
OVERHEAD_BYTES = 10_752  # of an answer, beside its bodies
WORDS_MAX, WORDS_BYTES_MAX = 32, 100  # of `Accept-Encoding`; browsers share a few

OURS = frozenset({b"content-length", b"content-encoding", b"etag", b"vary"})
OF_BODIES = frozenset({b"content-length", b"content-encoding", b"content-type"})

NEGOTIATING = frozenset({b"accept-encoding", b"if-none-match"})

NO_BODY = {"type": "http.response.body", "body": b""}

Headers: TypeAlias = list[tuple[bytes, bytes]]

Key: TypeAlias = tuple[str, bytes] | tuple[str, bytes, bool]
"""Whose answers are the same: path, query; of data also whether a table is wanted."""


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer in one coding, as it is sent: its head and its body, or that it hasn't changed."""

    etag: bytes
    found: Message
    unchanged: Message
    body: Message


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer in all its codings.

    `route` is its name in the metrics, `size` in bytes. `by_words` has those that were asked for by
    their callers' own `Accept-Encoding`.
    """

    route: str
    packed: Mapping[Coding, Packed]
    size: int
    by_words: dict[bytes, Packed] = field(default_factory=dict)


class Shelf:
    """What is kept, at most so many bytes of it: what was rendered first goes first.

    When an answer was last asked for is not remembered: it would cost each time, and whoever drives
    a page out has a thousand others rendered for the one time that it is rendered anew.
    """

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self.size_bytes = 0
        self._kept: dict[Key, Rendered] = {}
        self.get = self._kept.get

    def put(self, key: Key, rendered: Rendered) -> None:
        self._kept[key] = rendered
        self.size_bytes += _size(key, rendered)
        while self.size_bytes > self.bytes_max:
            first = next(iter(self._kept))
            self.size_bytes -= _size(first, self._kept.pop(first))

    def clear(self) -> None:
        self._kept.clear()
        self.size_bytes = 0


def _size(key: Key, rendered: Rendered) -> int:
    return len(key[1]) + rendered.size


def is_for_everybody(said: list[Message]) -> bool:
    """An answer that may be kept: it was found, says that it is public, and is of a decent size."""
    start, *rest = said or [{}]
    if start.get("status") != 200:
        return False
    headers = dict(start["headers"])
    is_public = b"public" in headers.get(b"cache-control", b"") and b"set-cookie" not in headers
    return is_public and sum(len(each.get("body", b"")) for each in rest) <= ANSWER_BYTES_MAX


def made_of(said: list[Message], route: str) -> Rendered:
    """Packed in every coding, each with an entity tag of its own (RFC 9110, 8.8.3.3)."""
    start, *rest = said
    given = dict(start["headers"])
    bodies = packings(b"".join(each.get("body", b"") for each in rest))
    tag = _fingerprint(given, bodies["identity"])
    vary = b", ".join(filter(None, (given.get(b"vary"), b"Accept-Encoding")))
    said_always = [each for each in start["headers"] if each[0] not in OURS]
    packed: dict[Coding, Packed] = {}
    for coding, body in bodies.items():
        etag = tag if coding == "identity" else tag + b"-" + coding.encode()
        headers = [*said_always, (b"etag", b'"' + etag + b'"'), (b"vary", vary)]
        headers.append((b"content-length", str(len(body)).encode()))
        if coding != "identity":
            headers.append((b"content-encoding", coding.encode()))
        packed[coding] = _packed(etag, headers, body)
    return Rendered(route, packed, OVERHEAD_BYTES + sum(map(len, bodies.values())))


def _packed(etag: bytes, headers: Headers, body: bytes) -> Packed:
    without_body = [each for each in headers if each[0] not in OF_BODIES]
    return Packed(
        etag,
        found={"type": "http.response.start", "status": 200, "headers": headers},
        unchanged={"type": "http.response.start", "status": 304, "headers": without_body},
        body={"type": "http.response.body", "body": body},
    )


def _fingerprint(given: Mapping[bytes, bytes], body: bytes) -> bytes:
    """Another one for other bytes, the same for the same."""
    return hashlib.sha256(given.get(b"content-type", b"") + body).hexdigest()[:32].encode()


def fit_for(rendered: Rendered, asked_with: Headers) -> tuple[Message, Message]:
    """Head and body in the coding that the caller wants most; no body, if he has it already."""
    accepts, held = b"", None
    for name, value in asked_with:  # to make a mapping of them takes longer than all the rest
        if name in NEGOTIATING:
            if name == b"accept-encoding":
                accepts = value
            else:
                held = value
    packed = rendered.by_words.get(accepts) or _by_words(rendered, accepts)
    if held is not None and is_held(packed.etag, held):
        return packed.unchanged, NO_BODY
    return packed.found, packed.body


def _by_words(rendered: Rendered, accepts: bytes) -> Packed:
    """In the coding that is wanted most; remembered, but strangers fill no memory."""
    packed = rendered.packed[fitting(rendered.packed, accepts)]
    if len(accepts) <= WORDS_BYTES_MAX:
        if len(rendered.by_words) == WORDS_MAX:
            rendered.by_words.clear()  # what browsers say is there again in a moment
        rendered.by_words[accepts] = packed
    return packed


def is_held(etag: bytes, if_none_match: bytes) -> bool:
    """Whether the caller has it: compared weakly (RFC 9110, 13.1.2); `*` is whatever there is."""
    held = if_none_match.decode("latin-1")
    if held.strip() == "*":
        return True
    return any(tag[2].encode("latin-1") == etag for tag in ENTITY_TAG.finditer(held))

"""Answers that are kept, ready to be sent: packed in every coding, each with its entity tag.

`rendered.py` says when they are made and for how long they hold.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from shared.web.commands import ENTITY_TAG
from shared.web.encodings import Coding, fitting, packings

if TYPE_CHECKING:
    from starlette.types import Message

BYTES_MAX = 64 * 1_048_576  # a year has 17 periods, a page of one takes 60 kB in all its codings
ANSWER_BYTES_MAX = 8 * 1_048_576  # one answer must not drive out all others
OVERHEAD_BYTES = 2_048  # of an answer, beside its bodies

OURS = frozenset({b"content-length", b"content-encoding", b"etag", b"vary"})
OF_BODIES = frozenset({b"content-length", b"content-encoding", b"content-type"})

NO_BODY = {"type": "http.response.body", "body": b""}

Headers: TypeAlias = list[tuple[bytes, bytes]]

Key: TypeAlias = tuple[str, bytes, bool]
"""Whose answers are the same: path, query, whether a table is wanted."""


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer in one coding, as it is sent: its head and its body, or that it hasn't changed."""

    etag: bytes
    found: Message
    unchanged: Message
    body: Message


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer in all its codings. `route` is its name in the metrics."""

    route: str
    packed: Mapping[Coding, Packed]

    @property
    def size(self) -> int:
        return OVERHEAD_BYTES + sum(len(each.body["body"]) for each in self.packed.values())


class Shelf:
    """What is kept, at most so many bytes of it: who wasn't asked for the longest goes first."""

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self.size_bytes = 0
        self._kept: OrderedDict[Key, Rendered] = OrderedDict()

    def get(self, key: Key) -> Rendered | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, rendered: Rendered) -> None:
        self._kept[key] = rendered
        self.size_bytes += _size(key, rendered)
        while self.size_bytes > self.bytes_max:
            self.size_bytes -= _size(*self._kept.popitem(last=False))

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
    return Rendered(route, packed)


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


def fit_for(rendered: Rendered, given: Mapping[bytes, bytes]) -> tuple[Message, Message]:
    """Head and body in the coding that the caller wants most; no body, if he has it already."""
    coding = fitting(rendered.packed, given.get(b"accept-encoding", b"").decode("latin-1"))
    packed = rendered.packed[coding]
    held = given.get(b"if-none-match")
    if held is not None and is_held(packed.etag, held):
        return packed.unchanged, NO_BODY
    return packed.found, packed.body


def is_held(etag: bytes, if_none_match: bytes) -> bool:
    """Whether the caller has it: compared weakly (RFC 9110, 13.1.2); `*` is whatever there is."""
    held = if_none_match.decode("latin-1")
    if held.strip() == "*":
        return True
    return any(tag[2].encode("latin-1") == etag for tag in ENTITY_TAG.finditer(held))

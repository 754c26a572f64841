"""Public answers are rendered once for all who ask, and again only when the figures have changed.

It stands before the app (plain ASGI) and knows nothing of pages or tables. What the app answers to
a public path is kept whole, packed in every coding, with its entity tag, for as long as `watch.py`
says that nothing has changed; many who ask at once wait for one rendering. Nothing else is kept: no
refusal, no answer that isn't said to be public, and nothing while the watch can't vouch for it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, urlencode

from fastapi.routing import APIRoute

from services.projections.answers import fingerprint, prefers_csv
from services.projections.positions import MalformedPosition, read_positions
from shared.web.commands import ENTITY_TAG
from shared.web.encodings import Coding, fitting, packings

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from services.projections.watch import State, Watch

BYTES_MAX = 64 * 1_048_576  # a year has 17 periods, a page of one takes 60 kB in all its codings
ANSWER_BYTES_MAX = 8 * 1_048_576  # one answer must not drive out all others
OVERHEAD_BYTES = 2_048  # of an answer, beside its bodies

MIN_POSITION = "min_position"
STALE = (b"janji-stale", b"true")
OURS = frozenset({b"content-length", b"content-encoding", b"etag", b"vary"})
OF_BODIES = frozenset({b"content-length", b"content-encoding", b"content-type"})
NOT_PASSED_ON = frozenset({b"if-none-match", b"if-modified-since", b"range"})

Headers: TypeAlias = list[tuple[bytes, bytes]]

Reads: TypeAlias = frozenset[str] | None
"""Which parameters a path's answer depends on, beside `min_position`; None: on all of them."""


def paths_of(router: APIRouter, reads: Reads) -> Mapping[str, Reads]:
    """All paths of a router, whose answers depend on these parameters."""
    return {route.path: reads for route in router.routes if isinstance(route, APIRoute)}


class Key(NamedTuple):
    """Whose answers are the same."""

    path: str
    query: bytes
    is_csv: bool


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer in one coding, as it is sent."""

    etag: bytes
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer in all its codings. `route` is for the metrics."""

    route: Any
    packed: Mapping[Coding, Packed]
    bodies: Mapping[Coding, bytes]

    @property
    def size(self) -> int:
        return OVERHEAD_BYTES + sum(map(len, self.bodies.values()))


class RenderedOnce:
    """The app, and before it what it answered; `paths` are those whose answers are kept."""

    def __init__(
        self, app: ASGIApp, watch: Watch, paths: Mapping[str, Reads], *, bytes_max: int = BYTES_MAX
    ) -> None:
        self._app = app
        self._watch = watch
        self._paths = paths
        self._shelf = Shelf(bytes_max)
        self._state: State | None = None
        self._rendering: dict[Key, asyncio.Future[Rendered | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or scope["path"] not in self._paths
            or await self._watch.current() is None
        ):
            await self._app(scope, receive, send)
            return
        key, min_position, given = self._asked(scope)
        try:
            wanted = read_positions(min_position) if min_position else {}
        except MalformedPosition:  # the app has the words for it
            await self._app(scope, receive, send)
            return
        is_fresh = await self._watch.reached(wanted) if wanted else True
        sending = send if is_fresh else _marked_stale(send)
        rendered = await self._rendered(key, scope, receive, sending)
        if rendered is not None:
            scope["route"] = rendered.route
            await _answer(rendered, given, sending)

    def _asked(self, scope: Scope) -> tuple[Key, str | None, Mapping[bytes, bytes]]:
        """Which answer, at least as of which position, and the headers it is asked with."""
        given = dict(scope["headers"])
        query, min_position = b"", None
        if scope["query_string"]:
            query, min_position = _read_query(scope["query_string"], self._paths[scope["path"]])
        accept = given.get(b"accept", b"").decode("latin-1")
        is_csv = self._paths[scope["path"]] is None and prefers_csv(accept)
        return Key(scope["path"], query, is_csv), min_position, given

    async def _rendered(
        self, key: Key, scope: Scope, receive: Receive, send: Send
    ) -> Rendered | None:
        """The answer that is kept, or will be in a moment; None: one that can't be, and it is sent.

        Who comes first renders, the others wait for him. Cancelled, he leaves them to render each
        his own.
        """
        state = self._watch.state
        if state is not self._state:
            self._state = state
            self._shelf.clear()
            self._rendering = {}
        if kept := self._shelf.get(key):
            return kept
        if rendering := self._rendering.get(key):
            if found := await asyncio.shield(rendering):
                return found
            return await self._render(key, scope, receive, send)
        promised = self._rendering[key] = asyncio.get_running_loop().create_future()
        found = None
        try:
            found = await self._render(key, scope, receive, send)
        finally:
            promised.set_result(found)
            if self._rendering.get(key) is promised:  # else what it shows has changed meanwhile
                del self._rendering[key]
                if found is not None and state is not None:
                    self._shelf.put(key, found)
        return found

    async def _render(
        self, key: Key, scope: Scope, receive: Receive, send: Send
    ) -> Rendered | None:
        """Let the app answer as if for everybody; what is for this caller only is sent to him."""
        said: list[Message] = []

        async def note(message: Message) -> None:
            said.append(message)

        headers = [each for each in scope["headers"] if each[0] not in NOT_PASSED_ON]
        asked = {**scope, "query_string": key.query, "headers": headers}
        try:
            await self._app(asked, receive, note)
        except BaseException:
            await _say(said, send)
            raise
        scope["route"] = asked.get("route")
        if is_for_everybody(said):
            return await asyncio.to_thread(_made_of, said, scope["route"])
        await _say(said, send)
        return None


def is_for_everybody(said: list[Message]) -> bool:
    """An answer that may be kept: it was found, says that it is public, and is of a decent size."""
    start, *rest = said or [{}]
    if start.get("status") != 200:
        return False
    headers = dict(start["headers"])
    is_public = b"public" in headers.get(b"cache-control", b"") and b"set-cookie" not in headers
    return is_public and sum(len(each.get("body", b"")) for each in rest) <= ANSWER_BYTES_MAX


def _made_of(said: list[Message], route: Any) -> Rendered:
    """Packed in every coding, each with an entity tag of its own (RFC 9110, 8.8.3.3)."""
    start, *rest = said
    given = dict(start["headers"])
    bodies = packings(b"".join(each.get("body", b"") for each in rest))
    tag = given.get(b"etag", b"").strip(b'"') or _fingerprint(given, bodies["identity"])
    vary = b", ".join(filter(None, (given.get(b"vary"), b"Accept-Encoding")))
    said_always = [each for each in start["headers"] if each[0] not in OURS]
    packed: dict[Coding, Packed] = {}
    for coding, body in bodies.items():
        etag = tag if coding == "identity" else tag + b"-" + coding.encode()
        headers = [*said_always, (b"etag", b'"' + etag + b'"'), (b"vary", vary)]
        headers.append((b"content-length", str(len(body)).encode()))
        if coding != "identity":
            headers.append((b"content-encoding", coding.encode()))
        packed[coding] = Packed(etag, headers, body)
    return Rendered(route, packed, bodies)


def _fingerprint(given: Mapping[bytes, bytes], body: bytes) -> bytes:
    return fingerprint(given.get(b"content-type", b"").decode("latin-1"), body).encode()


async def _answer(rendered: Rendered, given: Mapping[bytes, bytes], send: Send) -> None:
    """In the coding that the caller wants most; nothing, if he has it already."""
    accepted = given.get(b"accept-encoding")
    packed = rendered.packed[
        fitting(rendered.bodies, None if accepted is None else accepted.decode("latin-1"))
    ]
    held = given.get(b"if-none-match")
    if held is not None and is_held(packed.etag, held):
        headers = [each for each in packed.headers if each[0] not in OF_BODIES]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": packed.headers})
    await send({"type": "http.response.body", "body": packed.body})


def is_held(etag: bytes, if_none_match: bytes) -> bool:
    """Whether the caller has it: compared weakly (RFC 9110, 13.1.2); `*` is whatever there is."""
    held = if_none_match.decode("latin-1")
    if held.strip() == "*":
        return True
    return any(tag[2].encode("latin-1") == etag for tag in ENTITY_TAG.finditer(held))


async def _say(said: list[Message], send: Send) -> None:
    for message in said:
        await send(message)


def _marked_stale(send: Send) -> Send:
    """What was waited for hasn't come: the answer says that it lacks it."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], STALE]}
        await send(message)

    return marked


def _read_query(query: bytes, reads: Reads) -> tuple[bytes, str | None]:
    """What of the query the answer depends on, and the position that it must hold.

    A page ignores what it doesn't read: a link that is passed on comes back with other people's
    parameters.
    """
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    read = [(name, value) for name, value in pairs if reads is None or name in reads]
    min_position = next((value for name, value in reversed(pairs) if name == MIN_POSITION), None)
    others = [pair for pair in read if pair[0] != MIN_POSITION]
    return urlencode(others).encode(), min_position


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
    return len(key.query) + rendered.size

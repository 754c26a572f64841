"""Public answers are rendered once for all who ask, and again only when the figures have changed.

It stands before the app (plain ASGI) and knows nothing of pages or tables. What the app answers to
a public path is kept whole, packed in every coding, with its entity tag, for as long as `watch.py`
says that nothing has changed; many who ask at once wait for one rendering. Nothing else is kept: no
refusal, no answer that isn't said to be public, and nothing while the watch can't vouch for it:
then each caller has his own rendered, and gets it packed and tagged all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from http.client import INTERNAL_SERVER_ERROR
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl, urlencode

from fastapi.routing import APIRoute

from services.projections.api.responses import STALE, prefers_csv
from services.projections.response_cache.cache import (
    BYTES_MAX,
    Shelf,
    fit_for,
    is_for_everybody,
    made_of,
)
from services.projections.store.checkpoints import MalformedPosition, read_positions
from shared.web.middleware import RENDERING

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from services.projections.response_cache.cache import Key, Rendered
    from services.projections.response_cache.invalidation import State, Watch

MIN_POSITION = "min_position"
NOT_PASSED_ON = frozenset({b"if-none-match", b"if-modified-since", b"range"})
READING = frozenset({"GET", "HEAD"})  # of the latter's answer the server leaves the body out

Note: TypeAlias = Callable[[str, str, int], None]


def paths_of(router: APIRouter, *, by_accept: bool) -> Mapping[str, bool]:
    """All paths of a router, and whether their answers depend on `Accept` too."""
    return {route.path: by_accept for route in router.routes if isinstance(route, APIRoute)}


class RenderedOnce:
    """The app, and before it what it answered; `paths` are those whose answers are kept.

    `note` is told of each answer that is sent to a caller: its method, its route, its status.
    """

    def __init__(
        self,
        app: ASGIApp,
        watch: Watch,
        paths: Mapping[str, bool],
        *,
        note: Note,
        bytes_max: int = BYTES_MAX,
    ) -> None:
        self._app = app
        self._watch = watch
        self._paths = paths
        self._note = note
        self._shelf = Shelf(bytes_max)
        self._state: State | None = None
        self._rendering: dict[Key, asyncio.Future[Rendered | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rendered = None
        # Most ask for a page in the very words that are its key, and for them each step counts.
        # Where nothing is vouched for, the watch's state is None; ours is None only while the shelf
        # is empty.
        if (
            self._watch.state is self._state
            and scope["type"] == "http"
            and scope["method"] == "GET"
        ):
            rendered = self._shelf.get((scope["path"], scope["query_string"]))
        if rendered is None:
            rendered, send = await self._found(scope, receive, send)
        if rendered is not None:
            head, body = fit_for(rendered, scope["headers"])
            self._note(scope["method"], rendered.route, head["status"])
            await send(head)
            await send(body)

    async def _found(
        self, scope: Scope, receive: Receive, send: Send
    ) -> tuple[Rendered | None, Send]:
        """The answer, and how it is sent; None: one that can't be kept, and it is sent."""
        if (
            scope["type"] != "http"
            or scope["method"] not in READING
            or scope["path"] not in self._paths
        ):
            await self._app(scope, receive, send)
            return None, send
        key, min_position = self._asked(scope)
        state = self._watch.state or await self._watch.current()
        wanted = _wanted(min_position) if state else None
        if wanted is None:  # the app waits for the position, or has the words for a wrong one
            query = _with_position(key[1], min_position)
            return await self._render(query, scope, receive, send), send
        if wanted:
            send = send if await self._watch.reached(wanted) else _marked_stale(send)
            state = self._watch.state
        kept = self._kept(key, state) or await self._rendered(key, scope, receive, send)
        return kept, send

    def _asked(self, scope: Scope) -> tuple[Key, str | None]:
        """Which answer, and at least as of which position."""
        query, min_position = b"", None
        if scope["query_string"]:
            query, min_position = _read_query(scope["query_string"])
        if not self._paths[scope["path"]]:
            return (scope["path"], query), min_position
        accept = dict(scope["headers"]).get(b"accept", b"")
        is_csv = prefers_csv(accept.decode("latin-1"))
        return (scope["path"], query, is_csv), min_position

    def _kept(self, key: Key, state: State | None) -> Rendered | None:
        """The answer that is kept, if it is of the figures as they are."""
        if state is not self._state:
            self._state = state
            self._shelf.clear()
            self._rendering = {}
        return self._shelf.get(key)

    async def _rendered(
        self, key: Key, scope: Scope, receive: Receive, send: Send
    ) -> Rendered | None:
        """The answer that will be kept in a moment; None: one that can't be, and it is sent.

        Who comes first renders, the others wait for him. Cancelled, he leaves them to render each
        his own.
        """
        if rendering := self._rendering.get(key):
            if found := await asyncio.shield(rendering):
                return found
            return await self._render(key[1], scope, receive, send)
        promised = self._rendering[key] = asyncio.get_running_loop().create_future()
        found = None
        try:
            found = await self._render(key[1], scope, receive, send)
        finally:
            promised.set_result(found)
            if self._rendering.get(key) is promised:  # else what it shows has changed meanwhile
                del self._rendering[key]
                if found is not None and self._state is not None:
                    self._shelf.put(key, found)
        return found

    async def _render(
        self, query: bytes, scope: Scope, receive: Receive, send: Send
    ) -> Rendered | None:
        """Let the app answer as if for everybody; what is for this caller only is sent to him."""
        said: list[Message] = []

        async def note(message: Message) -> None:
            said.append(message)

        headers = [each for each in scope["headers"] if each[0] not in NOT_PASSED_ON]
        asked = {**scope, "method": "GET", "query_string": query, "headers": headers}
        asked[RENDERING] = True
        try:
            await self._app(asked, receive, note)
        except BaseException:
            await _say(said, send)
            raise
        if is_for_everybody(said):
            return await asyncio.to_thread(made_of, said, scope["path"])
        await _say(said, send)
        status = next((each["status"] for each in said if "status" in each), INTERNAL_SERVER_ERROR)
        self._note(scope["method"], scope["path"], status)
        return None


async def _say(said: list[Message], send: Send) -> None:
    for message in said:
        await send(message)


def _marked_stale(send: Send) -> Send:
    """What was waited for hasn't come: the answer says that it lacks it."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            stale = [(name.lower().encode(), value.encode()) for name, value in STALE.items()]
            message = {**message, "headers": [*message["headers"], *stale]}
        await send(message)

    return marked


def _wanted(min_position: str | None) -> Mapping[str, int] | None:
    """The positions that the answer must hold; None: that is no position."""
    try:
        return {} if min_position is None else read_positions(min_position)
    except MalformedPosition:
        return None


def _with_position(query: bytes, min_position: str | None) -> bytes:
    if min_position is None:
        return query
    return b"&".join(filter(None, (query, urlencode({MIN_POSITION: min_position}).encode())))


def _read_query(query: bytes) -> tuple[bytes, str | None]:
    """What of the query the answer depends on, and the position that it must hold.

    A position that is given twice is left where it is, for the app to refuse.
    """
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    others = [pair for pair in pairs if pair[0] != MIN_POSITION]
    if len(pairs) - len(others) != 1:
        return urlencode(pairs).encode(), None
    return urlencode(others).encode(), next(v for name, v in pairs if name == MIN_POSITION)

"""Public responses are rendered once for all callers, and again only when the figures have changed.

This middleware wraps the app (plain ASGI) and knows nothing of pages or tables. It keeps the app's
responses to public paths, compressed in every coding, each with its entity tag, for as long as the
figures' version is the same (`invalidation.py`). Concurrent requests wait for one rendering. Not
cached: refusals, responses that aren't public, and everything while no version is valid. Then each
request is rendered for itself, compressed and tagged in the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from http.client import INTERNAL_SERVER_ERROR
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.projections.response_cache.cache import (
    BYTES_MAX,
    CachedResponse,
    Key,
    ResponseCache,
    cacheable_response,
    is_cacheable,
    negotiate,
)
from services.projections.response_cache.invalidation import CacheInvalidator, FiguresVersion
from services.projections.store.checkpoints import MalformedPosition, parse_positions
from services.projections.web.responses import STALE, prefers_csv
from shared.web.middleware import RENDERING

MIN_POSITION = "min_position"
CONDITIONAL_HEADERS = frozenset({b"if-none-match", b"if-modified-since", b"range"})
SAFE_METHODS = frozenset({"GET", "HEAD"})  # the server drops the body of a response to HEAD

CountResponse: TypeAlias = Callable[[str, str, int], None]


def cacheable_paths(router: APIRouter, *, by_accept: bool) -> Mapping[str, bool]:
    """All paths of a router, and whether their responses depend on `Accept` too."""
    return {route.path: by_accept for route in router.routes if isinstance(route, APIRoute)}


class ResponseCacheMiddleware:
    """Wraps the app; `paths` are those whose responses are cached.

    `count` is called with each response that is sent: its method, its route, its status.
    """

    def __init__(
        self,
        app: ASGIApp,
        invalidator: CacheInvalidator,
        paths: Mapping[str, bool],
        *,
        count: CountResponse,
        bytes_max: int = BYTES_MAX,
    ) -> None:
        self._app = app
        self._invalidator = invalidator
        self._paths = paths
        self._count = count
        self._cache = ResponseCache(bytes_max)
        self._version: FiguresVersion | None = None
        self._rendering: dict[Key, asyncio.Future[CachedResponse | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = None
        # Most requests have exactly the path and query of a key, and for them each step counts.
        # Without a valid version the invalidator's is None; ours is None only while the cache is
        # empty.
        if (
            self._invalidator.version is self._version
            and scope["type"] == "http"
            and scope["method"] == "GET"
        ):
            response = self._cache.get((scope["path"], scope["query_string"]))
        if response is None:
            response, send = await self._respond(scope, receive, send)
        if response is not None:
            head, body = negotiate(response, scope["headers"])
            self._count(scope["method"], response.route, head["status"])
            await send(head)
            await send(body)

    async def _respond(
        self, scope: Scope, receive: Receive, send: Send
    ) -> tuple[CachedResponse | None, Send]:
        """The response and how to send it; None: it can't be cached, and has been sent."""
        if (
            scope["type"] != "http"
            or scope["method"] not in SAFE_METHODS
            or scope["path"] not in self._paths
        ):
            await self._app(scope, receive, send)
            return None, send
        key, min_position = self._read_request(scope)
        version = self._invalidator.version or await self._invalidator.current_version()
        wanted = _positions_of(min_position) if version else None
        if wanted is None:  # the app waits for the position, or refuses a malformed one
            query = _with_min_position(key[1], min_position)
            return await self._render(query, scope, receive, send), send
        if wanted:
            is_fresh = await self._invalidator.wait_until_applied(wanted)
            send = send if is_fresh else _marking_stale(send)
            version = self._invalidator.version
        cached = self._cached(key, version) or await self._render_once(key, scope, receive, send)
        return cached, send

    def _read_request(self, scope: Scope) -> tuple[Key, str | None]:
        """The key of the response, and the position that it must contain."""
        query, min_position = b"", None
        if scope["query_string"]:
            query, min_position = _split_query(scope["query_string"])
        if not self._paths[scope["path"]]:
            return (scope["path"], query), min_position
        accept = dict(scope["headers"]).get(b"accept", b"")
        is_csv = prefers_csv(accept.decode("latin-1"))
        return (scope["path"], query, is_csv), min_position

    def _cached(self, key: Key, version: FiguresVersion | None) -> CachedResponse | None:
        """The cached response, after a change of the version has emptied the cache."""
        if version is not self._version:
            self._version = version
            self._cache.clear()
            self._rendering = {}
        return self._cache.get(key)

    async def _render_once(
        self, key: Key, scope: Scope, receive: Receive, send: Send
    ) -> CachedResponse | None:
        """Render and cache the response; None: it can't be cached, and has been sent.

        The first request renders, the others wait for it. If it is cancelled, each of them renders
        for itself.
        """
        if rendering := self._rendering.get(key):
            if response := await asyncio.shield(rendering):
                return response
            return await self._render(key[1], scope, receive, send)
        promised = self._rendering[key] = asyncio.get_running_loop().create_future()
        response = None
        try:
            response = await self._render(key[1], scope, receive, send)
        finally:
            promised.set_result(response)
            if self._rendering.get(key) is promised:  # else the version has changed meanwhile
                del self._rendering[key]
                if response is not None and self._version is not None:
                    self._cache.put(key, response)
        return response

    async def _render(
        self, query: bytes, scope: Scope, receive: Receive, send: Send
    ) -> CachedResponse | None:
        """Let the app respond as to all callers; a response that can't be cached is sent."""
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        headers = [each for each in scope["headers"] if each[0] not in CONDITIONAL_HEADERS]
        request = {**scope, "method": "GET", "query_string": query, "headers": headers}
        request[RENDERING] = True
        try:
            await self._app(request, receive, collect)
        except BaseException:
            await _send_all(messages, send)
            raise
        if is_cacheable(messages):
            return await asyncio.to_thread(cacheable_response, messages, scope["path"])
        await _send_all(messages, send)
        statuses = (each["status"] for each in messages if "status" in each)
        self._count(scope["method"], scope["path"], next(statuses, INTERNAL_SERVER_ERROR))
        return None


async def _send_all(messages: list[Message], send: Send) -> None:
    for message in messages:
        await send(message)


def _marking_stale(send: Send) -> Send:
    """The position wasn't applied in time: the response says so."""

    async def send_marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            stale = [(name.lower().encode(), value.encode()) for name, value in STALE.items()]
            message = {**message, "headers": [*message["headers"], *stale]}
        await send(message)

    return send_marked


def _positions_of(min_position: str | None) -> Mapping[str, int] | None:
    """The positions that the response must contain; None: they are malformed."""
    try:
        return {} if min_position is None else parse_positions(min_position)
    except MalformedPosition:
        return None


def _with_min_position(query: bytes, min_position: str | None) -> bytes:
    if min_position is None:
        return query
    return b"&".join(filter(None, (query, urlencode({MIN_POSITION: min_position}).encode())))


def _split_query(query: bytes) -> tuple[bytes, str | None]:
    """The query without its `min_position`, and that position; in one order and spelling.

    A position that is given twice is left in the query, for the app to refuse.
    """
    pairs = sorted(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    others = [pair for pair in pairs if pair[0] != MIN_POSITION]
    if len(pairs) - len(others) != 1:
        return urlencode(pairs).encode(), None
    return urlencode(others).encode(), next(v for name, v in pairs if name == MIN_POSITION)

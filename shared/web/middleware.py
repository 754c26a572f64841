"""The middleware around every response: limits, headers, log line, metrics; plain ASGI."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

import structlog
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.bounds.json_shape import excess
from shared.web.security.client_network import current_scope
from shared.web.security.security_log import SecurityLog, note_refusal
from shared.web.trace import current_trace_id, trace_id

BODY_BYTES_MAX = 65_536
FORM_BYTES_MAX = 262_144
FORM = b"application/x-www-form-urlencoded"
WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
UNKNOWN_ROUTE = "unknown"  # one label for all unknown paths, so that clients can't add metrics
UNLOGGED = "/health"  # a supervisor asks every second
BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
RENDERING = "janji.rendering"  # in the scope of what may be for many: who sends it counts it
REFUSED = "janji.refused"  # in the scope of what is refused at the door, which counts it
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})

log = structlog.get_logger()


class BodyLimit:
    """Answers 413 to a body beyond the limit, by its Content-Length or as its chunks arrive.

    A form may be larger than JSON, since it writes a letter in up to twelve bytes. JSON with too
    many members, or too deep ones, is refused before anything reads it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in WITHOUT_BODY:
            await self.app(scope, receive, send)
            return
        announced, is_form = _announced(scope)
        bytes_max = FORM_BYTES_MAX if is_form else BODY_BYTES_MAX
        received = b""

        async def limited() -> Message:
            nonlocal received
            if announced > bytes_max:
                raise HTTPException(413)
            message = await receive()
            received += message.get("body", b"")
            if len(received) > bytes_max:
                raise HTTPException(413)
            if not is_form and not message.get("more_body") and (found := excess(received)):
                note_refusal(scope, found)
                raise HTTPException(413 if found == "too_many_members" else 400)
            return message

        await self.app(scope, limited, send)


def _announced(scope: Scope) -> tuple[int, bool]:
    """How many bytes will come, and whether it is a form."""
    size_bytes, is_form = 0, False
    for name, value in scope["headers"]:
        if name == b"content-length":
            size_bytes = int(value) if value.isdigit() else 0
        elif name == b"content-type":
            is_form = value.lower().startswith(FORM)
    return size_bytes, is_form


class ResponseHeaders:
    """Adds headers to every response that doesn't set them itself."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = [(k.lower().encode(), v.encode()) for k, v in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message["headers"]
                names = {name for name, _ in given}
                message["headers"] = [*given, *(h for h in self.headers if h[0] not in names)]
            await send(message)

        await self.app(scope, receive, with_headers)


class RequestCounter(Collector):
    """The number of requests answered.

    Only the event loop's thread counts, so it needs no lock. The lock of the library's counter
    costs a fifth of a cached response.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._times: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        registry.register(self)

    def count(self, method: str, route: str, status: int) -> None:
        self._times[method, route, status] += 1

    def collect(self) -> Iterator[Metric]:
        names = ("method", "route", "status")
        requests = CounterMetricFamily("janji_http_requests", "Requests answered", labels=names)
        for (method, route, status), times in self._times.items():
            requests.add_metric((method, route, str(status)), times)
        yield requests


class ObservedApp:
    """Writes one log line and two metrics a request: method, route, status, time; nothing else.

    What was refused gets a line of the security log too.
    """

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, security: SecurityLog) -> None:
        self.app = app
        self.answered = RequestCounter(registry)
        self.security = security
        seconds = Histogram(
            "janji_http_request_seconds",
            "Time to the end of the answer",
            ("method", "route"),
            registry=registry,
            buckets=BUCKETS_SECONDS,
        )
        self.seconds = cache(seconds.labels)  # finding a labelled child costs more than observing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        method, status = scope["method"], 500
        if method == "HEAD":
            scope = {**scope, "method": "GET"}  # the server omits the body

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        current_trace_id.set(trace_id(scope))
        current_scope.set(scope)
        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            log.error("unhandled exception", exc_info=error)
        finally:
            route = getattr(scope.get("route"), "path_format", UNKNOWN_ROUTE)
            method = method if method in METHODS else "other"
            if RENDERING not in scope:
                self.answered.count(method, route, status)
            if REFUSED not in scope:
                self._note(method, route, status, time.perf_counter() - started)
                self.security.answered(scope, method=method, route=route, status=status)

    def _note(self, method: str, route: str, status: int, seconds: float) -> None:
        self.seconds(method, route).observe(seconds)
        if not route.startswith(UNLOGGED):
            ms = round(seconds * 1_000, 1)
            log.info("request", method=method, route=route, status=status, ms=ms)

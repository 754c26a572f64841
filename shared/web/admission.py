"""The door of a service: how many requests are worked on, how many wait, and which are refused.

A flood piles up in front of whatever is scarce inside, such as the connections to the database: all
get slower together, until all of them time out. So a request takes a place before it is worked on
and waits in line for one. A request that couldn't have its turn in time is refused at once, before
its body is read, and is told when there will be room: the refused of one flood are told different
times, one after another at the pace at which requests are answered.

`/health`, `/metrics` and the feed's long polls need no place.
"""

import asyncio
import ctypes
import gc
import math
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import structlog
from fastapi import FastAPI, Request
from prometheus_client import CollectorRegistry, Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.middleware import REFUSED
from shared.web.problems.problem import Problem, problem_response
from shared.web.problems.problem_kinds import BUSY

PLACES = 128  # more than fill the batches of the log; more only make each slower
WAITING_MAX = 2_000  # as many as the log would queue
WAITING_BYTES_MAX = 32 * 1024 * 1024
WAIT_SECONDS_MAX = 5.0  # a caller's patience, less the time of the work itself
RETRY_AFTER_SECONDS_MAX = 30

TICK_SECONDS = 0.1
TICK_SECONDS_MAX = 0.5  # a process that gets no processor for seconds doesn't blame those who wait
PACE_SECONDS = 1.0  # over which the pace is a mean
PACE_AT_START = 300.0  # requests a second; a slow machine's, until it is measured
PACE_MIN = 1.0  # for Retry-After in a standstill

GIVE_BACK_SECONDS = 6.0  # after a flood, when the server has closed its idle connections

WITHOUT_PLACE = ("/health", "/metrics", "/v1/events")

log = structlog.get_logger()


class Turn(NamedTuple):
    """A request that waits, and until when on the line's clock."""

    came: asyncio.Future[None]
    size_bytes: int
    until: float


class AdmissionLine:
    """The places, and the line in front of them: first come, first served.

    While all places are taken it measures its pace, the requests answered a second. At other times
    too few come to measure it, so it stays what it was.
    """

    def __init__(
        self, refused: Callable[[str], None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._refused = refused
        self._monotonic = monotonic
        self._free = PLACES
        self._waiting: deque[Turn] = deque()
        self._waiting_bytes = 0
        self._ticker: asyncio.TimerHandle | None = None
        self._ticked_at = 0.0
        self._time = 0.0  # the line's clock: a tick is short on it, however late it comes
        self._answered = 0  # since the last tick
        self._pace = PACE_AT_START
        self._refusals = 0  # since a place was last free
        self._room_at = 0.0  # when there is room for the next one who is refused

    def check(self) -> None:
        """Raises Problem if a request that comes now can't have its turn in time."""
        if self._free:
            return
        if len(self._waiting) >= WAITING_MAX or self._waiting_bytes >= WAITING_BYTES_MAX:
            raise self._busy("full")
        if len(self._waiting) >= WAIT_SECONDS_MAX * self._pace:
            raise self._busy("late")

    async def enter(self, size_bytes: int = 0) -> None:
        """Wait for a place; `leave` gives it back. Raises Problem if that takes too long."""
        if not self._free:
            await self._turn(size_bytes)
            return
        self._free -= 1
        if not self._free and self._ticker is None:
            self._ticked_at, self._answered = self._monotonic(), 0
            self._tick_later()

    def leave(self) -> None:
        """The request is answered: its place goes to the first in line."""
        self._answered += 1
        while self._waiting:
            turn = self._pop()
            if not turn.came.done():
                turn.came.set_result(None)
                return
        self._free += 1

    async def _turn(self, size_bytes: int) -> None:
        came: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Turn(came, size_bytes, self._time + WAIT_SECONDS_MAX))
        self._waiting_bytes += size_bytes
        try:
            await came
        except asyncio.CancelledError:
            if not came.cancelled() and came.exception() is None:
                self.leave()  # cancelled in the moment of its turn
            raise

    def _pop(self) -> Turn:
        turn = self._waiting.popleft()
        self._waiting_bytes -= turn.size_bytes
        return turn

    def _tick_later(self) -> None:
        self._ticker = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        """Measure the pace, and refuse those who have waited too long; ends with a free place."""
        self._ticker = None
        if self._free:
            if self._refusals:
                log.warning("requests were refused at the door", refused=self._refusals)
                self._refusals = 0
                asyncio.get_running_loop().call_later(GIVE_BACK_SECONDS, give_memory_back)
            return
        now = self._monotonic()
        seconds = min(now - self._ticked_at, TICK_SECONDS_MAX)
        self._time += seconds
        weight = -math.expm1(-seconds / PACE_SECONDS)
        self._pace += (self._answered / seconds - self._pace) * weight
        self._ticked_at, self._answered = now, 0
        while self._waiting and self._waiting[0].until <= self._time:
            turn = self._pop()
            if not turn.came.done():
                turn.came.set_exception(self._busy("waited"))
        self._tick_later()

    def _busy(self, reason: str) -> Problem:
        """The connection ends too, so that a flood doesn't keep its memory."""
        self._refused(reason)
        self._refusals += 1
        after_seconds = math.ceil(self._book_seconds(self._monotonic()))
        headers = {"Retry-After": str(after_seconds), "Connection": "close"}
        return Problem(BUSY, headers=headers)

    def _book_seconds(self, now: float) -> float:
        """Until there is room for one more, behind all who wait and all who were told to come."""
        pace = max(self._pace, PACE_MIN)
        room_at = max(self._room_at, now + len(self._waiting) / pace) + 1 / pace
        self._room_at = min(room_at, now + RETRY_AFTER_SECONDS_MAX)
        return self._room_at - now


class Visit:
    """One request on its way through the door: its place from its whole body to its response."""

    __slots__ = ("_has_place", "_line", "_receive", "_send", "_size_bytes", "_was_inside")

    def __init__(self, line: AdmissionLine, receive: Receive, send: Send) -> None:
        self._line = line
        self._receive = receive
        self._send = send
        self._size_bytes = 0
        self._has_place = self._was_inside = False

    async def enter(self) -> None:
        if not self._was_inside:
            await self._line.enter(self._size_bytes)
            self._has_place = self._was_inside = True

    async def receive(self) -> Message:
        """Only a whole body takes a place: one that comes slowly must not keep others out."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._size_bytes += len(message.get("body", b""))
            if not message.get("more_body"):
                await self.enter()
        return message

    async def send(self, message: Message) -> None:
        """The work is done when the response starts, however slowly it is taken."""
        self.leave()
        await self._send(message)

    def leave(self) -> None:
        if self._has_place:
            self._has_place = False
            self._line.leave()


class Admission:
    """The door as middleware of `app`, which lies in `service`."""

    def __init__(self, app: ASGIApp, service: FastAPI, registry: CollectorRegistry) -> None:
        self.app = app
        self.service = service
        refused = Counter(
            "janji_http_refused",
            "Requests refused at the door, because their turn would come too late",
            ("reason",),
            registry=registry,
        )
        for reason in ("full", "late", "waited"):
            refused.labels(reason)
        self.line = AdmissionLine(lambda reason: refused.labels(reason).inc())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(WITHOUT_PLACE):
            await self.app(scope, receive, send)
            return
        visit = Visit(self.line, receive, send)
        try:
            self.line.check()
            if scope["method"] != "POST":
                await visit.enter()
        except Problem as busy:
            scope[REFUSED] = True
            response = problem_response(Request({**scope, "app": self.service}), busy)
            await response(scope, receive, send)
            return
        try:
            await self.app(scope, visit.receive, visit.send)
        finally:
            visit.leave()


def give_memory_back() -> None:
    """Refusals lie in cycles until they are collected; then glibc keeps what is freed.

    A C library without this function doesn't.
    """
    gc.collect()
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)

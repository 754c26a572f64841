"""The feed: a service's log as CloudEvents over HTTP, for followers, gaps and rebuilds.

It is the only source of history, and the only connection that a follower needs; the broker makes
it faster. A page is a run of positions, so pages neither skip nor repeat. A cache may keep a full
page if it asks each time whether it still holds: a restore can give its positions to other events.
Whoever goes on by `cursor` is told of such a restore; whoever goes on by `after` is told only if
the log is shorter now.

The relay publishes the same bodies. Next: `feed_client.py` reads it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Response

from shared.eventstore.errors import BeyondHead, HistoryLost, LogUnavailable
from shared.eventstore.log import EventLog
from shared.eventstore.records import Head, Recorded
from shared.messaging.envelope import (
    BATCH_CONTENT_TYPE,
    CloudEvent,
    Envelopes,
    UnpublishableEvent,
)
from shared.messaging.feed_client import PAGE_SIZE_MAX, HeadBody
from shared.messaging.log_cursor import PATTERN, LogCursor

WAIT_SECONDS_MAX = 30.0
POSITION_MAX = 2**63 - 1  # of a bigint
ASK_FIRST = "private, no-cache"  # keep it, and ask by its ETag before each use
NEVER_KEPT = "no-store"

After = Annotated[
    int, Query(ge=0, le=POSITION_MAX, description="the position after which the page begins")
]
Cursor = Annotated[
    str | None,
    Query(
        pattern=PATTERN,
        description="instead of `after`: the `Janji-Cursor` of the page before, or an event's"
        " `logcursor`; 409 if the log no longer holds that event",
    ),
]
Limit = Annotated[int, Query(ge=1, le=PAGE_SIZE_MAX, description="positions in a page at most")]
Wait = Annotated[
    float, Query(ge=0, le=WAIT_SECONDS_MAX, description="seconds to wait for a first event")
]
Types = Annotated[str | None, Query(alias="type", description="event names, with commas between")]
IfNoneMatch = Annotated[str | None, Header()]


def _start(after: After = 0, cursor: Cursor = None) -> LogCursor:
    return LogCursor.parse(cursor) if cursor else LogCursor(after)


Start = Annotated[LogCursor, Depends(_start)]


def feed_router(
    service: str,
    log: EventLog,
    envelopes: Envelopes,
    require_subscriber: Callable[..., Any],
    stopping: asyncio.Event | None = None,
) -> APIRouter:
    """`GET /v1/events` and `/v1/events/head`, for callers that the dependency admits.

    A cancelled request (its caller has disconnected) leaves nothing behind. `stopping` ends all
    long polls, so that the service can stop.
    """
    feed = _Feed(service, log, envelopes, stopping or asyncio.Event())
    router = APIRouter(
        prefix="/v1/events", tags=["event feed"], dependencies=[Depends(require_subscriber)]
    )

    @router.get("", summary="Events after a position, in order", responses=_PAGE)
    async def events(
        start: Start,
        limit: Limit = PAGE_SIZE_MAX,
        wait: Wait = 0,
        types: Types = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        names = frozenset(types.split(",")) if types else None
        page = await feed.page(start, limit, wait, names)
        return page.response(if_none_match)

    @router.get("/head", summary="Where the log ends", responses=_HEAD)
    async def head() -> Response:
        return _head(await log.head())

    return router


@dataclass(frozen=True, slots=True)
class _PageResponse:
    """The events of one response. `last`: the last event that was read, even if filtered out."""

    bodies: Sequence[bytes]
    start: LogCursor
    last: Recorded | None
    head: Head
    is_full: bool

    def response(self, if_none_match: str | None) -> Response:
        headers = self._headers()
        if self.is_full and if_none_match == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(
            b"[" + b",".join(self.bodies) + b"]", media_type=BATCH_CONTENT_TYPE, headers=headers
        )

    def _headers(self) -> dict[str, str]:
        scanned_to = LogCursor.of(self.last.position, self.last.hash) if self.last else self.start
        headers = {
            "Janji-Log-Head": str(self.head.position),
            "Janji-Log-Head-Hash": self.head.hash.hex(),
            "Janji-Log-Epoch": str(self.head.epoch),
            "Janji-Scanned-To": str(scanned_to.position),
            "Janji-Cursor": str(scanned_to),
            "Cache-Control": ASK_FIRST if self.is_full else NEVER_KEPT,
        }
        if self.head.recorded_at:
            headers["Janji-Log-Head-Recorded-At"] = self.head.recorded_at.isoformat()
        if self.last:
            headers["Janji-Log-Hash"] = self.last.hash.hex()
        if self.last and self.is_full:
            # The hash is chained, so it identifies all history up to here; the URL does the rest.
            headers["ETag"] = f'"{self.last.hash.hex()}"'
        return headers


class _Feed:
    """Makes pages of one log."""

    def __init__(
        self, service: str, log: EventLog, envelopes: Envelopes, stopping: asyncio.Event
    ) -> None:
        assert service == envelopes.service, "a feed serves its own service's events"
        self._stopping = stopping
        self._log = log
        self._envelopes = envelopes

    async def page(
        self, start: LogCursor, limit: int, wait_seconds: float, names: frozenset[str] | None
    ) -> _PageResponse:
        """The page after a cursor. The head is read after the events, so it is never older.

        Raises HistoryLost, BeyondHead, and LogUnavailable at an event that can't be published.
        """
        start, recorded = await self._read(start, limit)
        head = await self._log.head()
        if wait_seconds and head.position == start.position:
            await self._wait_for_events(start.position, wait_seconds)
            start, recorded = await self._read(start, limit)
            head = await self._log.head()
        if not self._envelopes.knows(head.epoch):
            self._envelopes.learn(await self._log.epochs())
        try:
            events = await self._envelopes.envelopes(recorded)
        except UnpublishableEvent as error:  # health names it, by the relay
            raise LogUnavailable(str(error)) from error
        recorded = recorded[: len(events)]
        return _PageResponse(
            bodies=[event.body() for event in events if _is_selected(event, names)],
            start=start,
            last=recorded[-1] if recorded else None,
            head=head,
            is_full=len(events) == limit,
        )

    async def _read(self, start: LogCursor, limit: int) -> tuple[LogCursor, Sequence[Recorded]]:
        """The start's own cursor, and the events after it, of the same history.

        The event at the start is read with those after it, so no restore comes between.
        """
        is_first = start.position == 0
        recorded = await self._log.read(max(start.position - 1, 0), limit + (not is_first))
        found = start.found_in(None if is_first else next(iter(recorded), None))
        if found is None:
            head, epochs = await self._log.head(), await self._log.epochs()
            lost = HistoryLost if start.hash_prefix else BeyondHead
            raise lost(start.position, head=head, epochs=epochs)
        return found, recorded if is_first else recorded[1:]

    async def _wait_for_events(self, after: int, wait_seconds: float) -> None:
        """Wait for a new event, for the time to be over, or for the service to stop."""
        waiting = {
            asyncio.ensure_future(self._log.wait_beyond(after, wait_seconds)),
            asyncio.ensure_future(self._stopping.wait()),
        }
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()


def _head(end: Head) -> Response:
    body = HeadBody(end.epoch, end.position, end.hash.hex(), end.recorded_at)
    return Response(
        msgspec.json.encode(body),
        media_type="application/json",
        headers={"Cache-Control": NEVER_KEPT},
    )


def _is_selected(event: CloudEvent, names: frozenset[str] | None) -> bool:
    return names is None or event.name in names


_PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The events. Go on by `cursor` with `Janji-Cursor`.",
        "content": {BATCH_CONTENT_TYPE: {"schema": {"type": "array", "items": {"type": "object"}}}},
    },
    304: {"description": "The page is as it was."},
    409: {"description": "The log no longer holds the event of the cursor, or ends before."},
}
_HEAD_BODY = msgspec.json.schema_components([HeadBody])[1]["HeadBody"]
_HEAD: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"schema": _HEAD_BODY}}}
}

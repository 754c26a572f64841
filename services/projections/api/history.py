"""The public history of the figures: revisions of past periods, and daily log checkpoints.

Next: `read_models/history/revisions.py` and `store/log_heads.py`, which read them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api.history_views import LogHeadsView, RevisionsView
from services.projections.api.open_data import LOG_HEAD_COLUMNS, REVISION_COLUMNS
from services.projections.read_models.events import SOURCES
from services.projections.read_models.history.revisions import (
    Revision,
    RevisionOrder,
    order_of,
    revisions,
)
from services.projections.read_models.periods import Period, periods
from services.projections.store import generations
from services.projections.store.log_heads import DailyLogCheckpoint, log_heads
from services.projections.web import cursors
from services.projections.web.query_params import (
    MinPositionQuery,
    PeriodQuery,
    check_begun,
    period_of,
    wait_until_applied,
)
from services.projections.web.responses import (
    CSV,
    JSON,
    as_csv,
    as_json,
    public_response,
    response_docs,
    wants_csv,
)
from shared.office_time import local_date
from shared.postgres.pool import Pool

LIMIT_MAX = 500
CURSOR_DECODER = msgspec.json.Decoder(RevisionOrder)


class RevisionsQuery(PeriodQuery):
    """A page of the list; CSV has no pages."""

    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 50
    cursor: Annotated[str, Field(max_length=300), cursors.valid_cursor(CURSOR_DECODER)] | None = (
        None
    )


class HistoryApi:
    """One method a route."""

    def __init__(self, pool: Pool, *, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._now = now

    def router(self) -> APIRouter:
        router = APIRouter()
        revised = response_docs(RevisionsView, "What changed, the newest first", CSV)
        heads = response_docs(LogHeadsView, "By service, the oldest first", CSV)
        table = response_docs(None, "The same as a table", CSV)
        router.add_api_route("/v1/public/revisions", self.revisions, responses=revised)
        router.add_api_route("/v1/public/revisions.csv", self.revisions_csv, responses=table)
        router.add_api_route("/v1/public/log-heads", self.log_heads, responses=heads)
        router.add_api_route("/v1/public/log-heads.csv", self.log_heads_csv, responses=table)
        return router

    async def revisions(
        self, request: Request, asked: Annotated[RevisionsQuery, Query()]
    ) -> Response:
        """Which figures of a past period have changed since it ended: JSON, or CSV by `Accept:
        text/csv`. No breakdown of complaints."""
        return await self._revisions(asked, CSV if wants_csv(request) else JSON)

    async def revisions_csv(self, asked: Annotated[PeriodQuery, Query()]) -> Response:
        """The same as CSV, all of them at once."""
        page = RevisionsQuery(period=asked.period, min_position=asked.min_position)
        return await self._revisions(page, CSV)

    async def _revisions(self, asked: RevisionsQuery, media_type: str) -> Response:
        today = local_date(self._now())
        period = period_of(asked.period, today)
        after = None if asked.cursor is None else cursors.read(asked.cursor, CURSOR_DECODER)
        is_fresh = await wait_until_applied(self._pool, asked.min_position)
        async with generations.live(self._pool) as connection:
            check_begun(period, await periods(connection, today), asked.period)
            found = await revisions(connection, period)
        if media_type == CSV:
            body = as_csv(tuple(REVISION_COLUMNS), (_revision(period, each) for each in found))
            return public_response(body, CSV, is_fresh=is_fresh)
        rest = [each for each in found if after is None or order_of(each) > after]
        page = rest[: asked.limit]
        cursor = cursors.write(order_of(page[-1])) if len(rest) > len(page) else None
        items = [_revision(period, each) for each in page]
        body = as_json({"items": items, "next_cursor": cursor})
        return public_response(body, JSON, is_fresh=is_fresh)

    async def log_heads(
        self, request: Request, asked: Annotated[MinPositionQuery, Query()]
    ) -> Response:
        """Each day's last position and its hash, for whoever wants to prove later that history
        wasn't rewritten (`janji verify --heads`): JSON, or CSV by `Accept: text/csv`."""
        return await self._log_heads(asked, CSV if wants_csv(request) else JSON)

    async def log_heads_csv(self, asked: Annotated[MinPositionQuery, Query()]) -> Response:
        """The same as CSV."""
        return await self._log_heads(asked, CSV)

    async def _log_heads(self, asked: MinPositionQuery, media_type: str) -> Response:
        is_fresh = await wait_until_applied(self._pool, asked.min_position)
        async with generations.live(self._pool) as connection:
            found = await log_heads(connection)
        if media_type == CSV:
            rows = [{"service": head.source, **_head(head)} for head in found]
            body = as_csv(tuple(LOG_HEAD_COLUMNS), rows)
        else:
            by_service = {
                service: [_head(head) for head in found if head.source == service]
                for service in SOURCES
            }
            body = as_json(by_service)
        return public_response(body, media_type, is_fresh=is_fresh)


def _revision(period: Period, revision: Revision) -> dict[str, Any]:
    return {"period": period.id, **asdict(revision)}


def _head(head: DailyLogCheckpoint) -> dict[str, Any]:
    return {"date": head.day.isoformat(), "position": head.position, "hash": head.hash.hex()}

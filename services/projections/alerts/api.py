"""The staff's list of alerts: which cases became due soon or overdue, newest first.

The list is read from this service's own log, so it has exactly the alerts that were sent, whatever
has happened to the cases since; `/v1/sla/cases` has their present state.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.projections.alerts.domain import WITHDRAWN_VERSION
from services.projections.alerts.published import publish
from services.projections.api.staff import STAFF
from services.projections.web import cursors
from services.projections.web.responses import as_json, response, response_docs
from shared.cases.web.responses import ClockView, View
from shared.eventstore.codec import Codec
from shared.eventstore.reader import LogReader
from shared.eventstore.records import Recorded
from shared.web.identity.tokens import require

LIMIT_MAX = 500
POSITION_MAX = 2**63 - 1
CURSOR_CHARACTERS_MAX = 100
CURSOR_DECODER = msgspec.json.Decoder(
    tuple[Literal["alerts"], Annotated[int, msgspec.Meta(ge=1, le=POSITION_MAX)]]
)
FROM_THE_NEWEST = ("alerts", POSITION_MAX)

# Fields of the payload that a list doesn't need: the facts behind the clock, and the actor.
LEFT_OUT = ("basis", "by", "role", "version", "state")


class AlertsQuery(BaseModel):
    """after: only alerts after this position, such as the first one of an earlier response."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Field(ge=0, le=POSITION_MAX)] = 0
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 50
    cursor: (
        Annotated[
            str,
            Field(min_length=1, max_length=CURSOR_CHARACTERS_MAX),
            cursors.valid_cursor(CURSOR_DECODER),
        ]
        | None
    ) = None


class AlertView(View):
    """One alert. `clock` is the clock of `occurred_at`, the midnight it is about; the case is as it
    stood when that was found out, after its event `case_version`.

    `position` is its place in the log and on the feed. A withdrawal is an item of its own, with its
    `reason`; the alert that was wrong says `withdrawn` from then on.
    """

    position: int
    alert: Literal["due_soon", "overdue", "due_soon_withdrawn", "overdue_withdrawn"]
    withdrawn: bool
    reason: str | None
    number: str
    service: Literal["requests", "complaints"]
    status: str
    case_version: int
    due_on: date
    kind: str | None
    agency: str | None
    letter_number: str | None
    category: str | None
    channel: str
    assignee: str | None
    clock: ClockView
    occurred_at: datetime
    recorded_at: datetime


class AlertsView(View):
    items: list[AlertView]
    next_cursor: str | None


class AlertsApi:
    """One route."""

    def __init__(self, log: LogReader, codec: Codec) -> None:
        self._log = log
        self._codec = codec

    def router(self) -> APIRouter:
        router = APIRouter(tags=["staff"])
        router.add_api_route(
            "/v1/sla/alerts",
            self.alerts,
            dependencies=[Depends(require(*STAFF))],
            responses=response_docs(AlertsView, "The alerts, newest first"),
        )
        return router

    async def alerts(self, asked: Annotated[AlertsQuery, Query()]) -> Response:
        """Due-soon and overdue alerts, newest first."""
        _, before = cursors.read(asked.cursor, CURSOR_DECODER) if asked.cursor else FROM_THE_NEWEST
        found = await self._log.newest(asked.after, before, asked.limit + 1)
        versions = await self._log.versions({recorded.originator_id for recorded in found})
        items = [self._shown(each, versions[each.originator_id]) for each in found[: asked.limit]]
        has_more = len(found) > asked.limit
        cursor = cursors.write(("alerts", items[-1]["position"])) if has_more else None
        return response(as_json({"items": items, "next_cursor": cursor}), is_fresh=True)

    def _shown(self, recorded: Recorded, last_version: int) -> dict[str, Any]:
        publication = publish(self._codec.decode(recorded), recorded)
        said = msgspec.json.decode(publication.data)
        for name in LEFT_OUT:
            del said[name]
        return {
            "position": recorded.position,
            "alert": publication.name,
            "withdrawn": last_version == WITHDRAWN_VERSION,
            "reason": None,
            **said,
        }

"""`/v1/readings`: who read personal data, for those who watch over it."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from shared.cases.repository import CaseRepository
from shared.cases.web.http import InstantParameter
from shared.cases.web.responses import View, utc
from shared.web.fields import TypedLine
from shared.web.identity.tokens import require

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
WATCHERS = [Depends(require("auditor", "supervisor"))]


class ReadingView(View):
    """`sub` saw the personal data of the case with this number."""

    at: datetime
    sub: str
    number: str


class ReadingsView(View):
    """Oldest first. `next_cursor` is the instant of the last one, where there may be more."""

    items: list[ReadingView]
    next_cursor: datetime | None


class ReadingsQuery(BaseModel):
    """Of one case or all; `after` an instant, or the `next_cursor` of the page before."""

    model_config = ConfigDict(extra="forbid")

    number: TypedLine | None = None  # read as it is typed
    after: InstantParameter | None = None
    cursor: InstantParameter | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


_READINGS: dict[int | str, dict[str, Any]] = {
    200: {"model": ReadingsView, "description": "The readings"}
}


def add_readings(router: APIRouter, cases: CaseRepository[Any]) -> None:
    @router.get(
        "/v1/readings",
        summary="Who read personal data, and when",
        responses=_READINGS,
        dependencies=WATCHERS,
    )
    async def readings(asked: Annotated[ReadingsQuery, Query()]) -> Response:
        after = max(asked.after or BEGINNING, asked.cursor or BEGINNING)
        found = await cases.readings(after, limit=asked.limit, number=asked.number)
        items = [
            {"at": utc(each.at), "sub": each.sub, "number": each.first_event.number}
            for each in found
        ]
        cursor = items[-1]["at"] if len(items) >= asked.limit else None
        said = msgspec.json.encode({"items": items, "next_cursor": cursor})
        return Response(said, media_type="application/json")

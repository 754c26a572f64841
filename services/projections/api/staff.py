"""The staff's queries: the list of cases, one case with its timeline, the number of open cases.

Lists have no personal data; names are read from the case's own service. An agency sees its own
requests, and can't learn that others exist.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api.schemas import CaseStoryView, CasesView, PositionView, SummaryView
from services.projections.read_models.case_list import (
    CaseFilter,
    ListKey,
    Sort,
    case_list,
    key_of,
    one_case,
    summary,
)
from services.projections.read_models.events import SOURCES
from services.projections.read_models.states import State
from services.projections.read_models.timelines import timeline
from services.projections.store import generations
from services.projections.store.checkpoints import positions
from services.projections.web import cursors
from services.projections.web.query_params import MinPositionQuery, wait_until_applied
from services.projections.web.responses import (
    CSV,
    as_csv,
    as_json,
    response,
    response_docs,
    wants_csv,
)
from shared.postgres.pool import Pool
from shared.promise.case_number import prefix_of, read_number
from shared.text import Text
from shared.web.fields import Day, Line
from shared.web.identity.roles import Role
from shared.web.identity.tokens import Caller, require
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import NOT_FOUND

LIMIT_MAX = 500
CURSOR = Text(
    id="Harus `next_cursor` dari halaman sebelumnya, dengan `sort` yang sama.",
    en="Must be the `next_cursor` of the page before, with the same `sort`.",
)
CURSOR_DECODER = msgspec.json.Decoder(tuple[str, dt.date, str])

STAFF: tuple[Role, ...] = ("intake", "reviewer", "supervisor", "auditor")
NO_AGENCY = ""  # no agency's code

Reader = Annotated[Caller, Depends(require(*STAFF, "agency"))]
FOR_STAFF = [Depends(require(*STAFF))]
FOR_OPERATORS = [Depends(require(*STAFF, "subscriber"))]

COLUMNS = (
    "number",
    "service",
    "status",
    "kind",
    "agency",
    "letter_number",
    "category",
    "assignee",
    "channel",
    "standard",
    "received_at",
    "received_on",
    "days_allowed",
    "due_on",
    "days_left",
    "days_used",
    "days_elapsed",
    "state",
    "due_soon",
    "provisional",
    "calendar",
    "waiting_since",
    "waited",
    "reopenings",
    "reclassified",
    "backdated",
    "imported",
    "score",
    "version",
    "next_deadline",
    "next_deadline_on",
    "next_deadline_state",
)


class CasesQuery(MinPositionQuery):
    """The filters of the list; a missing one matches all cases."""

    service: Literal["requests", "complaints"] | None = None
    open: bool | None = None
    state: State | None = None
    due_soon: bool | None = None
    status: Line | None = None
    agency: Line | None = None
    kind: Line | None = None
    category: Line | None = None
    channel: Line | None = None
    assignee: Line | None = None
    letter_number: Line | None = None
    due_before: Day | None = None
    sort: Sort = "due_on"
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 50
    cursor: Annotated[Line, cursors.valid_cursor(CURSOR_DECODER, CURSOR)] | None = None

    def wanted(self) -> CaseFilter:
        return CaseFilter(**self.model_dump(exclude={"min_position", "sort", "limit", "cursor"}))

    def after(self) -> ListKey | None:
        return None if self.cursor is None else read_cursor(self.cursor, self.sort)


class StaffApi:
    """One method a route. Each reads the live generation in one snapshot."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def router(self) -> APIRouter:
        router = APIRouter(tags=["staff"])
        router.add_api_route(
            "/v1/sla/cases", self.cases, responses=response_docs(CasesView, "The cases", CSV)
        )
        router.add_api_route(
            "/v1/sla/cases/{number}", self.case, responses=response_docs(CaseStoryView, "The case")
        )
        router.add_api_route(
            "/v1/sla/summary",
            self.summary,
            dependencies=FOR_STAFF,
            responses=response_docs(SummaryView, "What is open"),
        )
        router.add_api_route(
            "/v1/positions",
            self.positions,
            dependencies=FOR_OPERATORS,
            responses=response_docs(dict[str, PositionView], "By source"),
        )
        return router

    async def cases(
        self, request: Request, filters: Annotated[CasesQuery, Query()], who: Reader
    ) -> Response:
        """Which cases there are: JSON, or CSV by `Accept: text/csv`."""
        wanted, after = _visible_to(who, filters.wanted()), filters.after()
        is_fresh = await wait_until_applied(self._pool, filters.min_position)
        async with generations.live(self._pool) as connection:
            found = await case_list(
                connection, wanted, filters.sort, after=after, limit=filters.limit + 1
            )
        items, rest = found[: filters.limit], found[filters.limit :]
        cursor = cursors.write((filters.sort, *key_of(items[-1], filters.sort))) if rest else None
        if not wants_csv(request):
            body = as_json({"items": items, "next_cursor": cursor})
            return response(body, is_fresh=is_fresh, headers={"Vary": "Accept"})
        headers = {"Vary": "Accept"} | ({"Link": _next(request, cursor)} if cursor else {})
        body = as_csv(COLUMNS, map(_csv_row, items))
        return response(body, CSV, is_fresh=is_fresh, headers=headers)

    async def case(
        self, number: str, fresh: Annotated[MinPositionQuery, Query()], who: Reader
    ) -> Response:
        """One case and its timeline."""
        known_as = read_number(number, "ADU" if prefix_of(number) == "ADU" else "PRM")
        is_fresh = await wait_until_applied(self._pool, fresh.min_position)
        async with generations.live(self._pool) as connection:
            found = await one_case(connection, known_as)
            events = await timeline(connection, known_as)
        if found is None or not (who.may(*STAFF) or found["agency"] == who.agency):
            raise Problem(NOT_FOUND)
        return response(as_json({**found, "timeline": events}), is_fresh=is_fresh)

    async def summary(self, fresh: Annotated[MinPositionQuery, Query()]) -> Response:
        """How many cases are running, due soon, overdue, waiting: by service and by assignee."""
        is_fresh = await wait_until_applied(self._pool, fresh.min_position)
        async with generations.live(self._pool) as connection:
            return response(as_json(await summary(connection, SOURCES)), is_fresh=is_fresh)

    async def positions(self, fresh: Annotated[MinPositionQuery, Query()]) -> Response:
        """How far each source is applied, and what is held or left out."""
        is_fresh = await wait_until_applied(self._pool, fresh.min_position)
        async with generations.live(self._pool) as connection:
            found = await positions(connection)
        said = {
            each.source: {
                "applied": each.applied,
                "head": each.head,
                "lag_events": each.lag_events,
                "lag_seconds": each.lag_seconds,
                "quarantined": each.quarantined,
                "forked_at": each.forked_at,
                "unknown": dict(each.unknown),
            }
            for each in found
        }
        return response(as_json(said), is_fresh=is_fresh)


def _visible_to(who: Caller, wanted: CaseFilter) -> CaseFilter:
    """The filter, restricted to what the caller may see: for an agency, its own requests."""
    if who.may(*STAFF):
        return wanted
    is_own = wanted.agency in (None, who.agency)
    return replace(wanted, agency=who.agency if is_own else NO_AGENCY)


def _csv_row(case: Mapping[str, Any]) -> Mapping[str, Any]:
    """A case with the fields of its clock; the instant in the format of JSON."""
    received_at = case["received_at"].isoformat().replace("+00:00", "Z")
    deadline = case["next_deadline"] or dict.fromkeys(("clock", "due_on", "state"))
    return {
        **case,
        **case["clock"],
        "received_at": received_at,
        "next_deadline": deadline["clock"],
        "next_deadline_on": deadline["due_on"],
        "next_deadline_state": deadline["state"],
    }


def read_cursor(cursor: str, sort: Sort) -> ListKey:
    """Raises Problem for a malformed cursor, or one of a list with another order."""
    of_sort, key, number = cursors.read(cursor, CURSOR_DECODER, CURSOR)
    if of_sort != sort:
        raise cursors.wrong_cursor(CURSOR)
    return ListKey(key, number)


def _next(request: Request, cursor: str) -> str:
    url = request.url.include_query_params(cursor=cursor)
    return f'<{url.path}?{url.query}>; rel="next"'

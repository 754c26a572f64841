"""The figures for everybody, of today and of the past: JSON, CSV and XLSX. No token, any origin.

All of an answer is read in one snapshot of the live generation. It is asked for again each time
it is used (`no-cache`), and costs a 304 where nothing has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from services.projections.api.downloads.workbook import XLSX, workbook
from services.projections.api.history import HistoryApi
from services.projections.api.open_data import COLUMNS, data_package, tidy
from services.projections.api.query_params import (
    AskedFigures,
    Fresh,
    applied,
    check_begun,
    check_past,
    once_each,
    period_of,
)
from services.projections.api.releases import ReleasesApi
from services.projections.api.responses import (
    CSV,
    JSON,
    PUBLIC_HEADERS,
    as_csv,
    as_json,
    described,
    public_answer,
    wants_csv,
)
from services.projections.api.schemas import PeriodsView, StatisticsView
from services.projections.read_models.periods import periods
from services.projections.read_models.statistics import statistics
from services.projections.store import generations
from shared.office_time import local_date

if TYPE_CHECKING:
    from services.projections.api.as_of_cache import Past
    from services.projections.read_models.periods import Period
    from services.projections.read_models.statistics import Office
    from services.projections.store.generations import Pool

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class PublicApi:
    """One method a call."""

    def __init__(
        self, pool: Pool, office: Office, past: Past, *, now: Callable[[], datetime]
    ) -> None:
        self._pool = pool
        self._office = office
        self._past = past
        self._now = now

    def router(self) -> APIRouter:
        router = APIRouter(tags=["public"], dependencies=[Depends(once_each)])
        statistics = described(StatisticsView, "The figures of the period", CSV)
        table = described(None, "The same as a table", CSV)
        sheets = described(None, "The same as a workbook", XLSX)
        periods = described(PeriodsView, "The periods, the newest year first")
        package = described(None, "A Data Package", JSON)
        router.add_api_route("/v1/public/statistics", self.statistics, responses=statistics)
        router.add_api_route("/v1/public/statistics.csv", self.statistics_csv, responses=table)
        router.add_api_route("/v1/public/statistics.xlsx", self.statistics_xlsx, responses=sheets)
        router.add_api_route("/v1/public/periods", self.periods, responses=periods)
        router.add_api_route("/datapackage.json", self.data_package, responses=package)
        router.include_router(HistoryApi(self._pool, now=self._now).router())
        router.include_router(ReleasesApi(self._pool, self._office).router())
        for path in {route.path for route in router.routes if isinstance(route, APIRoute)}:
            router.add_api_route(path, preflight, methods=["OPTIONS"], include_in_schema=False)
        return router

    async def statistics(
        self, request: Request, asked: Annotated[AskedFigures, Query()]
    ) -> Response:
        """Was the promise kept? Today, or as it was known at the end of the day `as_of`, without
        what is released of complaints. JSON, or CSV by `Accept: text/csv`."""
        return await (self._table(asked) if wants_csv(request) else self._json(asked))

    async def statistics_csv(self, asked: Annotated[AskedFigures, Query()]) -> Response:
        """The same as CSV, one number a row; `/datapackage.json` says what the columns mean."""
        return await self._table(asked)

    async def statistics_xlsx(self, asked: Annotated[AskedFigures, Query()]) -> Response:
        """The same as a workbook, a sheet a table: real numbers and dates, words in Indonesian and
        in English."""
        period, found, is_fresh = await self._figures(asked)
        standard = self._office.standard(period, local_date(self._now()))
        body = await asyncio.to_thread(workbook, found, standard)
        answer = public_answer(body, XLSX, is_fresh=is_fresh)
        answer.headers["Content-Disposition"] = f'attachment; filename="janji-{period.id}.xlsx"'
        return answer

    async def _json(self, asked: AskedFigures) -> Response:
        _, found, is_fresh = await self._figures(asked)
        return public_answer(as_json(found), JSON, is_fresh=is_fresh)

    async def _table(self, asked: AskedFigures) -> Response:
        _, found, is_fresh = await self._figures(asked)
        return public_answer(as_csv(tuple(COLUMNS), tidy(found)), CSV, is_fresh=is_fresh)

    async def _figures(self, asked: AskedFigures) -> tuple[Period, Mapping[str, Any], bool]:
        """Of which period, the figures, and whether they hold what was waited for."""
        now = self._now()
        today = local_date(now)
        check_past(asked.as_of, today)
        period = period_of(asked.period, asked.as_of or today)
        is_fresh = await applied(self._pool, asked.min_position)
        async with generations.live(self._pool) as connection:
            check_begun(period, await periods(connection, today), asked.period)
            if asked.as_of is None:
                found = await statistics(connection, period, self._office, now=now)
        if asked.as_of is not None:
            found = await self._past.statistics(period, asked.as_of, now=now)
        return period, found, is_fresh

    async def periods(self, asked: Annotated[Fresh, Query()]) -> Response:
        """What periods there are: those that have begun or hold a case."""
        today = local_date(self._now())
        is_fresh = await applied(self._pool, asked.min_position)
        async with generations.live(self._pool) as connection:
            found = await periods(connection, today)
        items = [
            {
                "id": each.id,
                "kind": each.kind,
                "from": each.first_day,
                "to": each.last_day,
                "complete": each.is_complete(today),
            }
            for each in found
        ]
        body = as_json({"items": items, "next_cursor": None})
        return public_answer(body, JSON, is_fresh=is_fresh)

    async def data_package(self, _asked: Annotated[Fresh, Query()]) -> Response:
        """A Frictionless Data Package that describes the CSV."""
        standard = self._office.standards.in_force(local_date(self._now()))
        return public_answer(as_json(data_package(standard)), JSON, is_fresh=True)


async def preflight() -> Response:
    """A script of another site may ask with `If-None-Match`."""
    return Response(status_code=204, headers={**PUBLIC_HEADERS, **PREFLIGHT})

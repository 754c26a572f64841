"""The public figures, of today and of past days: JSON, CSV and XLSX. No token, any origin.

A response is read in one snapshot of the live generation. Caches revalidate it each time
(`no-cache`), which costs a 304 if nothing has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from services.projections.api.downloads.workbook import XLSX, workbook
from services.projections.api.history import HistoryApi
from services.projections.api.open_data import COLUMNS, data_package, tidy_rows
from services.projections.api.releases import ReleasesApi
from services.projections.api.schemas import PeriodsView, StatisticsView
from services.projections.read_models.periods import Period, periods
from services.projections.read_models.releases.releases import ReleaseCache
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.read_models.statistics import statistics
from services.projections.store import generations
from services.projections.web.as_of_cache import AsOfStatisticsCache
from services.projections.web.query_params import (
    MinPositionQuery,
    StatisticsQuery,
    check_begun,
    check_past,
    period_of,
    refuse_repeated_parameters,
    wait_until_applied,
)
from services.projections.web.responses import (
    CSV,
    JSON,
    PUBLIC_HEADERS,
    as_csv,
    as_json,
    public_response,
    response_docs,
    wants_csv,
)
from shared.office_time import local_date
from shared.postgres.pool import Pool

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class PublicApi:
    """One method a route."""

    def __init__(
        self,
        pool: Pool,
        rules: RulesInForce,
        releases: ReleaseCache,
        as_of_statistics: AsOfStatisticsCache,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._pool = pool
        self._rules = rules
        self._releases = releases
        self._as_of_statistics = as_of_statistics
        self._now = now

    def router(self) -> APIRouter:
        router = APIRouter(tags=["public"], dependencies=[Depends(refuse_repeated_parameters)])
        statistics = response_docs(StatisticsView, "The figures of the period", CSV)
        table = response_docs(None, "The same as a table", CSV)
        sheets = response_docs(None, "The same as a workbook", XLSX)
        periods = response_docs(PeriodsView, "The periods, the newest year first")
        package = response_docs(None, "A Data Package", JSON)
        router.add_api_route("/v1/public/statistics", self.statistics, responses=statistics)
        router.add_api_route("/v1/public/statistics.csv", self.statistics_csv, responses=table)
        router.add_api_route("/v1/public/statistics.xlsx", self.statistics_xlsx, responses=sheets)
        router.add_api_route("/v1/public/periods", self.periods, responses=periods)
        router.add_api_route("/datapackage.json", self.data_package, responses=package)
        router.include_router(HistoryApi(self._pool, now=self._now).router())
        router.include_router(ReleasesApi(self._pool, self._releases).router())
        for path in {route.path for route in router.routes if isinstance(route, APIRoute)}:
            router.add_api_route(path, preflight, methods=["OPTIONS"], include_in_schema=False)
        return router

    async def statistics(
        self, request: Request, asked: Annotated[StatisticsQuery, Query()]
    ) -> Response:
        """Was the promise kept? Today, or as it was known at the end of the day `as_of`, without
        what is released of complaints. JSON, or CSV by `Accept: text/csv`."""
        return await (self._table(asked) if wants_csv(request) else self._json(asked))

    async def statistics_csv(self, asked: Annotated[StatisticsQuery, Query()]) -> Response:
        """The same as CSV, one number a row; `/datapackage.json` says what the columns mean."""
        return await self._table(asked)

    async def statistics_xlsx(self, asked: Annotated[StatisticsQuery, Query()]) -> Response:
        """The same as a workbook, a sheet a table: real numbers and dates, words in Indonesian and
        in English."""
        period, found, is_fresh = await self._figures(asked)
        standard = self._rules.standard(period, local_date(self._now()))
        body = await asyncio.to_thread(workbook, found, standard)
        answer = public_response(body, XLSX, is_fresh=is_fresh)
        answer.headers["Content-Disposition"] = f'attachment; filename="janji-{period.id}.xlsx"'
        return answer

    async def _json(self, asked: StatisticsQuery) -> Response:
        _, found, is_fresh = await self._figures(asked)
        return public_response(as_json(found), JSON, is_fresh=is_fresh)

    async def _table(self, asked: StatisticsQuery) -> Response:
        _, found, is_fresh = await self._figures(asked)
        return public_response(as_csv(tuple(COLUMNS), tidy_rows(found)), CSV, is_fresh=is_fresh)

    async def _figures(self, asked: StatisticsQuery) -> tuple[Period, Mapping[str, Any], bool]:
        """The period, its figures, and whether they contain the position that was waited for."""
        now = self._now()
        today = local_date(now)
        check_past(asked.as_of, today)
        period = period_of(asked.period, asked.as_of or today)
        is_fresh = await wait_until_applied(self._pool, asked.min_position)
        async with generations.live(self._pool) as connection:
            check_begun(period, await periods(connection, today), asked.period)
            if asked.as_of is None:
                found = await statistics(connection, period, self._rules, self._releases, now=now)
        if asked.as_of is not None:
            found = await self._as_of_statistics.of_day(period, asked.as_of, now=now)
        return period, found, is_fresh

    async def periods(self, asked: Annotated[MinPositionQuery, Query()]) -> Response:
        """What periods there are: those that have begun or hold a case."""
        today = local_date(self._now())
        is_fresh = await wait_until_applied(self._pool, asked.min_position)
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
        return public_response(body, JSON, is_fresh=is_fresh)

    async def data_package(self, _asked: Annotated[MinPositionQuery, Query()]) -> Response:
        """A Frictionless Data Package that describes the CSV."""
        standard = self._rules.standards.in_force(local_date(self._now()))
        return public_response(as_json(data_package(standard)), JSON, is_fresh=True)


async def preflight() -> Response:
    """A script of another site may send `If-None-Match`."""
    return Response(status_code=204, headers={**PUBLIC_HEADERS, **PREFLIGHT})

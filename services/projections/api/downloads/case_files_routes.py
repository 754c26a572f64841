"""The public requests case by case: `janji recount` computes the published figures from them.

No token, any origin, revalidated each time (`no-cache`) like all public figures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from services.projections.api.downloads.case_files import CaseFile, CaseFiles
from services.projections.api.public import preflight
from services.projections.read_models.periods import periods
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.store import generations
from services.projections.web.query_params import (
    PeriodQuery,
    check_begun,
    period_of,
    refuse_repeated_parameters,
    wait_until_applied,
)
from services.projections.web.responses import (
    CSV,
    PUBLIC_HEADERS,
    STALE,
    matches_etag,
    response_docs,
)
from shared.office_time import local_date
from shared.postgres.pool import Pool
from shared.web.encodings import best_encoding, coding_headers

PATH = "/v1/public/requests.csv"


class CaseFilesApi:
    """One route."""

    def __init__(self, pool: Pool, rules: RulesInForce, *, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._now = now
        self._files = CaseFiles(pool, rules)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["public"], dependencies=[Depends(refuse_repeated_parameters)])
        table = response_docs(None, "A row a request", CSV)
        router.add_api_route(PATH, self.requests_csv, responses=table)
        router.add_api_route(PATH, preflight, methods=["OPTIONS"], include_in_schema=False)
        return router

    async def requests_csv(
        self, request: Request, asked: Annotated[PeriodQuery, Query()]
    ) -> Response:
        """The requests of a period case by case, in an order that says nothing and under ids that
        can't be joined to a number; `/datapackage.json` says what the columns mean. `janji recount`
        makes every figure of requests again from it."""
        today = local_date(self._now())
        period = period_of(asked.period, today)
        is_fresh = await wait_until_applied(self._pool, asked.min_position)
        async with generations.live(self._pool) as connection:
            check_begun(period, await periods(connection, today), asked.period)
        return file_response(request, await self._files.file(period), is_fresh=is_fresh)


def file_response(request: Request, file: CaseFile, *, is_fresh: bool) -> Response:
    """The file, compressed if the caller accepts that; no body if it has the file already."""
    coding = best_encoding(
        ("gzip", "identity"), request.headers.get("accept-encoding", "").encode()
    )
    is_compressed = coding == "gzip"
    etag = f"{file.fingerprint}-gzip" if is_compressed else file.fingerprint
    headers = {**PUBLIC_HEADERS, "ETag": f'"{etag}"', **coding_headers(coding)}
    headers |= {} if is_fresh else STALE
    if matches_etag(etag.encode(), request.headers.get("if-none-match", "").encode("latin-1")):
        return Response(status_code=304, headers=headers)
    size = file.compressed_size if is_compressed else file.size
    headers |= {"Content-Length": str(size)}
    return StreamingResponse(file.pieces(compressed=is_compressed), media_type=CSV, headers=headers)

"""The public releases of complaints in detail: a list, and each one by its date.

Next: `read_models/releases/releases.py`, which computes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from services.projections.api.release_schemas import ReleasesView, ReleaseView
from services.projections.read_models.releases.releases import Release, ReleaseCache
from services.projections.read_models.watermark import read_watermark
from services.projections.store import generations
from services.projections.web.query_params import MinPositionQuery, wait_until_applied
from services.projections.web.responses import JSON, as_json, public_response, response_docs
from shared.postgres.pool import Pool
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import NOT_FOUND

PATH = "/v1/public/releases"

Name = Annotated[str, Path(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[0-9]{1,4})?$")]


class ReleasesApi:
    """One method a route."""

    def __init__(self, pool: Pool, releases: ReleaseCache) -> None:
        self._pool = pool
        self._releases = releases

    def router(self) -> APIRouter:
        router = APIRouter()
        items = response_docs(ReleasesView, "The releases, the newest first")
        whole = response_docs(ReleaseView, "All that the release says")
        router.add_api_route(PATH, self.releases, responses=items)
        router.add_api_route(f"{PATH}/{{date}}", self.release, responses=whole)
        return router

    async def releases(self, asked: Annotated[MinPositionQuery, Query()]) -> Response:
        """Which releases there are of complaints in detail: one on the first day of each quarter,
        and one at the end of each import of 20 complaints or more."""
        is_fresh = await wait_until_applied(self._pool, asked.min_position)
        items = [
            {**_head(each), "periods": list(each.periods), "url": f"{PATH}/{_name(each)}"}
            for each in reversed(await self._all())
        ]
        body = as_json({"items": items, "next_cursor": None})
        return public_response(body, JSON, is_fresh=is_fresh)

    async def release(self, date: Name, asked: Annotated[MinPositionQuery, Query()]) -> Response:
        """All that was released on that day; it never changes. Of several on a day the last, or
        by `2026-11-24.1` the first, and so on."""
        is_fresh = await wait_until_applied(self._pool, asked.min_position)
        for each in reversed(await self._all()):
            if date in (_name(each), each.instant.date.isoformat()):
                body = as_json({**_head(each), "periods": each.periods})
                return public_response(body, JSON, is_fresh=is_fresh)
        raise Problem(NOT_FOUND)

    async def _all(self) -> Sequence[Release]:
        async with generations.live(self._pool) as connection:
            watermark = await read_watermark(connection)
            return await self._releases.all(connection, watermark)


def _head(release: Release) -> dict[str, Any]:
    instant = release.instant
    return {
        "date": instant.date.isoformat(),
        "released_at": instant.written,
        "why": "quarter" if instant.months is None else "import",
    }


def _name(release: Release) -> str:
    return f"{release.instant.date}.{release.instant.place}"

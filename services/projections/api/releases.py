"""The releases of complaints in detail, for everybody: a list, and each one whole by its date.

Next: `read_models/releases.py`, which works them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from services.projections.api.query_params import Fresh, applied
from services.projections.api.release_schemas import ReleasesView, ReleaseView
from services.projections.api.responses import JSON, as_json, described, public_answer
from services.projections.read_models.statistics import standing
from services.projections.store import generations
from shared.web.problems.catalogue import NOT_FOUND
from shared.web.problems.problem import Problem

if TYPE_CHECKING:
    from services.projections.read_models.releases.releases import Release
    from services.projections.read_models.statistics import Office
    from services.projections.store.generations import Pool

PATH = "/v1/public/releases"

Name = Annotated[str, Path(pattern=r"^\d{4}-\d{2}-\d{2}(\.\d{1,4})?$")]


class ReleasesApi:
    """One method a call."""

    def __init__(self, pool: Pool, office: Office) -> None:
        self._pool = pool
        self._office = office

    def router(self) -> APIRouter:
        router = APIRouter()
        items = described(ReleasesView, "The releases, the newest first")
        whole = described(ReleaseView, "All that the release says")
        router.add_api_route(PATH, self.releases, responses=items)
        router.add_api_route(f"{PATH}/{{date}}", self.release, responses=whole)
        return router

    async def releases(self, asked: Annotated[Fresh, Query()]) -> Response:
        """Which releases there are of complaints in detail: one on the first day of each quarter,
        and one at the end of each import of 20 complaints or more."""
        is_fresh = await applied(self._pool, asked.min_position)
        items = [
            {**_head(each), "periods": list(each.periods), "url": f"{PATH}/{_name(each)}"}
            for each in reversed(await self._all())
        ]
        body = as_json({"items": items, "next_cursor": None})
        return public_answer(body, JSON, is_fresh=is_fresh)

    async def release(self, date: Name, asked: Annotated[Fresh, Query()]) -> Response:
        """All that was released on that day; it never changes. Of several on a day the last, or
        by `2026-11-24.1` the first, and so on."""
        is_fresh = await applied(self._pool, asked.min_position)
        for each in reversed(await self._all()):
            if date in (_name(each), each.instant.date.isoformat()):
                body = as_json({**_head(each), "periods": each.periods})
                return public_answer(body, JSON, is_fresh=is_fresh)
        raise Problem(NOT_FOUND)

    async def _all(self) -> Sequence[Release]:
        async with generations.live(self._pool) as connection:
            stands = await standing(connection)
            return await self._office.releases.all(connection, self._office, stands)


def _head(release: Release) -> dict[str, Any]:
    instant = release.instant
    return {
        "date": instant.date.isoformat(),
        "released_at": instant.written,
        "why": "quarter" if instant.months is None else "import",
    }


def _name(release: Release) -> str:
    return f"{release.instant.date}.{release.instant.place}"

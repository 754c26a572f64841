"""`/problems/<slug>`: the page behind the `type` of a problem, in both languages."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.page.shell import Page, Shell
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import NOT_FOUND, ProblemKind


def problem_pages(shell: Shell, kinds: Sequence[ProblemKind]) -> APIRouter:
    """One page for each kind, and one that lists them."""
    router = APIRouter(tags=["service"], include_in_schema=False)
    by_slug = {kind.slug: kind for kind in kinds}

    @router.get("/problems")
    async def all_kinds() -> Response:
        page = Page("id", "Jenis masalah / Kinds of problem")
        return shell.answer("problems.html", page, kinds=kinds)

    @router.get("/problems/{slug}")
    async def one_kind(slug: str) -> Response:
        kind = by_slug.get(slug)
        if kind is None:
            raise Problem(NOT_FOUND)
        return shell.answer(
            "problem.html",
            Page("id", kind.title.id),
            kind=kind,
            detail=kind.detail,
            errors=(),
            languages=("id", "en"),
            trace_id="",
        )

    return router

"""The public's pages: figures, standard, method, each in Indonesian and in English.

A page is read from the live generation in one snapshot, so it never mixes two states.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import OK
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

from babel.dates import get_day_names
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.projections.page.chooser import choices
from services.projections.page.examples import EXAMPLES, draw
from services.projections.page.fact_words import TO_BE_CONFIRMED
from services.projections.page.facts import (
    days_off_by_year,
    link_of,
    provisional_years,
    target_of,
)
from services.projections.page.figures_page import template_values
from services.projections.page.figures_snapshot import (
    FiguresSnapshot,
    read_past_snapshot,
    read_snapshot,
)
from services.projections.page.rules import CLOCK_RULES, STATISTICS_RULES
from services.projections.page.words import WORDS
from services.projections.read_models.periods import periods, year
from services.projections.read_models.releases.releases import ReleaseCache
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.store import generations
from services.projections.web.as_of_cache import AsOfStatisticsCache
from services.projections.web.query_params import (
    MinPositionQuery,
    StatisticsQuery,
    check_begun,
    check_past,
    parse_query,
    period_of,
    wait_until_applied,
)
from services.projections.web.responses import STALE
from shared.cases.web.complaint_form import COMPLAINT_PATHS
from shared.office_time import local_date
from shared.postgres.pool import Pool
from shared.text import Text
from shared.web.language import OTHER, Language, say
from shared.web.page import formatting
from shared.web.page.formatting import LOCALES
from shared.web.page.shell import Page, Shell
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import INVALID

HERE = Path(__file__).parent
TEMPLATES, STYLE = HERE / "templates", HERE / "page.css"

CACHE_HEADERS = {"Cache-Control": "public, no-cache"}  # revalidated each time
REFUSALS_MAX = 64
REFUSALS_KEPT = timedelta(seconds=5)

A = TypeVar("A", bound=MinPositionQuery)

PageOf = Callable[[Language, A], Awaitable[HTMLResponse]]


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of the pages, in one language."""

    figures: str
    standard: str
    method: str
    complaint: str  # the channels and the form


PATHS: dict[Language, Paths] = {
    "id": Paths("/", "/standar", "/metode", COMPLAINT_PATHS["id"].channels),
    "en": Paths("/en/", "/en/standard", "/en/method", COMPLAINT_PATHS["en"].channels),
}
Here: TypeAlias = Literal["figures", "standard", "method"]


class Pages:
    """One method a page."""

    def __init__(
        self,
        pool: Pool,
        rules: RulesInForce,
        releases: ReleaseCache,
        shell: Shell,
        as_of_statistics: AsOfStatisticsCache,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._pool = pool
        self._rules = rules
        self._releases = releases
        self._shell = shell
        self._as_of_statistics = as_of_statistics
        self._now = now
        self._refusals: dict[tuple[str, ...], tuple[HTMLResponse, datetime]] = {}

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        for language, paths in PATHS.items():
            pages = (
                (paths.figures, self._in(language, "figures", StatisticsQuery, self.figures)),
                (paths.standard, self._in(language, "standard", MinPositionQuery, self.standard)),
                (paths.method, self._in(language, "method", MinPositionQuery, self.method)),
            )
            for path, page in pages:
                router.add_api_route(path, page, response_class=HTMLResponse)
        return router

    async def figures(self, language: Language, asked: StatisticsQuery) -> HTMLResponse:
        """Was the promise kept? In the given period, or in the current year."""
        found = template_values(await self._snapshot(asked), language)
        is_of_now = asked.period is None and asked.as_of is None
        return self._answer(
            "figures",
            language,
            f"{say(WORDS['figures_title'], language)} {found['period_name']}",
            other_query="" if is_of_now else found["query"],
            **found,
        )

    async def _snapshot(self, asked: StatisticsQuery) -> FiguresSnapshot:
        """Those of a past day are computed first, on another connection. Raises Problem."""
        now = self._now()
        today, day = local_date(now), asked.as_of
        check_past(day, today)
        period = period_of(asked.period, day or today)
        async with generations.live(self._pool) as connection:
            known = await periods(connection, today)
            check_begun(period, known, asked.period)
            if day is None:
                return await read_snapshot(
                    connection, period, self._rules, self._releases, known, now=now
                )
        then = await self._as_of_statistics.of_day(period, day, now=now)
        async with generations.live(self._pool) as connection:
            return await read_past_snapshot(
                connection, period, self._rules, known, day=day, then=then
            )

    async def _refused(self, language: Language, here: Here, problem: Problem) -> HTMLResponse:
        """The errors of the address, and links to other periods; rendered once for a while.

        Wrong addresses may come by the thousand, and each page costs as much as a right one.
        """
        now = self._now()
        key = (language, here, *error_lines(problem, language))
        page, until = self._refusals.get(key) or (None, now)
        if page is None or until <= now:
            page = await self._refusal(language, here, problem)
            if len(self._refusals) >= REFUSALS_MAX:
                self._refusals.clear()
            self._refusals[key] = page, now + REFUSALS_KEPT
        return page

    async def _refusal(self, language: Language, here: Here, problem: Problem) -> HTMLResponse:
        today = local_date(self._now())
        errors = problem.members["errors"]
        values: dict[str, Any] = {"here_path": getattr(PATHS[language], here)}
        title = "refused_title"
        if here == "figures":
            title = "no_such_period" if _is_about_the_period(errors) else title
            async with generations.live(self._pool) as connection:
                known = await periods(connection, today)
            offered = choices(known, year(today.year), language)
            values = {"choices": offered, "chosen": None, "kept": ""}
        return self._answer(
            here,
            language,
            say(WORDS[title], language),
            template="refused.html",
            status=problem.kind.status,
            errors=error_lines(problem, language),
            **values,
        )

    async def standard(self, language: Language, _asked: MinPositionQuery) -> HTMLResponse:
        """What is promised: every fact of the decree."""
        standard = self._rules.standards.in_force(local_date(self._now()))
        weekdays = get_day_names("wide", locale=LOCALES[language])
        return self._answer(
            "standard",
            language,
            say(standard.title, language),
            standard=standard,
            in_force_from=formatting.day(standard.in_force_from, language),
            links={code: link_of(channel) for code, channel in standard.channels.items()},
            hours=[
                (
                    weekdays[day],
                    *(formatting.clock(at, language) for at in (hours.opens, hours.closes)),
                )
                for day, hours in sorted(standard.office_hours.items())
            ],
            target=target_of(standard, language),
            to_be_confirmed=[
                say(TO_BE_CONFIRMED.get(key, Text(key, key)), language)
                for key in standard.to_be_confirmed
            ],
        )

    async def method(self, language: Language, _asked: MinPositionQuery) -> HTMLResponse:
        """How everything is counted."""
        return self._answer(
            "method",
            language,
            say(WORDS["method"], language),
            clock_rules=[
                (rule, draw(EXAMPLES[name], self._rules.calendar, language))
                for name, rule in CLOCK_RULES.items()
            ],
            statistics_rules=STATISTICS_RULES,
            days_off=days_off_by_year(self._rules.calendar),
            provisional=provisional_years(self._rules.calendar),
        )

    def _answer(
        self,
        here: Here,
        language: Language,
        title: str,
        *,
        other_query: str = "",
        template: str = "",
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        """Render the page of that name; `other_query` is the query of its other language."""
        page = Page(language, title, other=getattr(PATHS[OTHER[language]], here) + other_query)
        given = {"here": here, "paths": PATHS[language], **values}
        headers = CACHE_HEADERS if status == OK else {}
        template = template or f"{here}.html"
        return self._shell.answer(template, page, status=status, headers=headers, **given)

    def _in(
        self, language: Language, here: Here, kind: type[A], page: PageOf[A]
    ) -> Callable[[Request], Awaitable[HTMLResponse]]:
        """The endpoint of a page in one language; it waits for `min_position`."""

        async def endpoint(request: Request) -> HTMLResponse:
            try:
                asked = await parse_query(kind, request)
                is_fresh = await wait_until_applied(self._pool, asked.min_position)
                answer = await page(language, asked)
            except Problem as problem:
                if problem.kind is not INVALID:
                    raise
                return await self._refused(language, here, problem)
            if not is_fresh:
                answer.headers.update(STALE)
            return answer

        return endpoint


def _is_about_the_period(errors: Sequence[Mapping[str, Any]]) -> bool:
    return [each["pointer"] for each in errors] == ["/period"]


def error_lines(problem: Problem, language: Language) -> list[str]:
    """The errors of an address, each with its parameter."""
    return [
        f"{error['pointer'].removeprefix('/')}: {say(error['detail'], language)}"
        for error in problem.members["errors"]
    ]

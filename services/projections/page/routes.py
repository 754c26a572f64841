"""The public's pages: figures, standard, method, each in Indonesian and in English.

Everything is read from the live generation in one snapshot, so a page never mixes two states.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http.client import OK
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from babel.dates import get_day_names
from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import HTMLResponse

from services.projections import generations
from services.projections.answers import STALE
from services.projections.asked import applied, check_begun, period_of
from services.projections.page.chooser import choices
from services.projections.page.examples import EXAMPLES, drawn
from services.projections.page.facts import (
    days_off_by_year,
    link_of,
    provisional_years,
    target_of,
)
from services.projections.page.figures_page import shown, snapshot
from services.projections.page.rules import CLOCK_RULES, STATISTICS_RULES
from services.projections.page.words import TO_BE_CONFIRMED, WORDS
from services.projections.read_models.periods import Period, periods, year
from services.projections.read_models.statistics import Office
from shared.promise.standard import Text
from shared.promise.working_days import local_date
from shared.web.language import OTHER, Language, say
from shared.web.page import figures
from shared.web.page.complaint_form import COMPLAINT_PATHS
from shared.web.page.figures import LOCALES
from shared.web.page.shell import Page, Shell
from shared.web.problems import Problem

if TYPE_CHECKING:
    from services.projections.generations import Pool

HERE = Path(__file__).parent
TEMPLATES, STYLE = HERE / "templates", HERE / "page.css"

CACHED = {"Cache-Control": "public, no-cache"}  # asked for again each time: a 304, or news


class Asked(BaseModel):
    """What a page's address may ask for."""

    period: str | None = None
    min_position: str | None = None


READS = frozenset(Asked.model_fields)  # parameters that make another page

PageOf = Callable[[Language, Asked], Awaitable[HTMLResponse]]


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the pages are, in one language."""

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
        self, pool: Pool, office: Office, shell: Shell, *, now: Callable[[], datetime]
    ) -> None:
        self._pool = pool
        self._office = office
        self._shell = shell
        self._now = now

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        for language, paths in PATHS.items():
            pages = (
                (paths.figures, self._in(language, self.figures)),
                (paths.standard, self._in(language, self.standard)),
                (paths.method, self._in(language, self.method)),
            )
            for path, page in pages:
                router.add_api_route(path, page, response_class=HTMLResponse)
        return router

    async def figures(self, language: Language, asked: Asked) -> HTMLResponse:
        """Was the promise kept? Of the period that is asked for, else of this year."""
        now = self._now()
        today = local_date(now)
        async with generations.live(self._pool) as connection:
            known = await periods(connection, today)
            try:
                period = period_of(asked.period, today)
                check_begun(period, known, asked.period)
            except Problem as problem:
                return self._no_such_period(language, problem, known, today)
            found = await snapshot(connection, period, self._office, known, now=now)
        return self._answer(
            "figures",
            language,
            say(WORDS["figures_title"], language),
            query=f"?period={period.id}" if asked.period else "",
            **shown(found, language),
        )

    def _no_such_period(
        self, language: Language, problem: Problem, known: Sequence[Period], today: date
    ) -> HTMLResponse:
        """What is wrong with the address, and the periods that there are."""
        return self._answer(
            "figures",
            language,
            say(WORDS["no_such_period"], language),
            template="no_such_period.html",
            status=problem.kind.status,
            errors=[say(error["detail"], language) for error in problem.members["errors"]],
            chosen=None,
            choices=choices(known, year(today.year), language),
        )

    async def standard(self, language: Language, _asked: Asked) -> HTMLResponse:
        """What is promised: every fact of the decree."""
        standard = self._office.standards.in_force(local_date(self._now()))
        weekdays = get_day_names("wide", locale=LOCALES[language])
        return self._answer(
            "standard",
            language,
            say(standard.title, language),
            standard=standard,
            in_force_from=figures.day(standard.in_force_from, language),
            links={code: link_of(channel) for code, channel in standard.channels.items()},
            hours=[
                (
                    weekdays[day],
                    *(figures.clock(at, language) for at in (hours.opens, hours.closes)),
                )
                for day, hours in sorted(standard.office_hours.items())
            ],
            target=target_of(standard, language),
            to_be_confirmed=[
                say(TO_BE_CONFIRMED.get(key, Text(key, key)), language)
                for key in standard.to_be_confirmed
            ],
        )

    async def method(self, language: Language, _asked: Asked) -> HTMLResponse:
        """How everything is counted."""
        return self._answer(
            "method",
            language,
            say(WORDS["method"], language),
            clock_rules=[
                (rule, drawn(EXAMPLES[name], self._office.calendar, language))
                for name, rule in CLOCK_RULES.items()
            ],
            statistics_rules=STATISTICS_RULES,
            days_off=days_off_by_year(self._office.calendar),
            provisional=provisional_years(self._office.calendar),
        )

    def _answer(
        self,
        here: Here,
        language: Language,
        title: str,
        *,
        query: str = "",
        template: str = "",
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        """The page of that name; `query` is kept when the language is switched."""
        page = Page(language, title, other=getattr(PATHS[OTHER[language]], here) + query)
        given = {"here": here, "paths": PATHS[language], **values}
        headers = CACHED if status == OK else {}
        template = template or f"{here}.html"
        return self._shell.answer(template, page, status=status, headers=headers, **given)

    def _in(self, language: Language, page: PageOf) -> Callable[..., Awaitable[HTMLResponse]]:
        """The endpoint that shows the page in a language, once what it must show is applied."""

        async def endpoint(asked: Annotated[Asked, Query()]) -> HTMLResponse:
            is_fresh = await applied(self._pool, asked.min_position)
            answer = await page(language, asked)
            if not is_fresh:
                answer.headers.update(STALE)
            return answer

        return endpoint

"""The public's pages: figures, standard, method, each in Indonesian and in English.

Everything is read from the live generation in one snapshot, so a page never mixes two states.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from babel.dates import get_day_names
from babel.numbers import format_decimal
from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import HTMLResponse

from services.projections import generations
from services.projections.asked import applied, check_begun, period_of
from services.projections.page.bar import STATES, bar
from services.projections.page.rules import CLOCK_RULES, STATISTICS_RULES
from services.projections.page.sentences import answer, held_for_checking, how_long
from services.projections.page.words import TO_BE_CONFIRMED, WORDS
from services.projections.positions import positions
from services.projections.read_models.periods import Period, periods
from services.projections.read_models.statistics import Office, statistics
from shared.promise.calendar_year import DayOff
from shared.promise.standard import Channel, Standard, Text
from shared.promise.working_days import Calendar, local_date
from shared.web.language import Language, say
from shared.web.page import figures
from shared.web.page.figures import LOCALES
from shared.web.page.shell import Page, Shell

if TYPE_CHECKING:
    from services.projections.generations import Connection, Pool

HERE = Path(__file__).parent
TEMPLATES, STYLE = HERE / "templates", HERE / "page.css"

CACHED = {"Cache-Control": "public, max-age=60"}


class Asked(BaseModel):
    """What a page's address may ask for."""

    period: str | None = None
    min_position: str | None = None


PageOf = Callable[[Language, Asked], Awaitable[HTMLResponse]]


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the pages are, in one language."""

    figures: str
    standard: str
    method: str


PATHS: dict[Language, Paths] = {
    "id": Paths("/", "/standar", "/metode"),
    "en": Paths("/en/", "/en/standard", "/en/method"),
}
Here: TypeAlias = Literal["figures", "standard", "method"]
OTHER: dict[Language, Language] = {"id": "en", "en": "id"}


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
        period = period_of(asked.period, today)
        async with generations.live(self._pool) as connection:
            found = await statistics(connection, period, self._office, now=now)
            others = await periods(connection, today)
            held_since = await held_for_checking_since(connection)
        check_begun(period, others, asked.period)
        return self._answer(
            "figures",
            language,
            say(WORDS["figures_title"], language),
            query=f"?period={period.id}" if asked.period else "",
            standard=self._office.standard(period, today),
            as_of=figures.instant(datetime.fromisoformat(found["as_of"]), language),
            held=held_since and held_for_checking(found["held"], held_since, language),
            period_name=name_of(period, language),
            choices=choices(others, period, language),
            **shown(found, language),
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
        days_off = days_off_by_year(self._office.calendar)
        return self._answer(
            "method",
            language,
            say(WORDS["method"], language),
            clock_rules=CLOCK_RULES,
            statistics_rules=STATISTICS_RULES,
            days_off=days_off,
            provisional=[
                year for year in days_off if self._office.calendar.is_provisional(date(year, 1, 1))
            ],
        )

    def _answer(
        self, here: Here, language: Language, title: str, *, query: str = "", **values: Any
    ) -> HTMLResponse:
        """The page of that name; `query` is kept when the language is switched."""
        page = Page(language, title, other=getattr(PATHS[OTHER[language]], here) + query)
        paths = PATHS[language]
        return self._shell.answer(
            f"{here}.html", page, headers=CACHED, here=here, paths=paths, **values
        )

    def _in(self, language: Language, page: PageOf) -> Callable[..., Awaitable[HTMLResponse]]:
        """The endpoint that shows the page in a language, once what it must show is applied."""

        async def endpoint(asked: Annotated[Asked, Query()]) -> HTMLResponse:
            is_fresh = await applied(self._pool, asked.min_position)
            answer = await page(language, asked)
            if not is_fresh:
                answer.headers["Janji-Stale"] = "true"
            return answer

        return endpoint


async def held_for_checking_since(connection: Connection) -> datetime | None:
    """When the first of the cases that the figures lack was held."""
    since = [each.held_since for each in await positions(connection) if each.held_since]
    return min(since, default=None)


def shown(found: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The figures as the template shows them, by service."""
    services = found["services"]
    return {
        "statistics": found,
        "services": services,
        "answers": {name: answer(name, block, language) for name, block in services.items()},
        "bars": {name: bar(block) for name, block in services.items()},
        "how_long": {name: how_long(block, language) for name, block in services.items()},
        "states": STATES,
        "rating_mean": _decimal(services["complaints"]["rating"]["mean"], language),
    }


def choices(
    others: Sequence[Period], chosen: Period, language: Language
) -> dict[str, list[tuple[str, str]]]:
    """Id and name of years, of the quarters of the chosen year, of the months of its quarter."""
    offered: dict[str, list[tuple[str, str]]] = {"years": [], "quarters": [], "months": []}
    for each in others:
        if is_offered(each, chosen):
            offered[f"{each.kind}s"].append((each.id, name_of(each, language)))
    return offered


def is_offered(each: Period, chosen: Period) -> bool:
    """Years; the quarters of the chosen year; the months of the chosen quarter."""
    if each.kind == "year":
        return True
    if each.year != chosen.year:
        return False
    return each.kind == "quarter" or (chosen.kind != "year" and each.quarter == chosen.quarter)


def name_of(period: Period, language: Language) -> str:
    """`2026`, `Triwulan 4 2026`, `November 2026`."""
    if period.kind == "month":
        return figures.month(period.first_day, language)
    if period.kind == "quarter":
        quarter = say(WORDS["quarter"], language)
        return quarter.format(quarter=period.quarter, year=period.year)
    return f"{period.year}"


def target_of(standard: Standard, language: Language) -> str:
    """`every case on time`, or the share of them."""
    if standard.target_rate == 1:
        return say(WORDS["every_case"], language)
    return figures.percent(round(standard.target_rate * 1000), 1000, language)


def link_of(channel: Channel) -> str | None:
    """Where a press on the channel's address leads, if anywhere."""
    address = channel.address or ""
    digits = "".join(filter(str.isdigit, address))
    if channel.code == "whatsapp":
        return f"https://wa.me/62{digits.removeprefix('0')}"
    if channel.code == "phone":
        return f"tel:{digits}"
    if "@" in address:
        return f"mailto:{address}"
    if address.startswith("www."):
        return f"https://{address}"
    return address if address.startswith("https://") else None


def days_off_by_year(calendar: Calendar) -> dict[int, list[DayOff]]:
    """Every day off that the calendar in force names, by year."""
    by_year: dict[int, list[DayOff]] = {}
    for day in sorted(calendar.days_off):
        if found := calendar.day_off(day):
            by_year.setdefault(found.date.year, []).append(found)
    return by_year


def _decimal(value: float | None, language: Language) -> str:
    return "" if value is None else format_decimal(value, "0.0", locale=LOCALES[language])

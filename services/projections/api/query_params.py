"""What may be asked of the figures: a period that has begun, a day that has, and a position.

A parameter that is not known is refused, and so is one that is given twice: the answer would be to
another question than the reader believes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from services.projections.read_models.periods import MalformedPeriod, Period, read_period, year
from services.projections.store.checkpoints import (
    CHARACTERS_MAX,
    MalformedPosition,
    read_positions,
    wait_for,
)
from shared.text import Text
from shared.web.fields import Day
from shared.web.problems.catalogue import INVALID
from shared.web.problems.problem import Problem
from shared.web.problems.validation import breaking, broken, errors_of, pointer

if TYPE_CHECKING:
    from services.projections.store.generations import Pool

PERIOD_SHAPE = Text(
    id="Periode ditulis sebagai tahun (2026), triwulan (2026-Q4), atau bulan (2026-11).",
    en="A period is written as a year (2026), a quarter (2026-Q4) or a month (2026-11).",
)
PERIOD_AHEAD = Text(
    id="Periode ini belum dimulai, atau tidak ada kasusnya; lihat /v1/public/periods.",
    en="This period has not begun, or holds no case; see /v1/public/periods.",
)
POSITION_SHAPE = Text(
    id="Posisi ditulis sebagai layanan:angka, seperti requests:1234.",
    en="A position is written as service:number, like requests:1234.",
)
TWICE = Text(id="Hanya boleh disebut satu kali.", en="May be given only once.")
DAY_AHEAD = Text(
    id="Hari ini belum tiba; angka hanya diketahui sampai sekarang.",
    en="This day has not come; figures are known up to now only.",
)


def _a_position(text: str) -> str:
    try:
        read_positions(text)
    except MalformedPosition:
        raise breaking("position", POSITION_SHAPE) from None
    return text


def _a_period(text: str) -> str:
    try:
        read_period(text)
    except MalformedPeriod:
        raise breaking("period", PERIOD_SHAPE) from None
    return text


class Fresh(BaseModel):
    """What every call may ask: that the answer holds what was written up to a position."""

    model_config = ConfigDict(extra="forbid")

    min_position: (
        Annotated[str, Field(max_length=CHARACTERS_MAX), AfterValidator(_a_position)] | None
    ) = None


class Asked(Fresh):
    """Of which period; without one, this year's."""

    period: Annotated[str, Field(max_length=20), AfterValidator(_a_period)] | None = None


class AskedFigures(Asked):
    """As they were known at the end of which day; without one, now."""

    as_of: Day | None = None


class NothingAsked(BaseModel):
    """A page that has no parameters."""

    model_config = ConfigDict(extra="forbid")


A = TypeVar("A", bound=BaseModel)


async def once_each(request: Request) -> None:
    """Raises Problem for a parameter that is given twice: which one was meant is not known."""
    times = Counter(name for name, _ in request.query_params.multi_items())
    if twice := [name for name, count in times.items() if count > 1]:
        raise invalid(twice[0], "once", TWICE)


async def read(kind: type[A], request: Request) -> A:
    """What a page's address asks for. Raises Problem."""
    await once_each(request)
    try:
        return kind.model_validate(dict(request.query_params))
    except ValidationError as error:
        found = [{**each, "loc": ("query", *each["loc"])} for each in error.errors()]
        raise Problem(INVALID, errors=errors_of(found, {})) from None


def period_of(text: str | None, today: date) -> Period:
    """The period that is meant: this year if none is named. Raises Problem."""
    try:
        return year(today.year) if text is None else read_period(text)
    except MalformedPeriod:
        raise invalid("period", "period", PERIOD_SHAPE) from None


def check_begun(period: Period, known: Sequence[Period], asked: str | None) -> None:
    """Raises Problem for a period of which there can be no figures yet."""
    if asked is not None and period not in known:
        raise invalid("period", "begun", PERIOD_AHEAD)


def check_past(day: date | None, today: date) -> None:
    """Raises Problem for a day of which nothing can be known yet."""
    if day is not None and day > today:
        raise invalid("as_of", "not_in_future", DAY_AHEAD)


async def applied(pool: Pool, min_position: str | None) -> bool:
    """Whether the read models hold that position, waiting up to five seconds. Raises Problem."""
    if min_position is None:
        return True
    try:
        wanted = read_positions(min_position)
    except MalformedPosition:
        raise invalid("min_position", "position", POSITION_SHAPE) from None
    return await wait_for(pool, wanted)


def invalid(parameter: str, rule: str, detail: Text) -> Problem:
    """What is wrong with a parameter of the query."""
    place = pointer([parameter])
    return Problem(INVALID, errors=[{"in": "query", **broken(place, rule, detail)}])

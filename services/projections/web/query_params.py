"""What may be asked of the figures: a period that has begun, a day that has, and a position.

A parameter that is not known is refused, and so is one that is given twice: the answer would be to
another question than the reader believes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated, TypeVar

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from services.projections.read_models.periods import MalformedPeriod, Period, read_period, year
from services.projections.store import checkpoints
from services.projections.store.checkpoints import (
    POSITION_CHARACTERS_MAX,
    MalformedPosition,
    parse_positions,
)
from services.projections.store.generations import Pool
from shared.text import Text
from shared.web.fields import Day
from shared.web.problems.catalogue import INVALID
from shared.web.problems.problem import Problem
from shared.web.problems.validation import broken_rule, errors_of, json_pointer, rule_error

PERIOD_SHAPE = Text(
    id="Periode ditulis sebagai tahun (2026), triwulan (2026-Q4), atau bulan (2026-11).",
    en="A period is written as a year (2026), a quarter (2026-Q4) or a month (2026-11).",
)
PERIOD_NOT_BEGUN = Text(
    id="Periode ini belum dimulai, atau tidak ada kasusnya; lihat /v1/public/periods.",
    en="This period has not begun, or holds no case; see /v1/public/periods.",
)
POSITION_SHAPE = Text(
    id="Posisi ditulis sebagai layanan:angka, seperti requests:1234.",
    en="A position is written as service:number, like requests:1234.",
)
REPEATED = Text(id="Hanya boleh disebut satu kali.", en="May be given only once.")
DAY_IN_FUTURE = Text(
    id="Hari ini belum tiba; angka hanya diketahui sampai sekarang.",
    en="This day has not come; figures are known up to now only.",
)


def _valid_position(text: str) -> str:
    try:
        parse_positions(text)
    except MalformedPosition:
        raise rule_error("position", POSITION_SHAPE) from None
    return text


def _valid_period(text: str) -> str:
    try:
        read_period(text)
    except MalformedPeriod:
        raise rule_error("period", PERIOD_SHAPE) from None
    return text


class MinPositionQuery(BaseModel):
    """What every call may ask: that the answer holds what was written up to a position."""

    model_config = ConfigDict(extra="forbid")

    min_position: (
        Annotated[str, Field(max_length=POSITION_CHARACTERS_MAX), AfterValidator(_valid_position)]
        | None
    ) = None


class PeriodQuery(MinPositionQuery):
    """Of which period; without one, this year's."""

    period: Annotated[str, Field(max_length=20), AfterValidator(_valid_period)] | None = None


class StatisticsQuery(PeriodQuery):
    """As they were known at the end of which day; without one, now."""

    as_of: Day | None = None


class NoParameters(BaseModel):
    """A page that has no parameters."""

    model_config = ConfigDict(extra="forbid")


A = TypeVar("A", bound=BaseModel)


async def refuse_repeated_parameters(request: Request) -> None:
    """Raises Problem for a parameter that is given twice: which one was meant is not known."""
    times = Counter(name for name, _ in request.query_params.multi_items())
    if twice := [name for name, count in times.items() if count > 1]:
        raise invalid_parameter(twice[0], "once", REPEATED)


async def parse_query(kind: type[A], request: Request) -> A:
    """What a page's address asks for. Raises Problem."""
    await refuse_repeated_parameters(request)
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
        raise invalid_parameter("period", "period", PERIOD_SHAPE) from None


def check_begun(period: Period, known: Sequence[Period], asked: str | None) -> None:
    """Raises Problem for a period of which there can be no figures yet."""
    if asked is not None and period not in known:
        raise invalid_parameter("period", "begun", PERIOD_NOT_BEGUN)


def check_past(day: date | None, today: date) -> None:
    """Raises Problem for a day of which nothing can be known yet."""
    if day is not None and day > today:
        raise invalid_parameter("as_of", "not_in_future", DAY_IN_FUTURE)


async def wait_until_applied(pool: Pool, min_position: str | None) -> bool:
    """Whether the read models hold that position, waiting up to five seconds. Raises Problem."""
    if min_position is None:
        return True
    try:
        wanted = parse_positions(min_position)
    except MalformedPosition:
        raise invalid_parameter("min_position", "position", POSITION_SHAPE) from None
    return await checkpoints.wait_until_applied(pool, wanted)


def invalid_parameter(parameter: str, rule: str, detail: Text) -> Problem:
    """What is wrong with a parameter of the query."""
    place = json_pointer([parameter])
    return Problem(INVALID, errors=[{"in": "query", **broken_rule(place, rule, detail)}])

"""The query parameters of figures: a period that has begun, a day that has, and a position.

An unknown parameter is refused, and so is a repeated one: the response would answer another
question than the caller asks.
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
from shared.postgres.pool import Pool
from shared.text import Text
from shared.web.fields import Day
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import INVALID
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
    """The parameters of every call: the response contains the events up to `min_position`."""

    model_config = ConfigDict(extra="forbid")

    min_position: (
        Annotated[str, Field(max_length=POSITION_CHARACTERS_MAX), AfterValidator(_valid_position)]
        | None
    ) = None


class PeriodQuery(MinPositionQuery):
    """The period; the default is the current year."""

    period: Annotated[str, Field(max_length=20), AfterValidator(_valid_period)] | None = None


class StatisticsQuery(PeriodQuery):
    """The day at whose end the figures were known; the default is now."""

    as_of: Day | None = None


class NoParameters(BaseModel):
    """A page without parameters."""

    model_config = ConfigDict(extra="forbid")


A = TypeVar("A", bound=BaseModel)


async def refuse_repeated_parameters(request: Request) -> None:
    """Raises Problem for a repeated parameter: which value is meant isn't known."""
    times = Counter(name for name, _ in request.query_params.multi_items())
    if twice := [name for name, count in times.items() if count > 1]:
        raise invalid_parameter(twice[0], "once", REPEATED)


async def parse_query(kind: type[A], request: Request) -> A:
    """Parse the query of a page's address. Raises Problem."""
    await refuse_repeated_parameters(request)
    try:
        return kind.model_validate(dict(request.query_params))
    except ValidationError as error:
        found = [{**each, "loc": ("query", *each["loc"])} for each in error.errors()]
        raise Problem(INVALID, errors=errors_of(found, {})) from None


def period_of(text: str | None, today: date) -> Period:
    """The period, by default the current year. Raises Problem."""
    try:
        return year(today.year) if text is None else read_period(text)
    except MalformedPeriod:
        raise invalid_parameter("period", "period", PERIOD_SHAPE) from None


def check_begun(period: Period, known: Sequence[Period], asked: str | None) -> None:
    """Raises Problem for a period that has no figures yet."""
    if asked is not None and period not in known:
        raise invalid_parameter("period", "begun", PERIOD_NOT_BEGUN)


def check_past(day: date | None, today: date) -> None:
    """Raises Problem for a day in the future."""
    if day is not None and day > today:
        raise invalid_parameter("as_of", "not_in_future", DAY_IN_FUTURE)


async def wait_until_applied(pool: Pool, min_position: str | None) -> bool:
    """Wait up to five seconds until that position is applied. False: a timeout. Raises Problem."""
    if min_position is None:
        return True
    try:
        wanted = parse_positions(min_position)
    except MalformedPosition:
        raise invalid_parameter("min_position", "position", POSITION_SHAPE) from None
    return await checkpoints.wait_until_applied(pool, wanted)


def invalid_parameter(parameter: str, rule: str, detail: Text) -> Problem:
    """A problem with a parameter of the query."""
    place = json_pointer([parameter])
    return Problem(INVALID, errors=[{"in": "query", **broken_rule(place, rule, detail)}])

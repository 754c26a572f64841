"""What the fields of a command's body are made of: narrower than pydantic's own types.

pydantic takes 1700000000 for a date, "yes" for a truth and NUL for a character; a contract that
outlives its clients takes one spelling each. Bodies derive from `Body` and use these types.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    StrictInt,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

LINE_CHARACTERS_MAX = 200
PROSE_CHARACTERS_MAX = 10_000
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
YEARS = range(1900, 2200)  # beyond, reckoning in another zone overflows
CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Body(BaseModel):
    """A command's body: an unknown field is refused, so that a typo never passes silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _in_shape(shape: re.Pattern[str], rule: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if not isinstance(value, str | date) or (
            isinstance(value, str) and shape.fullmatch(value) is None
        ):
            raise PydanticCustomError(rule, "not in the form that the contract names")
        return value

    return BeforeValidator(check)


def _in_our_time(rule: str) -> AfterValidator:
    def check(value: date) -> date:
        if value.year not in YEARS:
            raise PydanticCustomError(rule, "not of our time")
        return value

    return AfterValidator(check)


def _without(characters: re.Pattern[str]) -> AfterValidator:
    def check(value: str) -> str:
        if characters.search(value):
            raise PydanticCustomError("characters", "holds a control character")
        return value

    return AfterValidator(check)


Day = Annotated[date, _in_shape(DAY, "date"), _in_our_time("date")]
"""YYYY-MM-DD."""

Instant = Annotated[AwareDatetime, _in_shape(INSTANT, "instant"), _in_our_time("instant")]
"""RFC 3339, with offset."""

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LINE_CHARACTERS_MAX),
    _without(CONTROL),
]
"""A name, a number, an address: one line."""

Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=PROSE_CHARACTERS_MAX),
    _without(CONTROL_BUT_LINES),
]
"""What a person writes: several lines."""

Flag = StrictBool
Whole = StrictInt

"""The field types of command bodies, stricter than pydantic's own.

pydantic accepts 1700000000 as a date, "yes" as a boolean and NUL as a character; a long-lived
contract accepts one spelling each. Bodies derive from `Body` and use these types.

The characters that each text type accepts:

| type | used for | control | directions | other invisible ones |
|---|---|---|---|---|
| `Line` | codes, numbers, a `sub`: what is published | refused | refused | refused |
| `TypedLine` | what has a shape: telephone, address, case number | refused | left out | left out |
| `PersonalLine` | names, subject: sealed | refused | refused | left out |
| `Prose` | what a person writes: sealed | all but tab, line feed | refused | out, but joiners |

A refused character breaks the rule `characters`, which names it. Directions are those that make
text read as something else than it is (`pasted_text.py`); telephones put them around numbers that
are copied, so what has a shape is read without them. Invisible characters that WhatsApp or Word
insert are left out, because a citizen could not find them. Joiners belong to emoji and to
letters of some scripts. Control characters are C0, C1, U+2028, U+2029, noncharacters and halves of
surrogate pairs; prose reads U+2028, U+2029 and U+0085 as line feeds. A `Line` also refuses private
use and variation selectors. The spaces of a personal line become plain ones. Unassigned characters
pass, because later Unicode versions assign them, to emoji for example.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
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
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from shared.pasted_text import DIRECTIONS, HIDDEN, SPACES

LINE_CHARACTERS_MAX = 200
PROSE_CHARACTERS_MAX = 10_000
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
YEARS = range(1900, 2200)  # beyond, converting to another time zone overflows
NO_CHARACTERS = "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"
CONTROL_BUT_LINES = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{NO_CHARACTERS}]")
CONTROL = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{NO_CHARACTERS}]")
NOT_PUBLISHED = re.compile("[\ue000-\uf8ff\ufe00-\ufe0f\U000f0000-\U0010ffff]")
LINE_FEEDS = re.compile("[\x85\u2028\u2029]")
JOINERS = "\u200c\u200d"


class Body(BaseModel):
    """A command's body. It refuses unknown fields, so that a typo doesn't pass silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def valid_fields(model: type[BaseModel], body: Any) -> Mapping[str, Any]:
    """The fields of a body that are valid by themselves, even if others are not."""
    read: dict[str, Any] = {}
    if isinstance(body, dict):
        for name in model.model_fields.keys() & body.keys():
            with suppress(ValidationError):
                read[name] = _field_adapter(model, name).validate_python(body[name])
    return read


@cache
def _field_adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    alone: Any = Annotated[field.annotation, field]
    return TypeAdapter(alone)


def _of_form(shape: re.Pattern[str], rule: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if not isinstance(value, str | date) or (
            isinstance(value, str) and shape.fullmatch(value) is None
        ):
            raise PydanticCustomError(rule, "not in the form that the contract names")
        return value

    return BeforeValidator(check)


def _of_known_year(rule: str) -> AfterValidator:
    def check(value: date) -> date:
        if value.year not in YEARS:
            raise PydanticCustomError(rule, "not of our time")
        return value

    return AfterValidator(check)


def _text(read: Callable[[str], str]) -> BeforeValidator:
    """Reads a text without the white space around it; pydantic refuses other types."""
    return BeforeValidator(lambda value: read(value.strip()) if isinstance(value, str) else value)


def _published_line(text: str) -> str:
    _refuse(text, CONTROL, HIDDEN, NOT_PUBLISHED)
    return text


def _typed_line(text: str) -> str:
    _refuse(text, CONTROL)
    return SPACES.sub(" ", HIDDEN.sub("", text))


def _personal_line(text: str) -> str:
    _refuse(text, DIRECTIONS)
    return _typed_line(text)


def _prose(text: str) -> str:
    text = LINE_FEEDS.sub("\n", text)
    _refuse(text, CONTROL_BUT_LINES, DIRECTIONS)
    return HIDDEN.sub(lambda found: found[0] if found[0] in JOINERS else "", text)


def _refuse(text: str, *kinds: re.Pattern[str]) -> None:
    for kind in kinds:
        if found := kind.search(text):
            named = {"character": f"U+{ord(found[0]):04X}"}
            raise PydanticCustomError("characters", "holds {character}", named)


Day = Annotated[date, _of_form(DAY, "date"), _of_known_year("date")]
"""YYYY-MM-DD."""

Instant = Annotated[AwareDatetime, _of_form(INSTANT, "instant"), _of_known_year("instant")]
"""RFC 3339, with offset."""

_OneLine = StringConstraints(strip_whitespace=True, min_length=1, max_length=LINE_CHARACTERS_MAX)

Line = Annotated[str, _OneLine, _text(_published_line)]
"""A code, a number, a pseudonym: one line without invisible characters."""

Pseudonym = Annotated[Line, StringConstraints(pattern=r"^\S+$")]
"""Whose case it is: one word, since a `sub` is published and no sentence may hide in it."""

TypedLine = Annotated[str, _OneLine, _text(_typed_line)]
"""A telephone number, an address, the number of a case: one line whose shape is checked."""

PersonalLine = Annotated[str, _OneLine, _text(_personal_line)]
"""A name, a subject: one line that is not published."""

Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=PROSE_CHARACTERS_MAX),
    _text(_prose),
]
"""Text that a person writes: several lines."""

Flag = StrictBool
Whole = StrictInt

"""A cursor encodes where a page of a list ended. It is opaque, so that its content may change."""

from __future__ import annotations

import base64
from typing import Any, TypeVar

import msgspec
from pydantic import AfterValidator

from services.projections.web.query_params import invalid_parameter
from shared.text import Text
from shared.web.problems.problem import Problem
from shared.web.problems.validation import rule_error

T = TypeVar("T")

CURSOR = Text(
    id="Harus `next_cursor` dari halaman sebelumnya.",
    en="Must be the `next_cursor` of the page before.",
)


def write(place: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def read(cursor: str, places: msgspec.json.Decoder[T], wrong: Text = CURSOR) -> T:
    """The key that was encoded. Raises Problem, with the text `wrong`, for any other cursor."""
    try:
        return places.decode(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, msgspec.DecodeError):
        raise wrong_cursor(wrong) from None


def valid_cursor(places: msgspec.json.Decoder[Any], wrong: Text = CURSOR) -> AfterValidator:
    """A parameter's validator, so that a wrong cursor is refused together with other errors."""

    def check(cursor: str) -> str:
        try:
            read(cursor, places)
        except Problem:
            raise rule_error("cursor", wrong) from None
        return cursor

    return AfterValidator(check)


def wrong_cursor(wrong: Text = CURSOR) -> Problem:
    return invalid_parameter("cursor", "cursor", wrong)

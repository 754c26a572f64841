"""The service standard as JSON."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from shared.promise.standard import WEEKDAYS, Standard


def as_json(standard: Standard) -> dict[str, Any]:
    """The standard as `GET /v1/standard` serves it."""
    plain: dict[str, Any] = _plain(standard)
    hours = plain["office_hours"]
    plain["office_hours"] = {WEEKDAYS[number]: each for number, each in hours.items()}
    return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value

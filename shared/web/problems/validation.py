"""pydantic's errors as broken rules with name, pointer and sentence, never with the value.

The value may be personal data, and the caller knows it anyway.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fastapi import Request
from pydantic_core import PydanticCustomError

from shared.text import Text

Rules = Mapping[str, Text]
BrokenRule = dict[str, Any]  # pointer, rule, detail (a Text), and `in` unless it is the body

DETAIL = "words"  # the context key of an error that brings its own text
ERRORS_MAX = 50  # a body may have a million errors; the first fifty are enough to correct it
POINTER_CHARACTERS_MAX = 200
HALF_A_CHARACTER = "U+D800–U+DFFF"  # the only character that pydantic itself refuses

RULES: Rules = {
    "json": Text(id="Bukan JSON yang sah.", en="Not valid JSON."),
    "required": Text(id="Wajib diisi.", en="Required."),
    "unknown_field": Text(
        id="Bagian ini tidak dikenal; periksa ejaannya.",
        en="This field is not known; check its spelling.",
    ),
    "object": Text(id="Harus berupa objek JSON.", en="Must be a JSON object."),
    "list": Text(id="Harus berupa larik JSON.", en="Must be a JSON array."),
    "text": Text(id="Harus berupa teks.", en="Must be a string."),
    "characters": Text(
        id="Memuat karakter yang tidak terlihat atau tidak dapat disimpan ({character}): hapus "
        "karakter itu, atau ketik ulang bagian ini.",
        en="Holds a character that can't be seen or can't be stored ({character}): take it out, or "
        "type this part anew.",
    ),
    "whole_number": Text(id="Harus berupa bilangan bulat.", en="Must be a whole number."),
    "number": Text(id="Harus berupa bilangan.", en="Must be a number."),
    "true_or_false": Text(id="Harus `true` atau `false`.", en="Must be `true` or `false`."),
    "date": Text(
        id="Harus berupa tanggal yang ada, seperti 2026-11-20.",
        en="Must be a date that exists, like 2026-11-20.",
    ),
    "instant": Text(
        id="Harus berupa waktu RFC 3339 dengan selisih zona, seperti 2026-11-20T09:00:00+07:00.",
        en="Must be an RFC 3339 instant with offset, like 2026-11-20T09:00:00+07:00.",
    ),
    "choice": Text(id="Harus salah satu dari {expected}.", en="Must be one of {expected}."),
    "pattern": Text(id="Bentuknya tidak sesuai.", en="Doesn't have the form that it must have."),
    "too_long": Text(
        id="Paling panjang {max_length} karakter.", en="At most {max_length} characters."
    ),
    "too_short": Text(
        id="Paling sedikit {min_length} karakter.", en="At least {min_length} characters."
    ),
    "too_many": Text(id="Paling banyak {max_length} butir.", en="At most {max_length} items."),
    "too_few": Text(id="Paling sedikit {min_length} butir.", en="At least {min_length} items."),
    "too_small": Text(id="Paling kecil {bound}.", en="At least {bound}."),
    "too_large": Text(id="Paling besar {bound}.", en="At most {bound}."),
    "value": Text(id="Nilainya tidak diterima.", en="The value is not accepted."),
}

OF_PYDANTIC: Mapping[str, str] = {
    "json_invalid": "json",
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "model_type": "object",
    "model_attributes_type": "object",
    "dict_type": "object",
    "list_type": "list",
    "tuple_type": "list",
    "set_type": "list",
    "string_type": "text",
    "string_unicode": "characters",
    "int_type": "whole_number",
    "int_parsing": "whole_number",
    "int_parsing_size": "whole_number",
    "int_from_float": "whole_number",
    "float_type": "number",
    "float_parsing": "number",
    "finite_number": "number",
    "bool_type": "true_or_false",
    "bool_parsing": "true_or_false",
    "date_type": "date",
    "date_parsing": "date",
    "date_from_datetime_parsing": "date",
    "date_from_datetime_inexact": "date",
    "datetime_type": "instant",
    "datetime_parsing": "instant",
    "datetime_object_invalid": "instant",
    "datetime_from_date_parsing": "instant",
    "timezone_aware": "instant",
    "literal_error": "choice",
    "enum": "choice",
    "string_pattern_mismatch": "pattern",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_many",
    "too_short": "too_few",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
}


def errors_of(found: Sequence[Mapping[str, Any]], rules: Rules) -> list[BrokenRule]:
    """The `errors` of a 422. `rules` are the service's, by the types of PydanticCustomError."""
    return [_broken(error, {**RULES, **rules}) for error in found[:ERRORS_MAX]]


def broken_rule(
    place: str, rule: str, detail: Text, allowed: Collection[str] | None = None
) -> BrokenRule:
    """One of the `errors`, at a JSON Pointer; `allowed` are the codes to choose from."""
    said = {"pointer": place, "rule": rule, "detail": detail}
    return said if allowed is None else {**said, "allowed": list(allowed)}


def rule_error(rule: str, detail: Text) -> PydanticCustomError:
    """The error that a validator raises for its own rule, with its text."""
    return PydanticCustomError(rule, "breaks a rule", {DETAIL: detail})


def _broken(error: Mapping[str, Any], rules: Rules) -> BrokenRule:
    kind = error["type"]
    context = error.get("ctx") or {}
    own = {kind: context[DETAIL]} if DETAIL in context else {}
    rules = {**rules, **own}
    rule = OF_PYDANTIC.get(kind, kind if kind in rules else "value")
    where, *place = error["loc"] or ("body",)
    bounds = _bounds(context)
    detail = Text(id=rules[rule].id.format_map(bounds), en=rules[rule].en.format_map(bounds))
    allowed = bounds["allowed"] if rule == "choice" else None
    said = broken_rule("" if rule == "json" else json_pointer(place), rule, detail, allowed)
    return said if where == "body" else {"in": where, **said}


def _bounds(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The bounds of the rule: they come from our models, never from the caller."""
    bound = next((context[name] for name in ("ge", "gt", "le", "lt") if name in context), None)
    allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
    said = {"bound": bound, "allowed": allowed, "expected": ", ".join(allowed)}
    return {"character": HALF_A_CHARACTER, **context, **said}


def json_pointer(place: Sequence[str | int]) -> str:
    """A JSON Pointer (RFC 6901)."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in place)
    return "".join(f"/{step}" for step in steps)[:POINTER_CHARACTERS_MAX]


def is_media_type_error(request: Request, found: Sequence[Mapping[str, Any]]) -> bool:
    """FastAPI passes a body of another media type as bytes, and pydantic then reports no object."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = declared == "application/json" or declared.endswith("+json")
    return not is_json and any(
        error["loc"] == ("body",) and OF_PYDANTIC.get(error["type"]) == "object" for error in found
    )

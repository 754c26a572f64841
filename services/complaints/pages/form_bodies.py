"""Reads a posted form: its fields as typed, and the command bodies made of them.

The bodies are the API's (`bodies.py`), so the same rules refuse a form. This module only turns a
flat form into a body, and the pointer of a broken rule into a field of the form.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from services.complaints.bodies import AnswerBody, PublicComplaintBody, RatingBody, in_part
from services.complaints.intake import complainant_faults
from services.complaints.pages.form_rejected import (
    COMPLAINT,
    CONTACT,
    FormFields,
    FormRejected,
    by_field,
)
from services.complaints.problems import RULES, problem_of
from shared.cases.web.http import Reason
from shared.refusals import Refusal
from shared.text import Text
from shared.web.fields import Body, valid_fields
from shared.web.problems.validation import errors_of

FORM = "application/x-www-form-urlencoded"
FIELDS_MAX = 50
SCORES = {str(score): score for score in range(1, 6)}

B = TypeVar("B", bound=Body)
FaultsOfPart = Callable[[Mapping[str, Any]], Iterable[Refusal]]


async def read_form(request: Request) -> FormFields:
    """The fields that are filled in, with Unix line endings; of two with one name, the first.

    Raises FormRejected.
    """
    try:
        body = await request.body()
    except ClientDisconnect:
        raise HTTPException(400) from None  # the client is gone: not an error of ours
    except HTTPException:
        raise FormRejected(413, TOO_LARGE) from None
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise FormRejected(415, NO_FORM)
    try:
        fields = parse_qsl(body.decode(), errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError:  # also of what isn't UTF-8
        raise FormRejected(400, GARBLED) from None
    return {name: value.replace("\r\n", "\n") for name, value in reversed(fields)}


def complaint(typed: FormFields) -> PublicComplaintBody:
    """Raises FormRejected, as the functions below do."""
    complainant: dict[str, object] = {"contact": _filled(typed, CONTACT) or None}
    if kind := typed.get("complainant"):
        complainant["kind"] = kind
    fields = {"complainant": complainant, **_filled(typed, COMPLAINT)}
    return _made(PublicComplaintBody, fields, _of_complainant)


def answer(typed: FormFields) -> AnswerBody:
    return _made(AnswerBody, _filled(typed, ("answer",)))


def reason(typed: FormFields) -> Reason:
    return _made(Reason, _filled(typed, ("reason",)))


def rating(typed: FormFields) -> RatingBody:
    score = typed.get("score", "")
    return _made(RatingBody, {"score": SCORES.get(score, score), **_filled(typed, ("remark",))})


def _filled(typed: FormFields, names: tuple[str, ...]) -> dict[str, str]:
    """The non-empty fields: an empty one counts as missing."""
    return {name: typed[name] for name in names if typed.get(name, "").strip()}


def _made(
    kind: type[B], fields: Mapping[str, object], faults: FaultsOfPart = lambda _read: ()
) -> B:
    """`faults` checks the valid fields by the domain's rules when other fields are invalid."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        broken = errors_of(found, RULES)
    for fault in faults(valid_fields(kind, fields)):
        broken += problem_of(fault).members["errors"]
    raise FormRejected(422, errors=by_field(broken))


def _of_complainant(read: Mapping[str, Any]) -> Iterable[Refusal]:
    part = in_part(read)
    return complainant_faults(part.complainant, part.contact)


TOO_LARGE = Text(
    id="Kiriman ini terlalu besar (lebih dari 256 KiB), sehingga tidak kami baca. Tulislah lebih "
    "singkat, atau gunakan saluran lain untuk mengirim berkas.",
    en="What was sent is too large (over 256 KiB), so we did not read it. Write less, or use "
    "another channel for files.",
)
NO_FORM = Text(
    id="Kiriman ini bukan formulir ini. Isilah formulir di bawah.",
    en="What was sent is not this form. Fill in the form below.",
)
GARBLED = Text(
    id="Kiriman ini tidak dapat dibaca. Isilah formulir di bawah.",
    en="What was sent can't be read. Fill in the form below.",
)

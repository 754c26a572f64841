"""What a posted form says: its fields as they were typed, and the bodies made of them.

The bodies are the API's (`bodies.py`), so a form is refused by the same rules. Here stands only
how a flat form becomes one, and to which field of the form a broken rule leads.
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
from services.complaints.pages.again import COMPLAINT, CONTACT, ShownAgain, Typed, by_field
from services.complaints.problems import RULES, problem_of
from shared.cases.web.http import Reason
from shared.refusals import Refusal
from shared.text import Text
from shared.web.fields import Body, in_order
from shared.web.problems.validation import errors_of

FORM = "application/x-www-form-urlencoded"
FIELDS_MAX = 50
SCORES = {str(score): score for score in range(1, 6)}

B = TypeVar("B", bound=Body)
FaultsOfPart = Callable[[Mapping[str, Any]], Iterable[Refusal]]


async def typed_in(request: Request) -> Typed:
    """The fields that are filled in, lines ending as in Unix; the first of two with one name.

    Raises ShownAgain.
    """
    try:
        body = await request.body()
    except ClientDisconnect:
        raise HTTPException(400) from None  # nobody hears it, but it isn't our fault
    except HTTPException:
        raise ShownAgain(413, TOO_LARGE) from None
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise ShownAgain(415, NO_FORM)
    try:
        fields = parse_qsl(body.decode(), errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError:  # also of what isn't UTF-8
        raise ShownAgain(400, GARBLED) from None
    return {name: value.replace("\r\n", "\n") for name, value in reversed(fields)}


def complaint(typed: Typed) -> PublicComplaintBody:
    """Raises ShownAgain, as its neighbours do."""
    complainant: dict[str, object] = {"contact": _filled(typed, CONTACT) or None}
    if kind := typed.get("complainant"):
        complainant["kind"] = kind
    fields = {"complainant": complainant, **_filled(typed, COMPLAINT)}
    return _made(PublicComplaintBody, fields, _of_complainant)


def answer(typed: Typed) -> AnswerBody:
    return _made(AnswerBody, _filled(typed, ("answer",)))


def reason(typed: Typed) -> Reason:
    return _made(Reason, _filled(typed, ("reason",)))


def rating(typed: Typed) -> RatingBody:
    score = typed.get("score", "")
    return _made(RatingBody, {"score": SCORES.get(score, score), **_filled(typed, ("remark",))})


def _filled(typed: Typed, names: tuple[str, ...]) -> dict[str, str]:
    """An empty field is none at all: then a rule says that it is required."""
    return {name: typed[name] for name in names if typed.get(name, "").strip()}


def _made(
    kind: type[B], fields: Mapping[str, object], faults: FaultsOfPart = lambda _read: ()
) -> B:
    """`faults` are those of the domain in what can be read, where other fields can't."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        broken = errors_of(found, RULES)
    for fault in faults(in_order(kind, fields)):
        broken += problem_of(fault).members["errors"]
    raise ShownAgain(422, errors=by_field(broken))


def _of_complainant(read: Mapping[str, Any]) -> Iterable[Refusal]:
    part = in_part(read)
    return complainant_faults(part.complainant, part.contact)


TOO_LARGE = Text(
    id="Kiriman ini terlalu besar (lebih dari 1 MiB), sehingga tidak kami baca. Tulislah lebih "
    "singkat, atau gunakan saluran lain untuk mengirim berkas.",
    en="What was sent is too large (over 1 MiB), so we did not read it. Write less, or use another "
    "channel for files.",
)
NO_FORM = Text(
    id="Kiriman ini bukan formulir ini. Isilah formulir di bawah.",
    en="What was sent is not this form. Fill in the form below.",
)
GARBLED = Text(
    id="Kiriman ini tidak dapat dibaca. Isilah formulir di bawah.",
    en="What was sent can't be read. Fill in the form below.",
)

"""One error as problem details (RFC 9457), in the reader's language; a browser gets a page.

Domain code raises refusals and knows no status code. Each service maps its refusals to a `Problem`
of a kind from `problem_kinds.py` or its own.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response

from shared.text import Text
from shared.web.language import Language, preferred, say
from shared.web.page.shell import Page, Shell
from shared.web.problems.problem_kinds import INVALID, ProblemKind
from shared.web.problems.validation import ERRORS_MAX
from shared.web.trace import trace_id

MEDIA_TYPE = "application/problem+json"
VARY = "Accept, Accept-Language"
ENGLISH_PAGES = "/en/"


class Problem(Exception):
    """A response of one problem kind.

    `members` are added to the JSON, each Text among them in the reader's language.
    """

    def __init__(
        self,
        kind: ProblemKind,
        *,
        detail: Text | None = None,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(kind.slug)
        self.kind = kind
        self.detail = detail or kind.detail
        self.headers = dict(headers or {})
        self.members = members


def merged(problems: Iterable[Problem]) -> Problem:
    """Several problems of one command as one, with all errors; a prohibition comes first."""
    found = list(problems)
    errors = [error for problem in found for error in problem.members.get("errors", ())]
    lead = next((problem for problem in found if problem.kind is not INVALID), found[0])
    members = {**lead.members, "errors": errors[:ERRORS_MAX]}
    detail = None if lead.kind is INVALID else lead.detail
    return Problem(lead.kind, detail=detail, headers=lead.headers, **members)


def problem_response(request: Request, problem: Problem) -> Response:
    language = _language(request)
    if _wants_html(request):
        return _as_page(request, problem, language)
    body = msgspec.json.encode(problem_details(request, problem))
    headers = {"Content-Language": language, "Vary": VARY} | problem.headers
    return Response(body, problem.kind.status, headers=headers, media_type=MEDIA_TYPE)


def problem_details(request: Request, problem: Problem) -> dict[str, Any]:
    """The problem as JSON, in the reader's language."""
    kind, language = problem.kind, _language(request)
    details = {
        "type": kind.type,
        "title": say(kind.title, language),
        "status": kind.status,
        "detail": say(problem.detail, language),
        "mend": say(kind.mend, language),
        "trace_id": trace_id(request.scope),
    }
    members: dict[str, Any] = _localized(problem.members, language)
    return details | members


def _language(request: Request) -> Language:
    """English for the address of an English page; else the reader's preferred language."""
    if request.url.path.startswith(ENGLISH_PAGES):
        return "en"
    return preferred(request.headers.get("accept-language"))


def _localized(value: Any, language: Language) -> Any:
    match value:
        case Text():
            return say(value, language)
        case dict():
            return {name: _localized(each, language) for name, each in value.items()}
        case list() | tuple():
            return [_localized(each, language) for each in value]
        case _:
            return value


def _wants_html(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and "json" not in accepted


def _as_page(request: Request, problem: Problem, language: Language) -> Response:
    shell: Shell = request.app.state.shell
    return shell.answer(
        "problem.html",
        Page(language, say(problem.kind.title, language)),
        status=problem.kind.status,
        headers={"Vary": VARY} | problem.headers,
        kind=problem.kind,
        detail=problem.detail,
        errors=_localized(problem.members.get("errors", ()), language),
        languages=(language,),
        trace_id=trace_id(request.scope),
    )

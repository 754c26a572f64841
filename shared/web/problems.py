"""What goes wrong is answered as problem details (RFC 9457), in the reader's language.

Domain code raises refusals; `create_app` is given the one function that turns a refusal into a
`Problem`. Nothing else knows status codes. The kinds are data: `problem_catalogue.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.eventstore.errors import EventLogError
from shared.promise.refusals import Refusal
from shared.promise.standard import Text
from shared.web import problem_catalogue as catalogue
from shared.web.language import Language, preferred, say
from shared.web.page.shell import Page, Shell
from shared.web.problem_catalogue import Kind
from shared.web.trace import trace_id
from shared.web.validation import Rules, errors_of, is_media_type_error

MEDIA_TYPE = "application/problem+json"
VARY = "Accept, Accept-Language"


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """An entry of `errors`: the place in the body, the rule, and what it asks."""

    pointer: str
    rule: str
    detail: Text


class Problem(Exception):
    """An answer of a kind from the catalogue.

    `members` are added to its JSON as they are, every Text among them in the reader's language.
    """

    def __init__(
        self,
        kind: Kind,
        *,
        detail: Text | None = None,
        headers: Mapping[str, str] | None = None,
        broken: Sequence[BrokenRule] = (),
        **members: Any,
    ) -> None:
        super().__init__(kind.slug)
        self.kind = kind
        self.detail = detail or kind.happened
        self.headers = dict(headers or {})
        self.broken = broken
        self.members = members


Refused = Refusal | EventLogError
ProblemOf = Callable[[Refused], Problem]

OF_STATUS: Mapping[int, Kind] = {
    HTTPStatus.BAD_REQUEST: catalogue.MALFORMED_REQUEST,
    HTTPStatus.UNAUTHORIZED: catalogue.UNAUTHENTICATED,
    HTTPStatus.FORBIDDEN: catalogue.FORBIDDEN,
    HTTPStatus.NOT_FOUND: catalogue.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: catalogue.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: catalogue.TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: catalogue.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY: catalogue.INVALID,
    HTTPStatus.TOO_MANY_REQUESTS: catalogue.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE: catalogue.UNAVAILABLE,
}


def answer_problems(app: FastAPI, *, problem_of: ProblemOf, rules: Rules) -> None:
    """Make every exception leave the app as a problem; refusals by the service's function."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal | EventLogError)
        return problem_answer(request, problem_of(error))

    async def unforeseen(request: Request, _error: Exception) -> Response:
        return problem_answer(request, Problem(catalogue.INTERNAL_ERROR))

    async def raised(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return problem_answer(request, error)

    async def by_status(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind = OF_STATUS.get(error.status_code, catalogue.INTERNAL_ERROR)
        headers = _allow(request) if kind is catalogue.METHOD_NOT_ALLOWED else error.headers
        return problem_answer(request, Problem(kind, headers=headers))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        if is_media_type_error(request, error.errors()):
            return problem_answer(request, Problem(catalogue.UNSUPPORTED_MEDIA_TYPE))
        found = errors_of(error.errors(), rules)
        return problem_answer(request, Problem(catalogue.INVALID, errors=found))

    app.add_exception_handler(Problem, raised)
    app.add_exception_handler(HTTPException, by_status)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(EventLogError, refused)
    app.add_exception_handler(Exception, unforeseen)


def _allow(request: Request) -> Mapping[str, str]:
    """Of all routes with this path; the framework knows the first one's methods only."""
    methods = {
        method
        for route in request.app.routes
        if isinstance(route, APIRoute) and route.path_regex.match(request.url.path)
        for method in route.methods or ()
    }
    return {"Allow": ", ".join(sorted(methods))}


def problem_answer(request: Request, problem: Problem) -> Response:
    language = preferred(request.headers.get("accept-language"))
    if _is_for_a_person(request):
        return _as_page(request, problem, language)
    kind = problem.kind
    body = {
        "type": kind.type,
        "title": say(kind.title, language),
        "status": kind.status,
        "detail": say(problem.detail, language),
        "mend": say(kind.mend, language),
        "trace_id": trace_id(request.scope),
    } | _said(problem.members, language)
    headers = {"Content-Language": language, "Vary": VARY} | problem.headers
    return Response(msgspec.json.encode(body), kind.status, headers=headers, media_type=MEDIA_TYPE)


def _said(value: Any, language: Language) -> Any:
    match value:
        case Text():
            return say(value, language)
        case dict():
            return {name: _said(each, language) for name, each in value.items()}
        case list() | tuple():
            return [_said(each, language) for each in value]
        case _:
            return value


def _is_for_a_person(request: Request) -> bool:
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
        languages=(language,),
        trace_id=trace_id(request.scope),
    )

"""The exception handlers: which exception becomes which problem."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.eventstore.errors import EventLogError
from shared.postgres.errors import DatabaseUnavailable
from shared.refusals import Refusal
from shared.web.fields import valid_fields
from shared.web.problems import problem_kinds as catalogue
from shared.web.problems.log_errors import Refused, later, log_problem
from shared.web.problems.problem import Problem, merged, problem_response
from shared.web.problems.problem_kinds import ProblemKind
from shared.web.problems.validation import Rules, errors_of, is_media_type_error

OF_STATUS: Mapping[int, ProblemKind] = {
    400: catalogue.MALFORMED_REQUEST,
    404: catalogue.NOT_FOUND,
    413: catalogue.TOO_LARGE,
}


FaultsInPart = Callable[[type[BaseModel], Mapping[str, Any]], Iterable[Refusal]]


def no_faults(_model: type[BaseModel], _read: Mapping[str, Any]) -> Iterable[Refusal]:
    """For a service whose domain checks no partial body."""
    return ()


@dataclass(frozen=True, slots=True)
class ServiceProblems:
    """A service's own problem kinds, its mapping of refusals, and its validation rules by name.

    `of_refusal` passes unknown errors to `log_problem`. `faults_in_part` checks the valid fields of
    a body by the domain's rules when other fields are invalid.
    """

    kinds: Sequence[ProblemKind] = ()
    of_refusal: Callable[[Refused], Problem] = log_problem
    rules: Rules = field(default_factory=dict)
    faults_in_part: FaultsInPart = no_faults


def add_problem_handlers(app: FastAPI, own: ServiceProblems) -> None:
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal | EventLogError)
        return problem_response(request, own.of_refusal(error))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem_response(request, _invalid(request, error, own))

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(EventLogError, refused)
    app.add_exception_handler(DatabaseUnavailable, _unavailable)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Problem, _raised)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_exception_handler(Exception, _unhandled)


async def _raised(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(request, error)


async def _unavailable(request: Request, _error: Exception) -> Response:
    return problem_response(request, later(catalogue.UNAVAILABLE))


async def _by_status(request: Request, error: Exception) -> Response:
    """An exception of the framework itself."""
    assert isinstance(error, HTTPException)
    if error.status_code == catalogue.METHOD_NOT_ALLOWED.status:
        return problem_response(request, _not_allowed_here(request))
    kind = OF_STATUS.get(error.status_code, catalogue.INTERNAL_ERROR)
    return problem_response(request, Problem(kind, headers=error.headers))


async def _unhandled(request: Request, _error: Exception) -> Response:
    return problem_response(request, Problem(catalogue.INTERNAL_ERROR))


def _not_allowed_here(request: Request) -> Problem:
    """Allow names the methods of all routes with this path; the framework names the first only."""
    methods = {
        method
        for route in request.app.routes
        if isinstance(route, APIRoute) and route.path_regex.match(request.url.path)
        for method in route.methods or ()
    }
    allow = ", ".join(sorted(methods))
    return Problem(catalogue.METHOD_NOT_ALLOWED, headers={"Allow": allow})


def _invalid(request: Request, error: RequestValidationError, own: ServiceProblems) -> Problem:
    """All errors of form, and the domain's refusals of the valid fields."""
    found = error.errors()
    if is_media_type_error(request, found):
        return Problem(catalogue.UNSUPPORTED_MEDIA_TYPE)
    problem = Problem(catalogue.INVALID, errors=errors_of(found, own.rules))
    model = _model_of(request.scope.get("route"))
    if model is None:
        return problem
    faults = own.faults_in_part(model, valid_fields(model, error.body))
    return merged([problem, *map(own.of_refusal, faults)])


def _model_of(route: object) -> type[BaseModel] | None:
    """The model of a route's body."""
    taken = route.dependant.body_params if isinstance(route, APIRoute) else ()
    kinds: list[Any] = [each.field_info.annotation for each in taken]
    return next((kind for kind in kinds if isinstance(kind, type(BaseModel))), None)

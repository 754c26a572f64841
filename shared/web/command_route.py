"""A route that reads commands directly, without FastAPI's dependency resolution.

For each request FastAPI resolves the parameters of a function, which costs as much as the domain's
decision. A command always takes a context, parts of the path, and a body; this route reads those
itself. An invalid request goes to FastAPI, which reports what is wrong, but only to callers who may
give the command.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import from_json
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from shared.web.identity.tokens import ForRoles

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class CommandRoute(APIRoute):
    """Reads directly if the function takes a context, text parts of the path and a body."""

    def get_route_handler(self) -> Handler:
        by_fastapi = super().get_route_handler()
        return _direct(self.dependant, by_fastapi) if _is_command(self.dependant) else by_fastapi


def _is_command(dependant: Dependant) -> bool:
    of_path = [part.field_info for part in dependant.path_params]
    other = (dependant.query_params, dependant.header_params, dependant.cookie_params)
    return (
        len(dependant.body_params) == len(dependant.dependencies) == 1
        and isinstance(dependant.dependencies[0].call, ForRoles)
        and issubclass(dependant.body_params[0].field_info.annotation or object, BaseModel)
        and all(part.annotation is str and not part.metadata for part in of_path)
        and not any(other)
        and dependant.request_param_name is None
    )


def _direct(dependant: Dependant, by_fastapi: Handler) -> Handler:
    (dependency,), (body,) = dependant.dependencies, dependant.body_params
    command, context, context_of = dependant.call, dependency.name, dependency.call
    model = body.field_info.annotation
    assert command is not None
    assert context is not None
    assert context_of is not None
    assert model is not None

    async def handle(request: Request) -> Response:
        text = await _body(request)
        given = await context_of(request)  # first: without the role nothing of the form is told
        if request.headers.get("content-type") != "application/json":
            return await by_fastapi(request)
        try:
            content = model.model_validate(from_json(text))
        except ValueError:
            return await by_fastapi(request)
        arguments = {**request.path_params, context: given, body.name: content}
        response: Response = await command(**arguments)
        return response

    return handle


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        raise HTTPException(400) from None  # the client is gone: not an error of ours

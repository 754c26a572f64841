"""How a command is read: what FastAPI would find, without asking it each time.

For every request FastAPI walks through what it knows of a function, which costs as much as all
that the domain decides. A command always asks for the same: an order, what its path names, and a
body. Those are taken directly; whatever isn't in order goes to FastAPI, which says what is wrong,
but only to whoever may give the order.
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
    """A route whose function takes an order, parts of the path as text, and a body, if so."""

    def get_route_handler(self) -> Handler:
        by_fastapi = super().get_route_handler()
        return _direct(self.dependant, by_fastapi) if _is_command(self.dependant) else by_fastapi


def _is_command(takes: Dependant) -> bool:
    of_path = [part.field_info for part in takes.path_params]
    other = (takes.query_params, takes.header_params, takes.cookie_params)
    return (
        len(takes.body_params) == len(takes.dependencies) == 1
        and isinstance(takes.dependencies[0].call, ForRoles)
        and issubclass(takes.body_params[0].field_info.annotation or object, BaseModel)
        and all(part.annotation is str and not part.metadata for part in of_path)
        and not any(other)
        and takes.request_param_name is None
    )


def _direct(takes: Dependant, by_fastapi: Handler) -> Handler:
    (asked,), (body,) = takes.dependencies, takes.body_params
    command, order, order_of = takes.call, asked.name, asked.call
    model = body.field_info.annotation
    assert command is not None
    assert order is not None
    assert order_of is not None
    assert model is not None

    async def handle(request: Request) -> Response:
        text = await _body(request)
        given = await order_of(request)  # who may not ask learns nothing of how to
        if request.headers.get("content-type") != "application/json":
            return await by_fastapi(request)
        try:
            said = model.model_validate(from_json(text))
        except ValueError:
            return await by_fastapi(request)
        taken = {**request.path_params, order: given, body.name: said}
        answer: Response = await command(**taken)
        return answer

    return handle


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        raise HTTPException(400) from None  # nobody hears it, but it isn't our fault

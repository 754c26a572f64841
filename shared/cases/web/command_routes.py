"""A line of a service's catalogue of commands, and the route that it becomes.

The catalogue of each service is `services/*/commands_and_roles.py`. The routes of `api.py`, their
roles, their OpenAPI descriptions and the importer of histories (`janji/importing`) come from it.
"""

import inspect
import keyword
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from shared.cases.case import Case
from shared.cases.repository import CommandContext
from shared.cases.web.http import Nothing, command_context_for
from shared.web.fields import Body
from shared.web.identity.roles import Role

Handler = Callable[[CommandContext, str, Any], Awaitable[Response]]
NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Command:
    """A command on an existing case: its roles, its body, its decision and its event.

    `decide` is the method of the case; `facts` makes its arguments from the body, by name, unless
    `api.py` writes the call out.
    """

    name: str  # as in `STEPS`, and in the path
    roles: tuple[Role, ...]
    body: type[Body]
    decide: Callable[..., None]
    event: type[Case.Event]
    described: str = ""
    facts: Callable[[Any], Mapping[str, Any]] = dict

    @property
    def description(self) -> str:
        """In the OpenAPI document: the first line on `decide`, unless another is given."""
        return self.described or (inspect.getdoc(self.decide) or "").partition("\n")[0]

    @property
    def function_name(self) -> str:
        """In the OpenAPI document: the name, as that of a function would be written."""
        name = self.name.replace("-", "_")
        return f"{name}_" if keyword.iskeyword(name) else name


def add_command(
    router: APIRouter,
    path: str,
    command: Command,
    handle: Handler,
    *,
    context: Callable[..., Any] | None = None,
    **options: Any,
) -> None:
    """Route `path` to `handle`. `context` replaces the dependency on the roles of the command.

    `options` are those of FastAPI; a description replaces the command's.
    """

    async def endpoint(context: CommandContext, number: str, body: Any) -> Response:
        return await handle(context, number, body)

    # FastAPI reads a signature, which is the catalogue's.
    depends = Depends(context or command_context_for(*command.roles))
    default = NOTHING if command.body is Nothing else inspect.Parameter.empty
    vars(endpoint)["__signature__"] = inspect.Signature(
        [
            _parameter("context", Annotated[CommandContext, depends]),
            _parameter("number", str),
            _parameter("body", command.body, default),
        ]
    )
    options = {"description": command.description, "name": command.function_name, **options}
    router.add_api_route(path, endpoint, methods=["POST"], **options)


def _parameter(
    name: str, annotation: object, default: object = inspect.Parameter.empty
) -> inspect.Parameter:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, kind, annotation=annotation, default=default)

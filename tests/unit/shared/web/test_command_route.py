"""A command is read directly, and answered as if FastAPI had read it."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse, Response

from shared.cases.repository import CommandContext
from shared.cases.web.http import Reason, command_context_for
from shared.web.command_route import CommandRoute
from testbed.http import Answer
from testbed.surface import surface, token

ALLOWED, NOT_ALLOWED = token("supervisor"), token("intake")
IN_ORDER = b'{"reason": "Salah kirim"}'
JSON = "application/json"


async def asked(
    route_class: type[APIRoute], body: bytes, media_type: str, given: str | None
) -> Answer:
    router = APIRouter(route_class=route_class)

    @router.post("/v1/cases/{number}/withdraw")
    async def withdraw(
        order: Annotated[CommandContext, Depends(command_context_for("supervisor"))],
        number: str,
        body: Reason,
    ) -> Response:
        return JSONResponse({"by": order.by.sub, "number": number, "reason": body.reason})

    headers = {"content-type": media_type, "traceparent": f"00-{'a' * 32}-{'b' * 16}-00"}
    return await surface(router).post("/v1/cases/7/withdraw", body, token=given, headers=headers)


@pytest.mark.parametrize(
    ("body", "media_type", "given", "status"),
    [
        pytest.param(IN_ORDER, JSON, ALLOWED, 200, id="in order"),
        pytest.param(IN_ORDER, f"{JSON}; charset=utf-8", ALLOWED, 200, id="with its charset"),
        pytest.param(IN_ORDER.decode().encode("utf-16"), JSON, ALLOWED, 200, id="UTF-16"),
        pytest.param(IN_ORDER, "text/plain", ALLOWED, 415, id="not said to be JSON"),
        pytest.param(IN_ORDER, JSON, None, 401, id="nobody"),
        pytest.param(IN_ORDER, JSON, NOT_ALLOWED, 403, id="somebody else"),
        pytest.param(b'{"reason": ', JSON, ALLOWED, 422, id="cut off"),
        pytest.param(b"{}", JSON, None, 401, id="incomplete, by nobody"),
        pytest.param(b"{}", JSON, ALLOWED, 422, id="incomplete"),
        pytest.param(b'{"reason": 1, "x": 2}', JSON, ALLOWED, 422, id="wrong twice"),
        pytest.param(b'{"reason": "\\ud800"}', JSON, ALLOWED, 422, id="half a character"),
        pytest.param(b"[" * 60_000, JSON, ALLOWED, 400, id="deeper than can be read"),
        pytest.param(b"", JSON, ALLOWED, 422, id="nothing"),
        pytest.param(b" " * 1_048_577, JSON, ALLOWED, 413, id="too large"),
    ],
)
async def test_a_command_is_answered_as_if_fastapi_had_read_it(
    body: bytes, media_type: str, given: str | None, status: int
) -> None:
    directly = await asked(CommandRoute, body, media_type, given)
    by_fastapi = await asked(APIRoute, body, media_type, given)

    assert directly == by_fastapi
    assert directly.status == status


async def test_forbidden_caller_is_refused_whatever_the_body_says() -> None:
    """FastAPI itself reads the body first, and tells a stranger what is wrong with it."""
    answer = await asked(CommandRoute, b'{"reason": ', JSON, None)

    assert (answer.status, answer.problem) == (401, "unauthenticated")

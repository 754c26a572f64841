"""A feed over HTTP as a service serves it, without the rest of a service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request, Response

from shared.eventstore.errors import EventLogError
from shared.eventstore.log import EventLog
from shared.messaging.envelope import Envelopes
from shared.messaging.feed import feed_router
from shared.web.problems.log_errors import log_problem
from shared.web.problems.problem import problem_response

TOKEN = "let me in"


def require_token(authorization: Annotated[str, Header()] = "") -> None:
    if authorization != f"Bearer {TOKEN}":
        raise HTTPException(403 if authorization else 401)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, EventLogError)
    return problem_response(request, log_problem(error))


@asynccontextmanager
async def serving_feed(
    service: str, log: EventLog, envelopes: Envelopes, stopping: asyncio.Event | None = None
) -> AsyncIterator[str]:
    """Its base URL, while it is served."""
    app = FastAPI()
    app.add_exception_handler(EventLogError, _refused)
    app.include_router(feed_router(service, log, envelopes, require_token, stopping))
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    sockets = [config.bind_socket()]
    sockets[0].listen()  # a client that is quicker than the server waits for it
    serving = asyncio.create_task(server.serve(sockets))
    try:
        yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        await serving
        for each in sockets:
            each.close()

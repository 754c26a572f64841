"""The minimal cost of a command over HTTP: FastAPI, one body model, one INSERT, one commit.

Run as `python -m benchmarks.plain_service PORT DATABASE_URL`, on the server that the services use.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
from fastapi import FastAPI
from starlette.responses import JSONResponse

from services.requests.bodies import SubmissionBody

CONNECTIONS = 10
TABLE = "create table if not exists plain (id bigserial primary key, body jsonb not null)"
INSERT = "insert into plain (body) values ($1) returning id"


def app(database_url: str) -> FastAPI:
    """The service: it only validates the body, and decides nothing."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(
            database_url, min_size=CONNECTIONS, max_size=CONNECTIONS
        ) as app.state.pool:
            await app.state.pool.execute(TABLE)
            yield

    plain = FastAPI(lifespan=lifespan)

    @plain.post("/v1/requests", status_code=201)
    async def submit(body: SubmissionBody) -> JSONResponse:
        text = body.model_dump_json()
        inserted = await plain.state.pool.fetchval(INSERT, text)
        return JSONResponse({"id": inserted, **body.model_dump(mode="json")}, 201)

    return plain


if __name__ == "__main__":
    port, url = sys.argv[1:]
    served = {"host": "127.0.0.1", "http": "httptools", "loop": "uvloop", "access_log": False}
    uvicorn.run(app(url), port=int(port), **served)  # type: ignore[arg-type]

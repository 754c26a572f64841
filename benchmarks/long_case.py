"""A command on a case with a thousand events, and one on a new case, in milliseconds over HTTP.

The request is returned and resubmitted in turn. The ratio is the cost of a long history for the
next command, without the first command after a start, which reads all events.
"""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from benchmarks.harness import Benchmark, Comparison
from benchmarks.http_command import BODY, environment, process, ready, request
from benchmarks.servers import Servers
from deploy.local.ports import free_ports
from shared.office_time import PONTIANAK
from testbed.databases import clone, drop
from testbed.long_cases import long_request, store
from testbed.surface import token

EVENTS = 1_000
ROUNDS = 10  # of two commands: a new case stays short
RETURN: Mapping[str, Any] = {"reason": "Cap belum ada", "missing": ["letter_stamp"]}
RESUBMIT: Mapping[str, Any] = {"contact": BODY["contact"]}


async def to_and_fro(session: aiohttp.ClientSession, number: str) -> float:
    """Milliseconds a command."""
    started_at = time.perf_counter()
    for _ in range(ROUNDS):
        await given(session, f"/v1/requests/{number}/return", RETURN)
        await given(session, f"/v1/requests/{number}/resubmit", RESUBMIT)
    return (time.perf_counter() - started_at) / (2 * ROUNDS) * 1_000


async def on_a_new_case(session: aiohttp.ClientSession) -> float:
    """The same for a new request."""
    case = await given(session, "/v1/requests", request())
    return await to_and_fro(session, case["number"])


async def given(session: aiohttp.ClientSession, path: str, body: Mapping[str, Any]) -> Any:
    async with session.post(path, data=json.dumps(body)) as answer:
        assert answer.status in (200, 201), await answer.text()
        return await answer.json()


@asynccontextmanager
async def compared(servers: Servers) -> AsyncIterator[Comparison]:
    database = await clone(servers.postgres_url, "requests")
    (port,) = free_ports(1)
    now = int(time.time())
    headers = {
        "Authorization": f"Bearer {token('supervisor', iat=now, exp=now + 3600)}",
        "Content-Type": "application/json",
    }
    case = long_request(EVENTS - 1, when=f"{datetime.now(PONTIANAK):%Y-%m-%d %H:%M:%S}")
    await store(database, case)
    try:
        with TemporaryDirectory() as folder:
            settings = environment(database.app_url, Path(folder), port)
            async with process("-m", "services.requests.main", environment=settings):
                url = await ready(port)
                async with aiohttp.ClientSession(url, headers=headers) as session:
                    await given(session, f"/v1/requests/{case.number}/return", RETURN)
                    await given(session, f"/v1/requests/{case.number}/resubmit", RESUBMIT)
                    yield Comparison(
                        "ms/command",
                        partial(to_and_fro, session, case.number),
                        partial(on_a_new_case, session),
                        "a command on a new case",
                    )
    finally:
        await drop(servers.postgres_url, database)


BENCHMARKS = (Benchmark("long_case", compared),)

"""Commands a second over HTTP, by 32 callers at once.

Ours: `POST /v1/requests` of the requests service, with token, rules, event log, hash chain and
sealing. Baseline: plain FastAPI that parses the same body and does one INSERT. Each runs in its own
process on the same kind of server, with the same callers.
"""

import asyncio
import base64
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import aiohttp

from benchmarks.harness import Benchmark, Comparison
from benchmarks.servers import ROOT, Servers
from deploy.local.ports import free_ports
from testbed.databases import clone, drop
from testbed.surface import AUDIENCE, ISSUER, KEY, token

CALLERS = 32
COMMANDS = 3_000
READY_SECONDS_MAX = 30.0
LOOK_AGAIN_SECONDS = 0.05
BODY: Mapping[str, Any] = {
    "kind": "password_reset",
    "agency": "DINKES",
    "letter": {
        "number": "800/123/DINKES",
        "date": "2026-11-02",
        "signed_by": "head_of_agency",
        "stamped": True,
    },
    "accounts": ["dinkes@kalbarprov.go.id"],
    "contact": {"name": "Siti", "phone": "+62561736541", "email": "siti@dinkes.example"},
    "channel": "counter",
}


def request() -> Mapping[str, Any]:
    """The body, with a letter number of its own."""
    return {**BODY, "letter": {**BODY["letter"], "number": f"800/{uuid4()}"}}


async def commands(url: str, headers: Mapping[str, str]) -> float:
    """Send the commands, each caller its own in sequence."""
    connector = aiohttp.TCPConnector(limit=CALLERS)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def caller() -> None:
            for _ in range(COMMANDS // CALLERS):
                async with session.post(f"{url}/v1/requests", json=request()) as answer:
                    assert answer.status == 201, await answer.text()
                    await answer.read()

        started_at = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        return COMMANDS // CALLERS * CALLERS / (time.perf_counter() - started_at)


@asynccontextmanager
async def compared(servers: Servers) -> AsyncIterator[Comparison]:
    ours = await clone(servers.postgres_url, "requests")
    plain = await clone(servers.postgres_url, "requests")
    port, plain_port = free_ports(2)
    now = int(time.time())
    authorized = {"Authorization": f"Bearer {token('supervisor', iat=now, exp=now + 3600)}"}
    try:
        with TemporaryDirectory() as folder:
            settings = environment(ours.app_url, Path(folder), port)
            async with (
                process("-m", "services.requests.main", environment=settings),
                process("-m", "benchmarks.plain_service", str(plain_port), plain.owner_url),
            ):
                sent = {"Content-Type": "application/json", **authorized}
                yield Comparison(
                    "commands/s",
                    partial(commands, await ready(port), sent),
                    partial(commands, await ready(plain_port), sent),
                    "plain FastAPI and one INSERT",
                )
    finally:
        await drop(servers.postgres_url, ours)
        await drop(servers.postgres_url, plain)


def environment(database_url: str, folder: Path, port: int) -> dict[str, str]:
    """The environment of the requests service, without a broker, so that no relay runs."""
    keys = folder / "jwks.json"
    keys.write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    return {
        "JANJI_HOST": "127.0.0.1",
        "JANJI_PORT": str(port),
        "JANJI_DATABASE_URL": database_url,
        "JANJI_BROKER_URL": "",
        "JANJI_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "JANJI_OIDC_ISSUER": ISSUER,
        "JANJI_OIDC_AUDIENCE": AUDIENCE,
        "JANJI_OIDC_JWKS": str(keys),
    }


@asynccontextmanager
async def process(
    *arguments: str, environment: Mapping[str, str] | None = None, given: bytes = b""
) -> AsyncIterator[int]:
    """A Python process until the block ends; its output is discarded.

    `given` is its standard input. Yields its process id.
    """
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, *arguments),
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert child.stdin is not None
    child.stdin.write(given)
    child.stdin.close()
    try:
        yield child.pid
    finally:
        child.terminate()
        await child.wait()


async def ready(port: int) -> str:
    """The URL, once a server listens there."""
    async with asyncio.timeout(READY_SECONDS_MAX):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            else:
                writer.close()
                return f"http://127.0.0.1:{port}"


BENCHMARKS = (Benchmark("http_command", compared),)

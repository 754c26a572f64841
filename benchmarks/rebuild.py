"""Events a second from a source's feed into the read models, by the whole of `janji rebuild`.

The requests service runs as a process of its own, as it does everywhere: it reads its log, makes
the published events and serves them in pages; the rebuild reads the next page while it applies one,
catches up, and switches. There is nothing to compare it with.
"""

import asyncio
import base64
import os
import sys
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import Benchmark, Comparison
from benchmarks.relay import confirmed_request
from benchmarks.servers import ROOT, Servers
from deploy.local.issuer import AUDIENCE, ISSUER, issuer
from deploy.local.ports import free_ports
from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.replay.rebuild import rebuild
from services.projections.replay.sources import current_read_models
from services.projections.store import generations
from services.projections.store.pools import builders_of
from services.requests.domain import ServiceRequest
from shared.eventstore.codec import Codec
from shared.eventstore.keys.keyring import Keyring
from shared.messaging.feed_client import FeedClient, FeedUnavailable
from shared.messaging.feed_token import FileToken
from shared.office_time import local_date
from testbed.databases import Database, clone, drop
from testbed.event_logs import running

SERVICE = "requests"
CASES = 5_000  # of six events each
CASES_AT_ONCE = 500
MASTER_KEY = bytes(32)
READY_SECONDS_MAX = 30
LOOK_AGAIN_SECONDS = 0.05


def now() -> datetime:
    return datetime.now(UTC)


async def janji(builder: GenerationBuilder) -> float:
    started_at = time.perf_counter()
    rebuilt = await rebuild(builder)
    rate = rebuilt.events / (time.perf_counter() - started_at)
    assert (rebuilt.events, rebuilt.held) == (6 * CASES, 0)
    return rate


@asynccontextmanager
async def prepared(servers: Servers) -> AsyncIterator[Comparison]:
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(cloned(servers, SERVICE))
        await fill(log)
        folder = Path(stack.enter_context(TemporaryDirectory()))
        feed = await stack.enter_async_context(served(log, folder))
        read_models = await stack.enter_async_context(cloned(servers, "projections"))
        pool = await stack.enter_async_context(builders_of(read_models.app_url))
        builder = GenerationBuilder(
            pool,
            current_read_models(),
            {SERVICE: feed},
            now=now,
            today=lambda: local_date(now()),
            report=lambda *_: None,
        )
        await generations.ensure(
            pool,
            builder.read_models.schema_sql,
            sources=[SERVICE],
            on=builder.today(),
            at=now(),
        )
        yield Comparison("events/s", partial(janji, builder))


@asynccontextmanager
async def cloned(servers: Servers, service: str) -> AsyncIterator[Database]:
    database = await clone(servers.postgres_url, service)
    try:
        yield database
    finally:
        await drop(servers.postgres_url, database)


async def fill(database: Database) -> None:
    codec = Codec([ServiceRequest], Keyring(MASTER_KEY))
    async with running(database.app_url, codec=codec) as log:
        for _ in range(0, CASES, CASES_AT_ONCE):
            await asyncio.gather(*(log.append(confirmed_request()) for _ in range(CASES_AT_ONCE)))


@asynccontextmanager
async def served(database: Database, folder: Path) -> AsyncIterator[FeedClient]:
    """The requests service's feed, once it answers."""
    ours, port = issuer(folder), free_ports(1)[0]
    (folder / "token").write_text(ours.token(roles=["subscriber"], at=time.time()))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.requests.main"),
        cwd=ROOT,
        stderr=DEVNULL,
        env={
            **os.environ,
            "JANJI_DATABASE_URL": database.app_url,
            "JANJI_BROKER_URL": "",
            "JANJI_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
            "JANJI_OIDC_ISSUER": ISSUER,
            "JANJI_OIDC_AUDIENCE": AUDIENCE,
            "JANJI_OIDC_JWKS": str(ours.jwks),
            "JANJI_PORT": str(port),
        },
    )
    try:
        async with FeedClient(f"http://127.0.0.1:{port}", FileToken(folder / "token")) as feed:
            await answers(feed)
            yield feed
    finally:
        process.terminate()
        await process.wait()


async def answers(feed: FeedClient) -> None:
    async with asyncio.timeout(READY_SECONDS_MAX):
        while True:
            try:
                await feed.head()
                return
            except FeedUnavailable:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)


BENCHMARKS = (Benchmark("rebuild", prepared),)

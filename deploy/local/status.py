"""The readiness of every program, checked concurrently."""

import asyncio
from collections.abc import Awaitable, Mapping

import aio_pika

from deploy.databases import SERVICES, Database
from deploy.local.addresses import Addresses
from deploy.local.home import Home
from deploy.local.processes import noted
from deploy.local.services import is_ready
from deploy.migrations import versions
from shared.messaging.topology import EXCHANGE
from shared.postgres.connection import connected

ANSWER_SECONDS = 2.0
Entry = dict[str, str | int | bool | None]


async def status(home: Home, *, seconds: float) -> dict[str, Entry | None]:
    """The status as `janji status --json` prints it, with all keys whatever is down.

    A program that has not answered in time is not ready.
    """
    known = Addresses.load(home)
    if known is None:
        return dict.fromkeys((*SERVICES, "postgres", "broker"), _entry("", None, is_ready=False))
    pids = {path.stem: noted(path) for path in home.run.glob("*.pid")}
    checks = {name: is_ready(url, pids.get(name)) for name, url in known.services.items()}
    checks["postgres"] = schema_ready(known.databases)
    if known.broker:
        checks["broker"] = exchange_ready(known.broker)
    found = await asyncio.gather(*(_in_time(check, seconds) for check in checks.values()))
    ready = dict(zip(checks, found, strict=True))
    urls = {**known.services, "postgres": known.postgres, "broker": known.broker}
    return {
        name: _entry(url, pids.get(name), is_ready=ready[name]) if url else None
        for name, url in urls.items()
    }


async def schema_ready(databases: Mapping[str, Database]) -> bool:
    """Whether every database has the schema of this release."""
    found = await asyncio.gather(*map(_versions_in, databases.values()))
    wanted = map(versions, databases)
    return all(each <= there for each, there in zip(wanted, found, strict=True))


async def exchange_ready(url: str) -> bool:
    """Whether the exchange of the events is declared."""
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        await channel.declare_exchange(EXCHANGE, "topic", durable=True, passive=True)
    return True


async def _versions_in(database: Database) -> set[str]:
    async with connected(
        database.owner_url, name="janji status", answer_seconds=ANSWER_SECONDS
    ) as connection:
        rows = await connection.fetch("select version from schema_migrations")
    return {row["version"] for row in rows}


async def _in_time(check: Awaitable[bool], seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await check
    except Exception:  # any error means that it is not ready
        return False


def _entry(url: str, pid: int | None, *, is_ready: bool) -> Entry:
    return {"url": url, "pid": pid, "ready": is_ready}

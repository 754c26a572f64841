"""Events a second from the log to the broker, by the whole relay.

Ours: read from PostgreSQL, decode, make the payload and the envelope, publish in order, await every
confirm, store the position. Baseline: a bare loop that publishes the same bodies by aio-pika, made
beforehand, persistent, mandatory, every confirm awaited, as many in flight. Both go to the same
exchange and the projections' quorum queue, emptied after each run.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import aio_pika
import asyncpg
import structlog
from aio_pika.abc import AbstractChannel

from benchmarks.harness import Benchmark, Comparison
from benchmarks.servers import ROOT, Servers
from services.requests.commands_and_roles import publish
from services.requests.domain import ServiceRequest
from shared.eventstore.codec import Codec
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.log import EventLog
from shared.messaging.envelope import CONTENT_TYPE, CloudEvent, Envelopes
from shared.messaging.relay.decisions import WINDOW_SIZE_MAX
from shared.messaging.relay.relay import Relay
from shared.messaging.topology import EXCHANGE, declare, projection_queue, queues_of
from shared.promise.case_number import new_number
from testbed import service_requests as office
from testbed.databases import Database, clone, drop
from testbed.event_logs import running
from testbed.servers import find_broker
from testbed.vhosts import create_vhost, delete_vhost

SERVICE = "requests"
CASES = 1_500  # of six events each
LOOK_AGAIN_SECONDS = 0.002
UNIT = "events/s"
RAW = "aio-pika, confirmed publishes"


@dataclass(frozen=True)
class Line:
    """A full log, and a broker without any of its events."""

    log: EventLog
    envelopes: Envelopes
    database: Database
    broker_url: str
    channel: AbstractChannel
    head: int


# Ours.


async def janji(line: Line) -> float:
    """From a relay's connection to the broker until it has stored the last position."""
    await go_back(line.database)
    relay = Relay(
        database_url=line.database.app_url,
        broker_url=line.broker_url,
        event_log=line.log,
        envelopes=line.envelopes,
    )
    run = asyncio.create_task(relay.run())
    await until(lambda: relay.health.connected)
    started_at = time.perf_counter()
    await until(lambda: relay.health.position == line.head)
    rate = line.head / (time.perf_counter() - started_at)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    await empty(line)
    return rate


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110  (the relay sets no asyncio.Event)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def go_back(database: Database) -> None:
    """Reset the relay's position to the start of the log."""
    connection = await asyncpg.connect(database.owner_url)
    await connection.execute("update relay_position set position = 0")
    await connection.close()


# The baseline.


async def raw(line: Line, events: Sequence[CloudEvent]) -> float:
    messages = [(message(event), event.routing_key) for event in events]
    exchange = await line.channel.get_exchange(EXCHANGE)
    started_at = time.perf_counter()
    for start in range(0, len(messages), WINDOW_SIZE_MAX):
        window = messages[start : start + WINDOW_SIZE_MAX]
        await asyncio.gather(*(exchange.publish(*each, mandatory=True) for each in window))
    rate = len(messages) / (time.perf_counter() - started_at)
    await empty(line)
    return rate


def message(event: CloudEvent) -> aio_pika.Message:
    return aio_pika.Message(
        event.body(),
        headers={**event.headers()},
        content_type=CONTENT_TYPE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=event.id,
        type=event.type,
        timestamp=event.time,
        app_id="baseline",
    )


async def empty(line: Line) -> None:
    queue = await line.channel.get_queue(projection_queue(SERVICE).name)
    await queue.purge()


# The line they run on.


@asynccontextmanager
async def compared(servers: Servers) -> AsyncIterator[Comparison]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    codec = Codec([ServiceRequest], Keyring(bytes(32)))
    database = await clone(servers.postgres_url, SERVICE)
    try:
        async with fresh_vhost() as url, running(database.app_url, codec=codec) as log:
            await asyncio.gather(*(log.append(confirmed_request()) for _ in range(CASES)))
            async with await aio_pika.connect(url) as connection:
                channel = await connection.channel(on_return_raises=True)
                for queue in queues_of(SERVICE):
                    await declare(channel, queue)
                envelopes = Envelopes(SERVICE, codec, publish, await log.epochs())
                head = (await log.head()).position
                line = Line(log, envelopes, database, url, channel, head)
                events = await envelopes.envelopes(await log.read(0, head))
                yield Comparison(UNIT, partial(janji, line), partial(raw, line, events), RAW)
    finally:
        await drop(servers.postgres_url, database)


@asynccontextmanager
async def fresh_vhost() -> AsyncIterator[str]:
    """On the broker that the environment names (see the tests), else on a private one."""
    home = ROOT / ".janji"
    home.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(prefix="benchmark-", dir=home, ignore_cleanup_errors=True) as folder:
        broker = await asyncio.to_thread(find_broker, Path(folder))
        url = create_vhost(broker)
        try:
            yield url
        finally:
            delete_vhost(broker, url)


def confirmed_request() -> ServiceRequest:
    """A request's whole way: six events, of which the last is its confirmation."""
    request = ServiceRequest.submit(
        office.SUBMISSION,
        office.supervisor(),
        number=new_number("PRM"),
        standards=office.STANDARDS,
        agencies=office.AGENCIES,
    )
    request.review(office.reviewer())
    request.approve(office.MET, office.reviewer())
    request.process(office.reviewer())
    request.complete("Kata sandi direset", office.reviewer())
    request.confirm("555/9", date(2026, 11, 2), office.reviewer())
    return request


BENCHMARKS = (Benchmark("relay", compared),)

"""Whoever has connections to PostgreSQL, each as one call that a test may make through a network.

`open` puts it to work on a database behind that network; the call of what it yields succeeds or
raises. Nothing is repeated there: what the product repeats by itself, it repeats.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from services.projections.health import database
from services.projections.ingest.projector import Projection
from services.projections.replay.sources import current_read_models
from services.projections.response_cache.invalidation import CacheInvalidator
from services.projections.store import generations
from services.projections.store.pools import appliers_of, readers_of
from shared.eventstore.log import EventLog
from shared.eventstore.records import CommandKey
from shared.postgres.pool import Pool
from shared.runtime import server
from shared.runtime.health import of_log, of_relay
from shared.web.health import OK, Check, CheckResult
from testbed.databases import Database
from testbed.event_logs import running
from testbed.notes import note
from testbed.proxy import Proxy
from tests.support.messaging.following import SOURCES, TODAY
from tests.support.messaging.ledger import Ledger
from tests.support.messaging.published_notes import eventually, relaying

Call = Callable[[], Awaitable[None]]
AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
SOON_SECONDS = 1.0


@dataclass
class Place:
    """A database, the network before it, and the books of what is stored in it."""

    database: Database
    network: Proxy
    broker_url: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    numbers: "count[int]" = field(default_factory=count)

    @property
    def networked_url(self) -> str:
        return self.network.url(self.database.app_url)

    async def append(self, log: EventLog) -> int:
        """One event; its position."""
        key = f"command {next(self.numbers)}"
        self.ledger.sent(key)
        appended = await log.append(note(), key=CommandKey(key, b"request"))
        self.ledger.accepted(key)
        return appended.last_position


@dataclass(frozen=True)
class User:
    """Somebody at work: a call of theirs, and what health says of them."""

    call: Call
    check: Check


Open = Callable[[Place], AbstractAsyncContextManager[User]]


@asynccontextmanager
async def writer(place: Place) -> AsyncIterator[User]:
    """An append, by way of the log's writer."""
    async with running(place.networked_url) as log:

        async def call() -> None:
            await place.append(log)

        yield User(call, of_log(log))


@asynccontextmanager
async def listener(place: Place) -> AsyncIterator[User]:
    """Somebody else appends, and whoever waits for it is woken."""
    async with running(place.networked_url) as log, running(place.database.app_url) as other:

        async def call() -> None:
            position = await place.append(other)
            assert await log.wait_beyond(position - 1, SOON_SECONDS), "nobody was woken"

        yield User(call, of_log(log))


@asynccontextmanager
async def read_pool(place: Place) -> AsyncIterator[User]:
    """A read of the log."""
    async with running(place.networked_url) as log:

        async def call() -> None:
            await log.read(0, 10)

        yield User(call, of_log(log))


@asynccontextmanager
async def leader(place: Place) -> AsyncIterator[User]:
    """Somebody else appends, and the relay publishes it."""
    async with (
        running(place.database.app_url) as log,
        relaying(log, place.networked_url, place.broker_url) as relay,
    ):

        async def call() -> None:
            position = await place.append(log)
            await eventually(lambda: relay.health.position >= position, within_seconds=SOON_SECONDS)

        yield User(call, of_relay(relay))


@asynccontextmanager
async def appliers(place: Place) -> AsyncIterator[User]:
    """A transaction that takes a source's position and lets it go."""
    async with _figures(place, appliers_of) as pool:
        projection = Projection(
            pool, current_read_models(), "requests", now=lambda: AT, today=lambda: TODAY
        )
        async with readers_of(place.database.app_url) as reading:
            yield User(projection.roll, database(reading, pool))


@asynccontextmanager
async def readers(place: Place) -> AsyncIterator[User]:
    """A page's look at the figures."""
    async with _figures(place, readers_of) as pool:

        async def call() -> None:
            async with generations.live(pool) as connection:
                await connection.fetch("select source from projection_position")

        yield User(call, database(pool, pool))


@asynccontextmanager
async def invalidation(place: Place) -> AsyncIterator[User]:
    """It has become another day, and whoever keeps answers learns of it."""
    days = [TODAY]
    invalidator = CacheInvalidator(
        place.networked_url, now=lambda: AT, today=lambda: days[-1], calendar=lambda: "2026.1"
    )

    async def call() -> None:
        days.append(days[-1] + timedelta(days=1))
        await eventually(is_seen, within_seconds=SOON_SECONDS)

    async def check() -> CheckResult:
        """Without a version nothing is answered from the cache, which is all that suffers."""
        return OK if invalidator.version else CheckResult("degraded", "no answer is kept")

    def is_seen() -> bool:
        version = invalidator.version
        return version is not None and version.today == days[-1]

    async with _figures(place, readers_of), server.running([invalidator.run]):
        yield User(call, check)


@asynccontextmanager
async def _figures(place: Place, pool_of: Callable[[str], Pool]) -> AsyncIterator[Pool]:
    await live_generation(place)
    async with pool_of(place.networked_url) as pool:
        yield pool


async def live_generation(place: Place) -> None:
    """An empty one."""
    schema = current_read_models().schema_sql
    async with appliers_of(place.database.app_url) as pool:
        await generations.ensure(pool, schema, sources=SOURCES, on=TODAY, at=AT)

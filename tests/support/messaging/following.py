"""Real sources (log, relay, feed) and a projection service that follows them, in one test.

async with following(database, vhost) as office:
    await office.requests.write(200)
    await office.caught_up()
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from services.projections.ingest import quarantine
from services.projections.ingest.follower import Consumer, Follower
from services.projections.ingest.projector import Projection
from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.store import generations
from services.projections.store.checkpoints import SourcePosition, positions
from shared.messaging.broker_subscription import BrokerSubscription
from shared.messaging.envelope import Publish
from shared.messaging.feed_subscription import FeedSubscription
from shared.messaging.subscription import Subscription
from shared.messaging.topology import projection_queue
from shared.postgres.connection import Connection
from shared.postgres.pool import Pool
from testbed.databases import Database
from testbed.event_logs import proxied
from testbed.proxy import Proxy
from tests.support.messaging.event_source import Source, assert_ends_soon, open_source
from tests.support.messaging.feed_server import TOKEN
from tests.support.messaging.ledger import Ledger
from tests.support.messaging.published_notes import eventually
from tests.support.messaging.strict_read_models import StrictReadModels, publish

SOON_SECONDS = 0.1  # how long a batch is waited for, and from one head check to the next
SOURCES = ("complaints", "requests")
TODAY = date(2026, 11, 24)


def instant() -> datetime:
    return datetime.now(UTC)


@dataclass
class Following:
    """The sources, and the projection service beside them; `network` leads to its database."""

    pool: Pool
    network: Proxy
    sources: Mapping[str, Source]
    broker_url: str | None
    database: Database
    token_file: Path
    read_models: StrictReadModels = field(default_factory=StrictReadModels)
    today: date = TODAY
    head_check_seconds: float = SOON_SECONDS
    clock: datetime | None = None  # None: it runs
    reports: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def requests(self) -> Source:
        return self.sources["requests"]

    @property
    def complaints(self) -> Source:
        return self.sources["complaints"]

    # The service.

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[Consumer]:
        """A consumer of all sources, as a service runs it; killed at the end."""
        consumer = self.consumer()
        task = asyncio.create_task(consumer.run())
        try:
            yield consumer
        finally:
            await assert_ends_soon(task)

    def consumer(self) -> Consumer:
        return Consumer(
            self.pool,
            [
                self.follower(source, self.subscription(source, self.broker_url))
                for source in self.sources
            ],
            now=self.now,
            today=lambda: self.today,
            observe=lambda _: None,
        )

    def follower(self, source: str, subscription: Subscription) -> Follower:
        return Follower(
            self.projection(source),
            self.sources[source].feed,
            subscription,
            head_check_seconds=self.head_check_seconds,
        )

    def subscription(self, source: str, broker_url: str | None) -> Subscription:
        projection = self.projection(source)

        async def position() -> int:
            return (await projection.checkpoint()).position

        if broker_url is None:
            feed = self.sources[source].feed
            return FeedSubscription(feed, position, wait_seconds=SOON_SECONDS)
        return BrokerSubscription(broker_url, projection_queue(source), wait_seconds=SOON_SECONDS)

    def projection(self, source: str) -> Projection:
        return Projection(
            self.pool, self.read_models, source, now=self.now, today=lambda: self.today
        )

    def builder(self) -> GenerationBuilder:
        return GenerationBuilder(
            self.pool,
            self.read_models,
            {name: source.feed for name, source in self.sources.items()},
            now=self.now,
            today=lambda: self.today,
            report=lambda *reached: self.reports.append(reached),
        )

    def now(self) -> datetime:
        return self.clock or instant()

    # What a test looks at.

    async def caught_up(self, *, seconds: float = 15.0) -> None:
        """Until every source's events are applied or held, all of them."""
        ends = {name: len(await source.stored()) for name, source in self.sources.items()}

        async def all_applied() -> bool:
            return {each.source: each.applied for each in await self.positions()} == ends

        await eventually(all_applied, within_seconds=seconds)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        async with generations.live(self.pool) as connection:
            yield connection

    async def positions(self) -> Sequence[SourcePosition]:
        async with self.reading() as connection:
            return await positions(connection)

    async def position(self, source: str = "requests") -> SourcePosition:
        return next(each for each in await self.positions() if each.source == source)

    async def held(self) -> Sequence[quarantine.HeldCase]:
        async with self.reading() as connection:
            return await quarantine.held_cases(connection)

    async def applied(self, source: str = "requests") -> list[int]:
        """The positions that took effect, each as often as it did, in order."""
        return await self._column(
            "select position from applied where source = $1 order by position", source
        )

    async def events_counted(self, source: str = "requests") -> int:
        """How many events the notes have seen: another count of the same."""
        return sum(await self._column("select version from note where source = $1", source))

    async def assert_balanced(self, source: str = "requests") -> None:
        """Nothing lost, doubled, out of order or held. The read models must have kept the order."""
        ledger = Ledger(source)
        ledger.stored(*await self.sources[source].stored())
        in_order = "select position from arrival where source = $1 order by nth"
        ledger.applied(*await self._column(in_order, source))
        balance = ledger.assert_balanced()
        assert await self.held() == []
        assert await self.events_counted(source) == balance.stored

    async def _column(self, query: str, source: str) -> list[int]:
        async with self.reading() as connection:
            return [row[0] for row in await connection.fetch(query, source)]


@asynccontextmanager
async def following(
    database: Callable[[str], Database],
    broker_url: str | None = None,
    *,
    publish: Publish = publish,
    keeps_order: bool = False,
    users: Mapping[str, str] | None = None,
) -> AsyncIterator[Following]:
    """Sources that run, and an empty generation that is live. Nobody consumes yet.

    users: the broker's URL of each service, where they don't share one.
    """
    of_service = users or dict.fromkeys((*SOURCES, "projections"), broker_url)
    async with AsyncExitStack() as stack:
        token = Path(stack.enter_context(TemporaryDirectory())) / "token"
        token.write_text(TOKEN)
        sources = {
            name: await open_source(stack, name, database(name), of_service[name], publish, token)
            for name in SOURCES
        }
        ours = database("projections")
        network, url = await stack.enter_async_context(proxied(ours.app_url))
        pool = await stack.enter_async_context(Pool(url, name="following", size_max=8))
        office = Following(pool, network, sources, of_service["projections"], ours, token)
        office.read_models.keeps_order = keeps_order
        await generations.ensure(
            pool, office.read_models.schema_sql, sources=SOURCES, on=office.today, at=office.now()
        )
        yield office

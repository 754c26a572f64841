"""The processes of the simulated installation, wired as the `main.py` of each service wires it.

All that they do is the product's; they reach the world by `asyncpg.connect`,
`BrokerConnection.open` and the feed's HTTP, which the simulation answers. A process is killed by
cutting all that it holds before its tasks are ended, so what they still try reaches nobody.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from multidict import CIMultiDict, CIMultiDictProxy

from services.projections.alerts.domain import KINDS
from services.projections.alerts.process import AlertProcess
from services.projections.ingest.follower import Consumer, Follower
from services.projections.ingest.projector import Projection
from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.replay.healing import ForkHealer
from services.projections.replay.rebuild import rebuild
from services.projections.store import generations
from services.projections.store.pools import appliers_of, builders_of, readers_of
from services.requests.application import Requests
from services.requests.commands_and_roles import publish
from services.requests.domain import ServiceRequest
from shared.clock_reading import ClockReading
from shared.eventstore.codec import Codec
from shared.eventstore.errors import HistoryLost, LogUnavailable
from shared.eventstore.log import EventLog
from shared.messaging.broker_subscription import BrokerSubscription
from shared.messaging.envelope import Envelopes
from shared.messaging.feed import _Feed
from shared.messaging.feed_client import FeedClient, FeedEndsBefore, FeedUnavailable
from shared.messaging.feed_token import FileToken
from shared.messaging.log_cursor import LogCursor
from shared.messaging.relay.relay import Relay
from shared.messaging.topology import projection_queue
from shared.postgres.errors import DatabaseUnavailable
from shared.runtime.clocks import GuardedClock
from testbed.service_requests import AGENCIES, CALENDAR, STANDARDS
from tests.simulation.loop import Frozen, in_context_of
from tests.simulation.postgres.key_statements import KEYRING
from tests.simulation.postgres.read_models import SimulatedReadModels

T = TypeVar("T")

REQUESTS, PROJECTIONS = "postgresql://requests", "postgresql://projections"
CODEC = Codec([ServiceRequest], KEYRING)
ALERT_CODEC = Codec(KINDS, None)
RESTART_SECONDS = 0.3
AT_ITS_START = (LogUnavailable, DatabaseUnavailable, generations.NoGeneration)
"""What may end a process before it is open; the supervisor starts it again."""


class Surroundings(Protocol):
    """What processes see of the world."""

    feed_is_up: bool

    @property
    def sources(self) -> Sequence["RequestsProcess"]: ...

    def true_now(self) -> datetime: ...

    def latency(self) -> float: ...

    def say(self, what: str) -> None: ...

    def broken(self, what: str) -> None: ...

    def cut_all_of(self, process: object) -> None: ...


class Process(Frozen):
    """A process under a supervisor. `ahead`: how far its machine's clock is ahead."""

    def __init__(self, world: Surroundings, name: str) -> None:
        self.world = world
        self.name = name
        self.ahead = timedelta()
        self.is_alive = self.is_open = False
        self.context = in_context_of(self)
        self._task: asyncio.Task[None] | None = None
        self._calls: dict[asyncio.Task[Any], None] = {}

    def now(self) -> datetime:
        return self.world.true_now() + self.ahead

    def start(self) -> None:
        self.is_alive = True
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._supervised(), name=self.name, context=self.context)

    async def kill(self) -> None:
        """SIGKILL: nothing that it does from now on reaches anybody."""
        self.is_alive = self.is_open = False
        self.world.cut_all_of(self)
        tasks = [each for each in (self._task, *self._calls) if each is not None]
        self._task = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Do this in the process, as a request to it; ConnectionError if it dies meanwhile."""
        if not (self.is_alive and self.is_open):
            work.close()
            raise ConnectionRefusedError(self.name)
        task = asyncio.get_running_loop().create_task(work, context=self.context)
        self._calls[task] = None
        try:
            await asyncio.wait([task])
            if task.cancelled() or not self.is_alive:
                raise ConnectionResetError(self.name)
            return task.result()
        finally:
            self._calls.pop(task, None)
            task.cancel()

    async def main(self) -> None:
        raise NotImplementedError

    async def _supervised(self) -> None:
        while True:
            try:
                await self.main()
            except AT_ITS_START as error:
                self.world.say(f"{self.name} isn't open: {error!r} {error.__cause__!r}")
            except Exception as error:
                self.world.broken(f"{self.name} has died: {error!r}")
            self.is_open = False
            await asyncio.sleep(RESTART_SECONDS)

    @asynccontextmanager
    async def _running(self, *loops: Callable[[], Coroutine[Any, Any, Any]]) -> AsyncIterator[None]:
        """All loops of an open process; if one ends, the process does."""
        async with asyncio.TaskGroup() as tasks:
            for each in loops:
                tasks.create_task(each())
            self.is_open = True
            yield


class RequestsProcess(Process):
    """One replica of the requests service: use cases, log, relay, feed."""

    requests: Requests
    feed: _Feed
    relay: Relay

    async def main(self) -> None:
        log = EventLog(REQUESTS, codec=CODEC, name=self.name, now=self.now)
        clock = GuardedClock(self.now, log.clock)
        self.requests = Requests(
            log, standards=STANDARDS, agencies=AGENCIES, calendar=CALENDAR, now=clock.now
        )
        envelopes = Envelopes("requests", CODEC, publish, epochs=[])
        self.relay = relay = Relay(
            database_url=REQUESTS,
            broker_url="amqp://requests@broker",
            event_log=log,
            envelopes=envelopes,
        )
        self.feed = _Feed("requests", log, envelopes, asyncio.Event())
        async with log, clock, self._running(log.run, clock.run, relay.run):
            pass


class ProjectionsProcess(Process):
    """One replica of the projection service, and its own log of alerts."""

    def __init__(self, world: Surroundings, name: str) -> None:
        super().__init__(world, name)
        self.read_models = SimulatedReadModels()
        self.projection: Projection
        self.builder: Callable[[], Any]

    async def main(self) -> None:
        readers, appliers = readers_of(PROJECTIONS), appliers_of(PROJECTIONS)
        feed = SimulatedFeedClient(self.world, self)
        log = EventLog(PROJECTIONS, codec=ALERT_CODEC, name=self.name, now=self.now)
        clock = GuardedClock(self.now, log.clock, {"requests": feed})
        now, today = clock.now, clock.today
        self.projection = Projection(appliers, self.read_models, "requests", now=now, today=today)
        queue = projection_queue("requests")
        subscription = BrokerSubscription("amqp://projections@broker", queue)
        followers = [Follower(self.projection, feed, subscription)]

        @asynccontextmanager
        async def builder() -> AsyncIterator[GenerationBuilder]:
            async with builders_of(PROJECTIONS) as pool:
                yield GenerationBuilder(
                    pool, self.read_models, {"requests": feed}, now, today, lambda *_: None
                )

        self.builder = builder
        consumer = Consumer(appliers, followers, now=now, today=today, observe=lambda _: None)
        alerts = AlertProcess(
            readers, self.projection, feed, log, calendar=lambda: CALENDAR, clock=clock
        )
        loops = (log.run, clock.run, consumer.run, alerts.run, ForkHealer(followers, builder).run)
        async with readers, appliers, log, clock:
            schema = self.read_models.schema_sql
            await generations.ensure(appliers, schema, sources=["requests"], on=today(), at=now())
            async with self._running(*loops):
                pass

    async def rebuild(self) -> None:
        """As `janji rebuild`."""
        async with self.builder() as builder:
            await rebuild(builder)


class SimulatedFeedClient(FeedClient):
    """The product's client, whose requests some replica's feed answers without HTTP."""

    def __init__(self, world: Surroundings, owner: Process) -> None:
        super().__init__("http://requests", FileToken(Path("token")))
        self._world = world
        self._owner = owner
        self._asked = 0

    async def _get(
        self, path: str, query: dict[str, str], wait_seconds: float
    ) -> tuple[CIMultiDictProxy[str], bytes]:
        assert path == "/v1/events"
        began_seconds = asyncio.get_running_loop().time()
        await asyncio.sleep(self._world.latency())
        if not (self._world.feed_is_up and self._owner.is_alive):
            raise FeedUnavailable("cut")
        self._asked += 1
        sources = self._world.sources
        source = sources[self._asked % len(sources)]
        start, limit = LogCursor(int(query["after"])), int(query["limit"])
        try:
            async with asyncio.timeout(10):
                page = await source.call(self._page(source, start, limit, wait_seconds))
        except HistoryLost as lost:
            raise FeedEndsBefore("409", head=lost.head.position) from lost
        except (LogUnavailable, OSError) as error:
            raise FeedUnavailable(repr(error)) from error
        await asyncio.sleep(self._world.latency())
        if not self._world.feed_is_up:
            raise FeedUnavailable("cut")
        self.clock = ClockReading(source.now().replace(microsecond=0), began_seconds)
        return CIMultiDictProxy(CIMultiDict(page.headers.items())), bytes(page.body)

    async def _page(
        self, source: RequestsProcess, start: LogCursor, limit: int, wait_seconds: float
    ) -> Any:
        return (await source.feed.page(start, limit, wait_seconds, None)).response(None)

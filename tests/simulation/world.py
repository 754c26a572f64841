"""One simulated installation, from a seed: machines, networks and clients, and what befell them.

    python -m tests.simulation 4711          # replays one seed, with all that happened
    python -m tests.simulation 1 --seeds 5000

Everything that is drawn is drawn from the seed, in an order that the loop fixes; so the same seed
is the same schedule. A schedule draws which faults it may have (few, since many at once hide each
other), runs, calms down, and is checked while it runs and at its end.
"""

import asyncio
import logging
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import asyncpg
import structlog
from aiormq.abc import ChannelFrame

from services.requests import application
from shared.eventstore import snapshot_cache
from shared.messaging.connection import BrokerConnection
from shared.office_time import PONTIANAK
from shared.postgres.errors import DatabaseUnavailable
from shared.promise.case_number import new_number
from tests.simulation.broker import Broker
from tests.simulation.checkers import Broken, Checkers
from tests.simulation.clients import Client, Command
from tests.simulation.loop import SimulatedLoop, run
from tests.simulation.nemesis import Nemesis
from tests.simulation.postgres import (
    figure_statements,
    generation_statements,
    log_statements,
    relay_statements,
)
from tests.simulation.postgres.database import Database
from tests.simulation.postgres.network import Network
from tests.simulation.processes import (
    PROJECTIONS,
    REQUESTS,
    Process,
    ProjectionsProcess,
    RequestsProcess,
)

MODELS = (log_statements, relay_statements, generation_statements, figure_statements)
# imported for the statements that they make known
BEGINNING = datetime(2026, 11, 2, 9, tzinfo=PONTIANAK)  # a Monday
CLIENTS, COMMANDS_MAX = 3, 8
CALM_SECONDS_MAX = 120.0
LOOK_SECONDS = 0.5


class World:
    """All of it. `life`: how often the log of requests was restored."""

    def __init__(self, loop: SimulatedLoop, seed: int) -> None:
        self.loop = loop
        loop.set_exception_handler(self._failed)
        self.rng = random.Random(seed)
        self.slowness = 1.0
        self.days = 0
        self.life = 0
        self.feed_is_up = True
        self.is_calm = False
        self.trace: list[str] = []
        self.commands: list[Command] = []
        self.checkers = Checkers(self)
        self.network = Network(loop, self.latency, self.rng)
        self.broker = Broker(loop, self.latency, self.checkers.published)
        self.requests = Database(self, REQUESTS)
        self.projections = Database(self, PROJECTIONS)
        self.network.databases = {each.url: each for each in (self.requests, self.projections)}
        self.requests.watchers.append(self.checkers.of_requests)
        self.projections.watchers.append(self.checkers.of_projections)
        count = self.rng.choice((1, 2, 2))
        self.sources = [RequestsProcess(self, f"requests {n}") for n in range(count)]
        self.followers = [
            ProjectionsProcess(self, f"projections {n}") for n in range(self.rng.choice((1, 1, 2)))
        ]

    # Time and chance.

    def seconds(self) -> float:
        return self.loop.time()

    def true_now(self) -> datetime:
        return BEGINNING + timedelta(days=self.days, seconds=self.loop.time())

    def latency(self) -> float:
        """Mostly a fraction of a millisecond; rarely much more."""
        drawn = self.rng.random()
        return (0.0003 + 0.002 * drawn + (0.05 * drawn if drawn > 0.97 else 0)) * self.slowness

    def after(self, seconds: float, callback: object, *args: object) -> None:
        self.loop.at(seconds, callback, *args)  # type: ignore[arg-type]

    # What happens.

    @property
    def processes(self) -> list[Process]:
        return [*self.sources, *self.followers]

    def say(self, what: str) -> None:
        self.trace.append(f"{self.loop.time():8.3f} {what}")

    def broken(self, what: str) -> None:
        """A promise is broken; the first is reported."""
        self.say(f"BROKEN: {what}")
        self.checkers.broken.append(what)

    def _failed(self, _loop: object, context: dict[str, Any]) -> None:
        """A callback of the world has failed: a statement that isn't known, for instance."""
        if "handle" in context:
            self.broken(f"the simulation itself failed: {context.get('exception')!r}")

    def cut_all_of(self, process: object) -> None:
        for connection in [each for each in self.network.connections if each.owner is process]:
            self.network.cut(connection)
        for link in [each for each in self.broker.links if each.owner is process]:
            link.lose()

    async def play(self) -> None:
        """The whole schedule. Raises Broken."""
        cases: list[tuple[str, int]] = []
        for process in self.processes:
            process.start()
        clients = [Client(self, f"client{n}", cases) for n in range(CLIENTS)]
        count = self.rng.randint(2, COMMANDS_MAX)
        nemesis = Nemesis(self)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(nemesis.rage())
                for client in clients:
                    tasks.create_task(client.send(count))
            await nemesis.calm_down()
            await self._settle()
            await self._retry_what_is_held()
            self.checkers.at_the_end()
        finally:
            for process in self.processes:
                self.loop.thaw(process)
                await process.kill()

    async def _settle(self) -> None:
        """Until everything is published, applied and alerted."""
        self.is_calm = True
        self.say("calm")
        until = self.seconds() + CALM_SECONDS_MAX
        while unsettled := self._not_open() or self.checkers.unsettled():
            if self.checkers.broken:
                raise Broken(self.checkers.broken[0])
            if self.seconds() > until:
                faults = [each.relay.health.last_fault for each in self.sources]
                self.broken(f"not settled after {CALM_SECONDS_MAX:g} s: {unsettled}, {faults}")
                raise Broken(self.checkers.broken[0])
            await asyncio.sleep(LOOK_SECONDS)

    def _not_open(self) -> str:
        return ", ".join(f"{each.name} isn't open" for each in self.processes if not each.is_open)

    async def _retry_what_is_held(self) -> None:
        self.checkers.while_poison_is_held()
        for follower in self.followers:
            follower.read_models.is_mended = True
        for aggregate in self.checkers.held_aggregates():
            await self._retry(self.followers[0], aggregate)

    async def _retry(self, follower: ProjectionsProcess, aggregate: str) -> None:
        """As an operator does, again if a connection turns out to be dead."""
        while True:
            try:
                taken = await follower.call(follower.projection.retry(aggregate))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, DatabaseUnavailable):
                await asyncio.sleep(LOOK_SECONDS)
                continue
            assert taken, "mended and not taken"
            return


def simulate(seed: int) -> World:
    """Play this seed's schedule. Raises Broken with its history as a note."""
    worlds: list[World] = []

    async def play(loop: SimulatedLoop) -> None:
        worlds.append(World(loop, seed))
        world = worlds[0]
        with standing_in(world, seed):
            await world.play()

    try:
        run(play)
    except Exception as error:
        world = worlds[0]
        note = [f"seed {seed}", *world.trace, "commands:", *map(str, world.commands)]
        error.add_note("\n".join(note))
        raise
    return worlds[0]


@contextmanager
def standing_in(world: World, seed: int) -> Iterator[None]:
    """The product reaches sockets, clocks and chance here; nothing of its own code is replaced."""
    before, drawn = random.getstate(), random.Random(seed + 1)
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    configured = structlog.get_config()
    with ExitStack() as patches:
        for target, name, stand_in in (
            (asyncpg, "connect", world.network.connect),
            (BrokerConnection, "open", world.broker.open),
            (ChannelFrame, "marshall", lambda _number, frames: frames),
            (time, "monotonic", world.loop.time),
            (application, "new_number", partial(new_number, random=drawn.randbytes)),
            (snapshot_cache, "EVENTS_MIN", 2),  # so that short streams have them
        ):
            patches.enter_context(patch.object(target, name, stand_in))
        random.seed(seed)
        structlog.configure(wrapper_class=quiet)
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)
            structlog.configure(**configured)
            random.setstate(before)

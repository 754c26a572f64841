"""What goes wrong, drawn from the seed: first which kinds may, then when and how often."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from tests.simulation.broker import Broker
from tests.simulation.checkers import Checkers
from tests.simulation.loop import SimulatedLoop
from tests.simulation.messages import Message
from tests.simulation.postgres.database import Database
from tests.simulation.postgres.log_statements import open_epoch_of_copy
from tests.simulation.postgres.network import Network, SimulatedConnection
from tests.simulation.postgres.tables import Log
from tests.simulation.processes import Process, ProjectionsProcess, RequestsProcess

PAUSE_SECONDS_MAX = 0.8
FAULTS_MAX = 8
OUTAGE_SECONDS_MAX = 4.0
CLOCK_STEPS = (timedelta(days=40), timedelta(days=2), -timedelta(hours=2))
QUEUE = "projections.requests"


class Battlefield(Protocol):
    """What it can reach."""

    rng: random.Random
    loop: SimulatedLoop
    network: Network
    broker: Broker
    requests: Database
    projections: Database
    sources: list[RequestsProcess]
    followers: list[ProjectionsProcess]
    slowness: float
    days: int
    life: int
    feed_is_up: bool
    checkers: Checkers

    @property
    def processes(self) -> list[Process]: ...

    def say(self, what: str) -> None: ...


class Nemesis:
    """Faults of the kinds that this schedule has; `calm_down` mends all of them."""

    def __init__(self, world: Battlefield) -> None:
        self._world = world
        self._rng = world.rng
        self._backup: Log | None = None
        self._is_copy = False
        self._outages: list[asyncio.Task[None]] = []
        kinds: Sequence[Callable[[], Awaitable[None]]] = (
            self._kill_a_process,
            self._freeze_a_process,
            self._cut_connections,
            self._silence_connections,
            self._slow_everything_down,
            self._stop_a_database,
            self._stop_the_broker,
            self._block_the_broker,
            self._damage_the_queue,
            self._delete_topology,
            self._refuse_messages,
            self._forge_and_repeat,
            self._cut_the_feed,
            self._set_a_clock,
            self._begin_the_next_day,
            partial(self._restore_the_log, is_noticed=True),
            partial(self._restore_the_log, is_noticed=False),
            self._rebuild,
        )
        self._kinds = self._rng.sample(kinds, self._rng.choice((0, 1, 2, 2, 3, 4, 6)))

    async def rage(self) -> None:
        """A few faults, one after another."""
        for _ in range(self._rng.randint(1, FAULTS_MAX) if self._kinds else 0):
            await asyncio.sleep(self._rng.random() * PAUSE_SECONDS_MAX)
            if self._backup is None or self._rng.random() < 0.3:
                self._back_up()
            await self._rng.choice(self._kinds)()

    def _back_up(self) -> None:
        """Of a log that a service has opened; an older one is known by its place to nobody."""
        log = self._world.requests.log
        if log.epochs and log.epochs[-1][2] is not None:
            self._backup = log.copy()

    async def calm_down(self) -> None:
        """Mend everything and wait until what was stopped is started."""
        await asyncio.gather(*self._outages)
        world = self._world
        for process in world.processes:
            process.ahead = timedelta()
            if not process.is_alive:
                process.start()
        world.requests.ahead = world.projections.ahead = timedelta()
        if self._is_copy:
            open_epoch_of_copy(world.requests)

    def _for_a_while(self, what: str, end: Callable[[], object]) -> None:
        """The fault has begun; end it later."""
        seconds = self._rng.random() * OUTAGE_SECONDS_MAX
        self._world.say(f"{what} for {seconds:.2f} s")

        async def outage() -> None:
            await asyncio.sleep(seconds)
            self._world.say(f"over: {what}")
            end()

        self._outages.append(asyncio.create_task(outage()))

    # Processes.

    async def _kill_a_process(self) -> None:
        process = self._rng.choice(self._world.processes)
        if process.is_alive and not process.is_frozen:
            await process.kill()
            self._for_a_while(f"{process.name} killed", process.start)

    async def _freeze_a_process(self) -> None:
        process = self._rng.choice(self._world.processes)
        if not process.is_alive or process.is_frozen:
            return
        loop = self._world.loop
        loop.freeze(process)
        for each in self._connections():
            if each.owner is process:
                self._expect_silence_of(each, process)
        self._for_a_while(f"{process.name} frozen", lambda: loop.thaw(process))

    def _expect_silence_of(self, connection: SimulatedConnection, process: Process) -> None:
        """The server ends a session that stays idle for longer than its settings let it."""
        session = connection.session
        idle = "idle_in_transaction_session_timeout" if session.transaction else ""
        given = session.settings.get(idle or "idle_session_timeout", "0").removesuffix("s")
        seconds = float(given) / (1_000 if float(given) > 100 else 1)

        def end() -> None:
            if process.is_frozen:
                session.end()

        if seconds:
            self._world.loop.at(seconds, end)

    # The network.

    def _connections(self) -> list[SimulatedConnection]:
        return list(self._world.network.connections)

    async def _cut_connections(self) -> None:
        connections = self._connections()
        chosen = self._rng.sample(connections, min(len(connections), self._rng.choice((1, 3, 99))))
        self._world.say(f"{len(chosen)} connections to databases cut")
        for each in chosen:
            self._world.network.cut(each)
        if self._rng.random() < 0.5:
            for link in list(self._world.broker.links):
                link.lose()

    async def _silence_connections(self) -> None:
        connections = self._connections()
        chosen = self._rng.sample(connections, min(len(connections), self._rng.choice((1, 3, 99))))
        self._world.say(f"{len(chosen)} connections to databases half open")
        for each in chosen:
            self._world.network.silence(each)

    async def _slow_everything_down(self) -> None:
        self._world.slowness = self._rng.choice((10.0, 100.0))
        self._for_a_while("slow network", lambda: setattr(self._world, "slowness", 1.0))

    async def _cut_the_feed(self) -> None:
        self._world.feed_is_up = False
        self._for_a_while("no feed", lambda: setattr(self._world, "feed_is_up", True))

    # Databases.

    async def _stop_a_database(self) -> None:
        database = self._rng.choice((self._world.requests, self._world.projections))
        database.stop()
        self._for_a_while(f"{database.url} stopped", database.start)

    async def _restore_the_log(self, *, is_noticed: bool) -> None:
        """From a dump, or by failover to a replica that was behind; both change its place.

        The copy of a whole machine doesn't: somebody opens the epoch by hand, once it is calm.
        """
        world = self._world
        if self._backup is None or not world.requests.is_up:
            return
        before, after = len(world.requests.log.events), len(self._backup.events)
        world.life += 1
        place = f"{world.requests.url}/{world.life + 1}" if is_noticed else world.requests.place
        world.requests.restore(self._backup, place=place)
        self._is_copy |= not is_noticed
        world.checkers.is_each_id_once &= is_noticed
        self._backup = None
        world.say(f"log restored: {before} events before, {after} after")

    # The broker.

    async def _stop_the_broker(self) -> None:
        broker = self._world.broker
        broker.stop()
        self._for_a_while("broker stopped", lambda: setattr(broker, "is_up", True))

    async def _block_the_broker(self) -> None:
        broker = self._world.broker
        broker.is_blocking = True
        self._for_a_while("broker blocks", lambda: setattr(broker, "is_blocking", False))

    async def _damage_the_queue(self) -> None:
        """Messages are lost or swapped; an acknowledgement is of nothing then."""
        if (queue := self._world.broker.queues.get(QUEUE)) is None:
            return
        messages = list(queue.messages)
        if self._rng.random() < 0.5:
            self._rng.shuffle(messages)
        kept = [each for each in messages if self._rng.random() < 0.6]
        queue.messages.clear()
        queue.messages.extend(kept)
        queue.drops = self._rng.choice((1, 3))
        self._world.say(f"queue damaged: {len(messages) - len(kept)} and the next are lost")

    async def _delete_topology(self) -> None:
        broker = self._world.broker
        if self._rng.random() < 0.5:
            broker.has_exchange = False
            for queue in broker.queues.values():
                queue.is_bound = False
            self._world.say("exchange deleted")
        elif (lost := broker.queues.pop(QUEUE, None)) is not None:
            for consumer in list(lost.consumers):
                consumer.cancelled()
            self._world.say("queue deleted")

    async def _refuse_messages(self) -> None:
        if (queue := self._world.broker.queues.get(QUEUE)) is None:
            return
        what = self._rng.choice(("refuses", "is_dead"))
        setattr(queue, what, True)
        self._for_a_while(f"queue {what}", lambda: setattr(queue, what, False))

    async def _forge_and_repeat(self) -> None:
        """A stranger publishes, and old messages come once more, of a lost history too."""
        broker, seen = self._world.broker, self._world.broker.seen
        if not seen or (queue := broker.queues.get(QUEUE)) is None:
            return
        old = self._rng.sample(seen, min(3, len(seen)))
        forged = seen[-1].body.replace(b'"status":"', b'"status":"un', 1)
        queue.messages.extend([*old, Message(forged, "complaints", "requests.forged.v1")])
        broker.deliver(queue)
        self._world.say("old messages and a forged one")

    # Clocks and days.

    async def _set_a_clock(self) -> None:
        """One machine's at a time: with two that agree nobody could tell."""
        world = self._world
        machines: list[Any] = [*world.processes, world.requests, world.projections]
        if any(each.ahead for each in machines):
            return
        machine, step = self._rng.choice(machines), self._rng.choice(CLOCK_STEPS)
        machine.ahead = step
        name = getattr(machine, "name", "") or machine.url
        self._for_a_while(f"clock of {name} by {step}", lambda: setattr(machine, "ahead", 0 * step))

    async def _begin_the_next_day(self) -> None:
        self._world.days += 1
        self._world.say("the next day")

    async def _rebuild(self) -> None:
        follower = self._rng.choice(self._world.followers)

        async def rebuild() -> None:
            self._world.say("rebuild")
            try:
                await follower.call(follower.rebuild())
            except Exception as error:  # of the faults meanwhile; a next one may succeed
                self._world.say(f"rebuild failed: {error!r}")

        self._outages.append(asyncio.create_task(rebuild()))

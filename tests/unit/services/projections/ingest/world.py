"""A source's log, its feed and its queue as plain lists, with everything that can go wrong in them.

The follower in the middle is the real one; what lies in the database is kept by `order`, as the
real projection does it.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

from services.projections.ingest.follower import Follower
from services.projections.ingest.ordering import Checkpoint, Forked, order
from services.projections.ingest.projector import BatchResult, Projection
from shared.eventstore.records import Head
from shared.messaging.feed_client import FeedClient, FeedPage, FeedUnavailable
from shared.messaging.subscription import Incoming, SubscriptionLost

EPOCHS = [UUID(int=(n << 96) + n) for n in range(1, 100)]
WAIT_SECONDS = 5.0
NOBODY: Any = None


def event(
    position: int, *, epoch: int = 0, life: int = 0, after: Incoming | None = None
) -> Incoming:
    """Position 7 of the log's first life is another event than position 7 of its second.

    after: its predecessor, if that is of another life.
    """
    previous = after.hash if after else _hash(position - 1, life)
    found = _hash(position, life)
    return Incoming("requests", position, str(EPOCHS[epoch]), found, "noted", {}, previous)


def _hash(position: int, life: int) -> bytes:
    return sha256(f"{position} {life}".encode()).digest()


class Log:
    """What the source has stored. A restore begins another life of it."""

    def __init__(self) -> None:
        self.events: list[Incoming] = []
        self.lives: list[list[Incoming]] = []  # what it held before each restore
        self.epoch = 0
        self.feed_is_up = True

    def append(self, count: int) -> Sequence[Incoming]:
        for _ in range(count):
            last = self.events[-1] if self.events else None
            position = len(self.events) + 1
            self.events.append(event(position, epoch=self.epoch, life=len(self.lives), after=last))
        return self.events[-count:]

    def restore(self, lost: int, *, new_epoch: bool) -> None:
        self.lives.append(list(self.events))
        del self.events[max(len(self.events) - lost, 0) :]
        self.epoch += new_epoch

    async def read(self, after: int, limit: int) -> FeedPage:
        await asyncio.sleep(0.01)
        if not self.feed_is_up:
            raise FeedUnavailable("the source is down")
        events = self.events[after : after + limit]
        last = self.events[-1].hash if self.events else bytes(32)
        head = Head(EPOCHS[self.epoch], len(self.events), last, None)
        return FeedPage(events, head, after + len(events))


class Queue:
    """At least once, mostly in order, and what is unacknowledged at a close comes again."""

    def __init__(self) -> None:
        self.messages: list[Incoming] = []
        self.handed_out = 0
        self.is_up = True
        self.is_dead = False  # there, but without a leader: takes nothing, gives nothing
        self.refused_messages = self.declared_again = 0

    def publish(self, events: Sequence[Incoming]) -> None:
        if not self.is_dead:
            self.messages += events

    async def batch(self) -> Sequence[Incoming]:
        if not self.is_up:
            raise SubscriptionLost("the broker is down")
        if self.is_dead or self.handed_out == len(self.messages):
            await asyncio.sleep(WAIT_SECONDS)
            return []
        await asyncio.sleep(0.001)
        taken = self.messages[self.handed_out : self.handed_out + 3]
        self.handed_out += len(taken)
        return taken

    async def acknowledge(self) -> None:
        if not self.is_up:
            raise SubscriptionLost("the broker is down")
        del self.messages[: self.handed_out]
        self.handed_out = 0

    async def close(self) -> None:
        self.handed_out = 0

    async def redeclare(self) -> None:
        if not self.is_up:
            raise SubscriptionLost("the broker is down")
        self.messages, self.handed_out, self.is_dead = [], 0, False
        self.declared_again += 1


class Figures(Projection):
    """A projection whose read model is the list of what was applied."""

    def __init__(self) -> None:
        super().__init__(NOBODY, NOBODY, "requests", now=_never, today=cast(Any, _never))
        self.applied: list[Incoming] = []
        self.forked: Forked | None = None
        self.head_seen: int | None = None
        self.fails: list[str] = []  # "before the commit" or "after the commit", one a batch

    async def checkpoint(self) -> Checkpoint:
        return Checkpoint.of(self.applied[-1]) if self.applied else Checkpoint(0, "", b"")

    async def apply_batch(
        self,
        events: Sequence[Incoming],
        *,
        from_feed: bool = False,
        log_epoch: str | None = None,
    ) -> BatchResult:
        await asyncio.sleep(0.001)
        fails = self.fails.pop() if self.fails else ""
        if fails == "before the commit":
            raise OSError("connection lost")
        ordered = order(await self.checkpoint(), events, from_feed=from_feed, log_epoch=log_epoch)
        self.applied += ordered.new_events
        await asyncio.sleep(0.001)
        if fails == "after the commit":
            raise OSError("connection lost")
        return BatchResult(len(ordered.new_events), ordered.checkpoint, ordered.in_order)

    async def record_head(self, head: int, applied: int) -> None:  # noqa: ARG002
        self.head_seen, self.forked = head, None

    async def record_fork(self, fork: Forked) -> None:
        self.forked = fork


def _never() -> datetime:
    return datetime(2026, 11, 24, tzinfo=UTC)


class World:
    """One source and its follower."""

    def __init__(self) -> None:
        self.log = Log()
        self.queue = Queue()
        self.figures = Figures()

    def follower(self) -> Follower:
        return Follower(self.figures, cast(FeedClient, self.log), self.queue)

    async def follow(self, seconds: float, *, until: Callable[[], bool] = lambda: False) -> None:
        """A follower runs so long, then its process is killed."""
        task = asyncio.create_task(self.follower().run())
        for _ in range(int(seconds * 10)):
            if until():
                break
            await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await self.queue.close()

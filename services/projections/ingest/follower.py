"""The consumer's loop: read, order, apply, acknowledge.

Each source has a task of its own, and none waits for another. An iteration first reads the
source's feed to its end, then applies what the queue delivers. A gap, another epoch or silence ends
the iteration, and the next one begins at the feed again. So the queue makes the read models fast
and the feed makes them right: a broker that is down costs seconds, not events. Without a broker
the queue is a long poll of the same feed, and nothing here is different.

Events are acknowledged after the commit that applied them. They are never rejected one by one (a
quorum queue returns them out of order): an event that doesn't fit stays unacknowledged, and closing
the channel returns all of them in order.

Next: `read_models/`, which hold what the events change.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import aclosing
from datetime import date, datetime, time, timedelta
from typing import Never

import structlog

from services.projections.ingest.feed_reader import pages_from, verified_head
from services.projections.ingest.ordering import Forked, QueueHealth
from services.projections.ingest.projector import Projection
from services.projections.store import generations
from services.projections.store.checkpoints import SourcePosition, positions
from shared.messaging.feed_client import FeedClient, FeedUnavailable
from shared.messaging.subscription import Subscription
from shared.office_time import PONTIANAK, local_date
from shared.postgres.pool import Pool

log = structlog.get_logger()

HEAD_CHECK_SECONDS = 3.0  # a lost tail is noticed after this time and repaired after twice
PAUSE_SECONDS_MIN = 0.1
PAUSE_SECONDS_MAX = 2.0  # with the broker down the feed is read this often
TICK_SECONDS = 1.0  # between two ticks; the tick at midnight is exact


class Follower:
    """Keeps one source's read models up to date, whatever happens to queue, feed and database.

    One task runs it. `fork`, `last_error` and the number of `retries` may be read at any time.
    """

    def __init__(
        self,
        projection: Projection,
        feed: FeedClient,
        subscription: Subscription,
        *,
        head_check_seconds: float = HEAD_CHECK_SECONDS,
    ) -> None:
        self.source = projection.source
        self.fork: Forked | None = None
        self.last_error: str | None = None
        self.retries = 0
        self.projection = projection
        self.subscription = subscription
        self.feed = feed
        self._head_check_seconds = head_check_seconds
        self._check_at = 0.0
        self._feed_error: str | None = None  # while the queue delivers all the same
        self._log_epoch: str | None = None  # as the feed's end told it; None: the feed is away
        self._queue_health = QueueHealth()
        self._pause_seconds = PAUSE_SECONDS_MIN

    async def run(self) -> Never:
        """Follow until cancelled. A cancellation leaves a batch applied whole or not at all."""
        while True:
            await self.run_once()

    async def run_once(self) -> None:
        """Read the feed to its end, then apply what the queue delivers while it works."""
        try:
            await self._read_feed()
            if self._queue_health.needs_redeclare:
                await self.subscription.redeclare()
                self._queue_health.redeclared()
            await self._consume_queue()
        except Exception as error:  # the loop's edge: begin again after any error
            await self._back_off(_error_text(error))

    async def _read_feed(self) -> None:
        """Apply all events of the log after the checkpoint. Raises `Forked`."""
        new_events, self._log_epoch = 0, None
        try:
            checkpoint = await self.projection.checkpoint()
            async with aclosing(pages_from(self.feed, checkpoint)) as pages:
                async for page in pages:
                    result = await self.projection.apply_batch(page.events, from_feed=True)
                    if not result.in_order:
                        return  # another process has moved the checkpoint meanwhile
                    new_events += result.new_events
                    reached = result.checkpoint.position
                    await self.projection.record_head(page.head.position, reached)
                    self._log_epoch = str(page.head.epoch)
        except FeedUnavailable as away:
            self._feed_error = _error_text(away)
            await self._back_off(self._feed_error)  # the queue may still deliver in order
            return
        except Forked as fork:
            await self._record_fork(fork)
        self.fork = self._feed_error = None
        if self._queue_health.feed_read(new_events):
            await self._back_off("the queue brings what the log doesn't hold")

    async def _consume_queue(self) -> None:
        """Apply what the queue delivers, until an event doesn't fit or the queue is silent.

        In any case the channel is closed in the end: unacknowledged events come again, in order.
        Raises `Forked`.
        """
        await (
            self.projection.checkpoint()
        )  # without a database no message is taken out of the queue
        self._check_at = asyncio.get_running_loop().time() + self._head_check_seconds
        try:
            while await self._apply_queued() and not await self._is_queue_silent():
                self._pause_seconds, self.last_error = PAUSE_SECONDS_MIN, self._feed_error
        finally:
            await self.subscription.close()

    async def _apply_queued(self) -> bool:
        """Apply and acknowledge the events that have arrived. False: one doesn't fit."""
        if events := await self.subscription.batch():
            result = await self.projection.apply_batch(events, log_epoch=self._log_epoch)
            if not result.in_order:
                self._queue_health.delivered_out_of_order()
                return False
            await self.subscription.acknowledge()
            self._queue_health.delivered_in_order()
        return True

    async def _is_queue_silent(self) -> bool:
        """Every few seconds, check the log's head and its event at the checkpoint.

        True: nothing was applied since the last check, which found a lag. False also if the feed is
        down: the queue may still deliver in order. Raises `Forked`.
        """
        if (now := asyncio.get_running_loop().time()) < self._check_at:
            return False
        self._check_at = now + self._head_check_seconds
        checkpoint = await self.projection.checkpoint()
        try:
            head = await verified_head(self.feed, checkpoint)
        except FeedUnavailable as away:
            log.warning("head check failed", source=self.source, reason=str(away))
            self._feed_error = _error_text(away)
            return False
        except Forked as fork:
            await self._record_fork(fork)
        self._feed_error = None
        await self.projection.record_head(head, checkpoint.position)
        return self._queue_health.head_checked(applied=checkpoint.position, head=head)

    async def _record_fork(self, fork: Forked) -> Never:
        """Apply nothing more until `replay/healing.py` has replaced the read models."""
        self.fork = fork
        await self.projection.record_fork(fork)
        raise fork

    async def _back_off(self, error: str) -> None:
        """Pause before the next try, longer each time until the queue delivers again."""
        if error != self.last_error:  # logged once, however long it lasts
            log.warning("source can't be followed", source=self.source, reason=error)
        self.last_error = error
        self.retries += 1
        await asyncio.sleep(self._pause_seconds * random.uniform(0.5, 1.0))  # noqa: S311 (jitter)
        self._pause_seconds = min(2 * self._pause_seconds, PAUSE_SECONDS_MAX)


def _error_text(error: Exception) -> str:
    return str(error) or type(error).__name__


def _seconds_to_midnight(now: datetime) -> float:
    """On the office's clock."""
    tomorrow = local_date(now) + timedelta(days=1)
    return (datetime.combine(tomorrow, time(), PONTIANAK) - now).total_seconds()


_BEHIND_TODAY = "select source from projection_position where figures_on < $1"


class Consumer:
    """Runs the followers of all sources, and the work that depends on the clock, not on events."""

    def __init__(
        self,
        pool: Pool,
        followers: Sequence[Follower],
        *,
        now: Callable[[], datetime],
        today: Callable[[], date],
        observe: Callable[[Sequence[SourcePosition]], None],
    ) -> None:
        """observe: called at each tick with each source's position."""
        self.followers = followers
        self._pool = pool
        self._now = now
        self._today = today
        self._observe = observe

    async def run(self) -> None:
        """Run until cancelled; a bug in one task ends all of them, loudly."""
        async with asyncio.TaskGroup() as tasks:
            for follower in self.followers:
                tasks.create_task(follower.run(), name=f"follower of {follower.source}")
            tasks.create_task(self._tick(), name="tick")

    async def _tick(self) -> Never:
        while True:
            try:
                await self.advance_date()
                async with self._pool.acquire() as connection:
                    await generations.drop_retired(connection, at=self._now())
            except Exception as error:  # the loop's edge: the next tick tries again
                log.warning("tick failed", reason=_error_text(error))
            await asyncio.sleep(min(TICK_SECONDS, _seconds_to_midnight(self._now())))

    async def advance_date(self) -> None:
        """Recompute figures that are not as of today: after midnight, or after a start.

        This includes a source that can't be followed: its open cases become overdue all the same.
        """
        async with generations.live(self._pool) as connection:
            rows = await connection.fetch(_BEHIND_TODAY, self._today())
            self._observe(await positions(connection))
        behind = {row["source"] for row in rows}
        rolls = [each.projection.roll() for each in self.followers if each.source in behind]
        for failure in await asyncio.gather(*rolls, return_exceptions=True):
            if failure is not None:  # an error of one source delays no other
                raise failure

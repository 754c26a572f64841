"""The loop that keeps read models at their logs: read, order, apply, acknowledge.

Every source is followed by a task of its own, and none waits for another. A round first reads the
source's feed to its end, then takes what the queue brings for as long as it can be trusted: a gap,
another epoch or silence, and the next round begins at the feed again. So the queue makes it fast
and the feed makes it right, and a broker that is away costs seconds, not events. Where there is no
broker at all, the queue is a long poll of the same feed, and nothing here is different.

Events are acknowledged after the commit that applied them, never given back one by one (a quorum
queue returns them out of order): what doesn't fit stays unacknowledged, and closing the channel
gives all of it back in order.

What an event does to the figures is `read_models/`; from there it is read by the page.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import aclosing
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Never

import structlog

from services.projections.ingest.feed_reader import checked_head, pages_from
from services.projections.ingest.ordering import Forked, Trust
from services.projections.store import generations
from services.projections.store.checkpoints import SourcePosition, positions
from shared.messaging.feed_client import FeedUnavailable
from shared.office_time import PONTIANAK, local_date

if TYPE_CHECKING:
    from services.projections.ingest.projector import Projection
    from services.projections.store.generations import Pool
    from shared.messaging.feed_client import FeedClient
    from shared.messaging.subscription import Subscription

log = structlog.get_logger()

HEAD_CHECK_SECONDS = 3.0  # how long a lost tail stays unnoticed, twice that until it is healed
PAUSE_SECONDS_MIN = 0.1
PAUSE_SECONDS_MAX = 2.0  # with the broker away the feed is read this often: figures stay fresh
TICK_SECONDS = 1.0  # between two looks at the clock; midnight is met to the moment


class Follower:
    """Keeps one source's read models at its log, whatever happens to queue, feed and database.

    One task runs it. What a person should know may be read at any time: `fork`, `trouble`, and how
    often it had to rest.
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
        self.trouble: str | None = None
        self.rests = 0
        self.projection = projection
        self._feed = feed
        self._subscription = subscription
        self._head_check_seconds = head_check_seconds
        self._check_at = 0.0
        self._trust = Trust()
        self._pause_seconds = PAUSE_SECONDS_MIN

    async def run(self) -> Never:
        """Follow until cancelled. That leaves all of a batch applied, or nothing of it."""
        while True:
            await self.round()

    async def round(self) -> None:
        """First the feed, to its end; then the queue, for as long as it can be trusted."""
        try:
            await self._read_feed()
            if self._trust.gave_up:
                await self._subscription.redeclare()
                self._trust.renewed()
            await self._listen()
        except Exception as error:  # the loop's edge: whatever it was, begin again
            await self._rest(_described(error))

    async def _read_feed(self) -> None:
        """Apply all that the log holds beyond us. Raises `Forked`."""
        new = 0
        try:
            async with aclosing(pages_from(self._feed, await self.projection.place())) as pages:
                async for page in pages:
                    settled = await self.projection.settle(page.events, vouched=True)
                    if not settled.in_order:
                        return  # another process took us elsewhere meanwhile
                    new += settled.fresh
                    await self.projection.note_head(page.head.position, settled.place.position)
        except FeedUnavailable as away:
            await self._rest(_described(away))  # what the queue brings in order needs no feed
            return
        except Forked as fork:
            await self._stop_at(fork)
        self.fork = None
        if self._trust.fed(new):
            await self._rest("the queue brings what the log doesn't hold")

    async def _listen(self) -> None:
        """Apply what the queue brings, until something doesn't fit or nothing comes.

        However it ends, the channel is closed: what was not acknowledged comes again, in order.
        Raises `Forked`.
        """
        await self.projection.place()  # without a database nothing is taken out of the queue
        self._check_at = asyncio.get_running_loop().time() + self._head_check_seconds
        try:
            while await self._take_batch() and not await self._is_silent():
                self._pause_seconds, self.trouble = PAUSE_SECONDS_MIN, None
        finally:
            await self._subscription.close()

    async def _take_batch(self) -> bool:
        """Apply and acknowledge what has arrived; whether all of it fitted."""
        if events := await self._subscription.batch():
            settled = await self.projection.settle(events)
            if not settled.in_order:
                self._trust.refused()
                return False
            await self._subscription.acknowledge()
            self._trust.brought()
        return True

    async def _is_silent(self) -> bool:
        """Every few seconds, ask the log where it ends and what stands where we stand.

        True: the queue has brought nothing of what the last check had found missing. Raises
        `Forked`. With the feed away nothing is known, and what comes in order is applied.
        """
        if (now := asyncio.get_running_loop().time()) < self._check_at:
            return False
        self._check_at = now + self._head_check_seconds
        place = await self.projection.place()
        try:
            head = await checked_head(self._feed, place)
        except FeedUnavailable as away:
            log.warning("head unknown", source=self.source, reason=str(away))
            return False
        except Forked as fork:
            await self._stop_at(fork)
        await self.projection.note_head(head, place.position)
        return self._trust.silent(applied=place.position, head=head)

    async def _stop_at(self, fork: Forked) -> Never:
        """Apply nothing more until a rebuild has led us back to the log."""
        self.fork = fork
        await self.projection.note_fork(fork)
        raise fork

    async def _rest(self, trouble: str) -> None:
        """Pause before the next try, longer each time until the queue brings something again."""
        if trouble != self.trouble:  # said once, however long it lasts
            log.warning("source not followed", source=self.source, reason=trouble)
        self.trouble = trouble
        self.rests += 1
        await asyncio.sleep(self._pause_seconds * random.uniform(0.5, 1.0))  # noqa: S311 (jitter)
        self._pause_seconds = min(2 * self._pause_seconds, PAUSE_SECONDS_MAX)


def _described(error: Exception) -> str:
    return str(error) or type(error).__name__


def _seconds_to_midnight(now: datetime) -> float:
    """Of the office's wall clock."""
    tomorrow = local_date(now) + timedelta(days=1)
    return (datetime.combine(tomorrow, time(), PONTIANAK) - now).total_seconds()


_NOT_OF_TODAY = "select source from projection_position where figures_on < $1"


class Consumer:
    """All sources, each followed on its own, and what goes by the clock instead of by events."""

    def __init__(
        self,
        pool: Pool,
        followers: Sequence[Follower],
        *,
        now: Callable[[], datetime],
        today: Callable[[], date],
        observe: Callable[[Sequence[SourcePosition]], None],
    ) -> None:
        """observe: told at each tick how far each source is."""
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
                await self.follow_the_date()
                async with self._pool.acquire() as connection:
                    await generations.drop_retired(connection, at=self._now())
            except Exception as error:  # the loop's edge: the next tick tries again
                log.warning("tick failed", reason=_described(error))
            await asyncio.sleep(min(TICK_SECONDS, _seconds_to_midnight(self._now())))

    async def follow_the_date(self) -> None:
        """At midnight, and at a start after it, with no event and no request: the figures move on.

        Also those of a source that can't be followed: its open cases grow old all the same.
        """
        async with generations.live(self._pool) as connection:
            rows = await connection.fetch(_NOT_OF_TODAY, self._today())
            self._observe(await positions(connection))
        behind = {row["source"] for row in rows}
        rolls = [each.projection.roll() for each in self.followers if each.source in behind]
        for failure in await asyncio.gather(*rolls, return_exceptions=True):
            if failure is not None:  # one source's trouble keeps no other in yesterday
                raise failure

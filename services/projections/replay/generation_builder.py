"""Fills a generation that isn't live yet from the feeds, all sources at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date, datetime

from services.projections.ingest.feed_reader import PAGE_SIZE, pages_from
from services.projections.ingest.projector import Projection, ReadModels
from services.projections.store.generations import Generation
from shared.messaging.feed_client import FeedClient, FeedUnavailable
from shared.postgres.pool import Pool
from shared.runtime.exception_groups import all_of

Report = Callable[[str, int, int], None]
"""Called after each page with the source, the position reached, and the last position."""

ROUNDS_MAX = 10  # of catching up, if the sources write as fast as this reads
RETRIES_MAX = 10  # of a feed that is down, without an event in between
RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class GenerationBuilder:
    """Fills generations: it knows their database, their read models and the feeds."""

    pool: Pool
    read_models: ReadModels
    feeds: Mapping[str, FeedClient]
    now: Callable[[], datetime]
    today: Callable[[], date]
    report: Report

    def projection(self, generation: Generation, source: str) -> Projection:
        return Projection(
            self.pool,
            self.read_models,
            source,
            now=self.now,
            today=self.today,
            generation=generation,
        )

    async def catch_up(self, generation: Generation) -> int:
        """Fill until less than a page was missing. Returns how many events were applied."""
        events = 0
        for _ in range(ROUNDS_MAX):
            new = await self.fill(generation)
            events += new
            if new < PAGE_SIZE:
                break
        return events

    async def fill(self, generation: Generation, *, to: Mapping[str, int] | None = None) -> int:
        """Apply the logs' events after the generation's checkpoints, or those up to `to`.

        All sources at once, since none needs another. Returns how many events were applied. A feed
        that is down is read again, `RETRIES_MAX` times. Raises `FeedUnavailable`, `Forked`,
        `TooManyHeld`, and the errors of the database; a cancellation leaves whole batches.
        """
        return sum(
            await all_of(
                self._fill(generation, source, to[source] if to else None) for source in self.feeds
            )
        )

    async def _fill(self, generation: Generation, source: str, to: int | None) -> int:
        projection = self.projection(generation, source)
        events, tries = 0, 0
        while True:
            try:
                async for new in self._pages(projection, to):
                    events, tries = events + new, 0 if new else tries
                return events
            except FeedUnavailable:
                tries += 1
                if tries == RETRIES_MAX:
                    raise
                await asyncio.sleep(RETRY_SECONDS)

    async def _pages(self, projection: Projection, to: int | None) -> AsyncIterator[int]:
        """Apply page after page; yield how many events of each were new."""
        feed = self.feeds[projection.source]
        async with aclosing(pages_from(feed, await projection.checkpoint())) as pages:
            async for page in pages:
                events = [event for event in page.events if to is None or event.position <= to]
                result = await projection.apply_batch(events, from_feed=True)
                reached = result.checkpoint.position
                self.report(projection.source, reached, page.head.position if to is None else to)
                yield result.new_events
                if reached == to:
                    return

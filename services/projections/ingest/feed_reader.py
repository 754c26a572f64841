"""A source's log from one event on: its pages, each vouched for by the one before, and its head."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from services.projections.ingest.ordering import Place, find_fork

if TYPE_CHECKING:
    from shared.messaging.feed_client import FeedClient, FeedPage

PAGE_SIZE = 1_000  # as many events as a transaction applies in about 50 ms


async def pages_from(feed: FeedClient, place: Place) -> AsyncGenerator[FeedPage, None]:
    """Pages up to the first that isn't full, the next being fetched while the last is applied.

    Each begins with the event that the last one ended with (the first: with the one at `place`), so
    nothing can slip in or out between two of them. To be closed (`aclosing`), or the fetch ahead
    outlives its reader.

    Raises:
        Forked: the log holds another event there.
        FeedAway: see `FeedClient.read`.
    """
    ahead = asyncio.create_task(feed.read(place.asks_after, PAGE_SIZE))
    try:
        while True:
            page = await ahead
            find_fork(place, page)
            is_full = len(page.events) == PAGE_SIZE
            if is_full:
                place = Place.of(page.events[-1])
                ahead = asyncio.create_task(feed.read(place.asks_after, PAGE_SIZE))
            yield page
            if not is_full:
                return
    finally:
        ahead.cancel()


async def checked_head(feed: FeedClient, place: Place) -> int:
    """Where the log ends at this moment; and that it is the log that we have read up to `place`.

    Raises:
        Forked: the log holds another event there.
        FeedAway: see `FeedClient.read`.
    """
    page = await feed.read(place.asks_after, 1)
    find_fork(place, page)
    return page.head.position

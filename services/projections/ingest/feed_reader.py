"""Reads a source's log from a checkpoint on: page by page, each verified against the last one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from services.projections.ingest.ordering import Checkpoint, Forked, raise_if_forked
from shared.messaging.feed_client import FeedClient, FeedEndsBefore, FeedPage, FeedUnavailable

PAGE_SIZE = 1_000  # as many events as a transaction applies in about 50 ms

HEAD_SECONDS_MAX = 3.0  # the queue isn't consumed meanwhile


async def pages_from(feed: FeedClient, checkpoint: Checkpoint) -> AsyncGenerator[FeedPage, None]:
    """Pages up to the first that isn't full; the next one is fetched while the last is applied.

    A page that isn't full may end before its head: the log has grown since, or the feed can't give
    the next event. So one more is read, and its having nothing new is the latter.

    Each page begins with the last event of the page before (the first: with the checkpoint's), so
    no event can appear or vanish between two pages. Close the generator (`aclosing`), or the fetch
    outlives it.

    Raises:
        Forked: the log holds another event there.
        FeedUnavailable: see `FeedClient.read`; or it has no next event, though the log goes on.
    """
    next_page = asyncio.create_task(_page_from(feed, checkpoint, PAGE_SIZE))
    is_one_more = False
    try:
        while True:
            page = await next_page
            reached = page.events[-1].position if page.events else checkpoint.position
            if is_one_more and reached == checkpoint.position:
                raise FeedUnavailable(f"no event after {reached}; the log goes on")
            is_full = len(page.events) == PAGE_SIZE
            ends_early = not is_full and reached < page.head.position
            goes_on = is_full or (ends_early and not is_one_more)
            if goes_on:
                checkpoint = Checkpoint.of(page.events[-1]) if page.events else checkpoint
                next_page = asyncio.create_task(_page_from(feed, checkpoint, PAGE_SIZE))
            yield page
            if not goes_on:
                return
            is_one_more = ends_early
    finally:
        next_page.cancel()


async def verified_head(feed: FeedClient, checkpoint: Checkpoint) -> int:
    """The log's last position, after verifying that the log still holds the checkpoint's event.

    Raises:
        Forked: the log holds another event there.
        FeedUnavailable: see `FeedClient.read`.
    """
    try:
        async with asyncio.timeout(HEAD_SECONDS_MAX):
            return (await _page_from(feed, checkpoint, 1)).head.position
    except TimeoutError as error:
        raise FeedUnavailable(f"no head within {HEAD_SECONDS_MAX:g} s") from error


async def _page_from(feed: FeedClient, checkpoint: Checkpoint, limit: int) -> FeedPage:
    """A page that begins with the checkpoint's event."""
    try:
        page = await feed.read(checkpoint.read_after, limit)
    except FeedEndsBefore as shorter:
        raise Forked(checkpoint.position, head=shorter.head) from shorter
    raise_if_forked(checkpoint, page)
    return page

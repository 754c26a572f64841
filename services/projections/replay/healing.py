"""A source that has forked is rebuilt from its feed by itself.

A restore from a backup, or a failover to a replica that was behind, leaves read models that hold
events which the log no longer has. Nobody needs to be awake for that: the feed has the log's
history, and a rebuild replaces the read models while readers go on. Until then they are stale.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Never

import structlog

from services.projections.ingest.feed_reader import verified_head
from services.projections.ingest.follower import Follower
from services.projections.ingest.ordering import Forked
from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.replay.rebuild import rebuild
from services.projections.store.generations import RebuildUnderWay
from shared.messaging.feed_client import FeedUnavailable

log = structlog.get_logger()

LOOK_SECONDS = 0.5
PAUSE_SECONDS_MAX = 30.0  # after a rebuild that failed, as when another source's feed is away

OpenBuilder = Callable[[], AbstractAsyncContextManager[GenerationBuilder]]


class ForkHealer:
    """Watches the followers of this process. Of several replicas one rebuilds."""

    def __init__(self, followers: Sequence[Follower], open_builder: OpenBuilder) -> None:
        self._followers = followers
        self._open_builder = open_builder
        self._pause_seconds = LOOK_SECONDS

    async def run(self) -> Never:
        """Watch until cancelled; a cancelled rebuild leaves the live generation as it is."""
        while True:
            await asyncio.sleep(self._pause_seconds)
            try:
                await self._heal()
                self._pause_seconds = LOOK_SECONDS
            except RebuildUnderWay:
                continue  # another replica's, or an operator's: look again soon
            except Exception as error:  # the loop's edge: try again after a pause
                self._pause_seconds = min(2 * self._pause_seconds, PAUSE_SECONDS_MAX)
                log.warning("could not rebuild a forked source", reason=str(error) or repr(error))

    async def _heal(self) -> None:
        forked = [each for each in self._followers if each.fork is not None]
        if not [each.source for each in forked if await self._is_forked_still(each)]:
            return
        log.warning("a source has forked: rebuilding", sources=[each.source for each in forked])
        async with self._open_builder() as builder:
            rebuilt = await rebuild(builder)
        log.warning("rebuilt by itself", generation=rebuilt.generation, lost_cases=rebuilt.lost)

    async def _is_forked_still(self, follower: Follower) -> bool:
        """Another replica may have rebuilt meanwhile."""
        try:
            await verified_head(follower.feed, await follower.projection.checkpoint())
        except Forked:
            return True
        except FeedUnavailable:
            return False
        return False

"""A consumer that freezes in a transaction (SIGSTOP, a lost machine) holds its source's position.

PostgreSQL ends its session after five seconds (`APPLIER_SETTINGS`), and another one goes on.
"""

import asyncio
import time
from collections.abc import Callable

import pytest

from services.projections.ingest.projector import Projection
from services.projections.replay.sources import current_read_models
from services.projections.store.pools import appliers_of
from shared.postgres.errors import DatabaseUnavailable
from shared.postgres.pool import Pool
from testbed.databases import Database
from testbed.event_logs import proxied
from testbed.proxy import Proxy
from tests.support.messaging.following import TODAY
from tests.support.postgres.connection_users import AT, Place, live_generation

HELD_SECONDS_MAX = 9.0  # five of idling, and a busy machine's; lock_timeout comes at ten
HOLD = "select position from rm_0001.projection_position where source = 'requests' for update"


async def test_source_of_a_frozen_consumer_is_taken_over(
    database: Callable[[str], Database],
) -> None:
    made, is_frozen, is_over = database("projections"), asyncio.Event(), asyncio.Event()

    async def freezes(pool: Pool, network: Proxy) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.fetch(HOLD)
            network.freeze()
            is_frozen.set()
            await is_over.wait()
            await connection.fetchval("select 1")

    async with proxied(made.app_url) as (network, frozen_url):
        await live_generation(Place(made, network))
        async with appliers_of(frozen_url) as frozen, appliers_of(made.app_url) as others:
            freezing = asyncio.ensure_future(freezes(frozen, network))
            await is_frozen.wait()
            began = time.monotonic()

            async with asyncio.timeout(HELD_SECONDS_MAX):
                await applied_by(others)

            print(f"a frozen consumer held its source for {time.monotonic() - began:.1f} s")
            network.thaw()
            is_over.set()
            with pytest.raises(DatabaseUnavailable):
                await freezing


async def applied_by(pool: Pool) -> None:
    """A transaction that takes the source's position."""
    models = current_read_models()
    await Projection(pool, models, "requests", now=lambda: AT, today=lambda: TODAY).roll()

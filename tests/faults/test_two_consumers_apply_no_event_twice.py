"""F15: more than one consumer of a source at once, whatever the broker allows."""

import asyncio
from collections.abc import Callable

from services.projections.ingest.follower import Follower
from testbed.databases import Database
from tests.support.messaging.following import Following, following

BURSTS = 25


async def test_two_consumers_apply_no_event_twice(
    database: Callable[[str], Database], vhost: str
) -> None:
    """One over the broker, and past its single active consumer two over the feed."""
    async with following(database, vhost, keeps_order=True) as office:
        office.read_models.takes_seconds = 0.02
        followers = [a_follower(office, url) for url in (vhost, None, None)]
        tasks = [asyncio.create_task(each.run()) for each in followers]

        for _ in range(BURSTS):
            await office.requests.write(40)
        await office.caught_up()

        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await office.assert_balanced()


def a_follower(office: Following, broker_url: str | None) -> Follower:
    return office.follower("requests", office.subscription("requests", broker_url))

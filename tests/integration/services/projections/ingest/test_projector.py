"""One batch, one transaction: two consumers of one source take turns."""

import asyncio

from tests.support.messaging.following import Following


async def test_a_batch_that_two_consumers_apply_at_once_counts_once(
    without_broker: Following,
) -> None:
    office = without_broker
    await office.requests.write(4)
    events = (await office.requests.feed.read(0, 10)).events
    office.read_models.takes_seconds = 0.2  # so that the second comes across the first

    results = await asyncio.gather(
        *(office.projection("requests").apply_batch(events, from_feed=True) for _ in range(2))
    )

    assert sorted(each.new_events for each in results) == [0, 4]
    assert await office.applied() == [1, 2, 3, 4]
    assert await office.held() == []

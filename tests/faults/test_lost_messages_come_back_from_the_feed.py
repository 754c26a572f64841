"""F16, F17: messages are lost in the middle and at the end, and the feed may be away meanwhile."""

from collections.abc import AsyncIterator, Callable

import aio_pika
import pytest

from shared.messaging.topology import projection_queue
from testbed.databases import Database
from tests.support.messaging.following import Following, following
from tests.support.messaging.published_notes import eventually

QUEUE = projection_queue("requests").name


@pytest.fixture
async def office(database: Callable[[str], Database], vhost: str) -> AsyncIterator[Following]:
    """Forty events have been applied, and the service is down for a moment."""
    async with following(database, vhost, keeps_order=True) as office:
        async with office.consuming():
            await office.requests.write(40)
            await office.caught_up()
        yield office


async def test_a_hole_in_the_middle_is_healed_before_going_on(office: Following) -> None:
    await office.requests.network.refuse()  # or the next start would read on at the feed
    await messages_are_lost(office, 60)
    async with office.consuming():
        await office.requests.write(20)
        await office.requests.relayed()
        office.requests.network.heal()
        await office.caught_up()

    await office.assert_balanced()


async def test_a_lost_tail_is_healed_with_no_new_event(office: Following) -> None:
    """Without the head check nobody would know before the next event, after a quiet weekend."""
    async with office.consuming():
        await eventually(lambda: queue_has_a_consumer(office))  # it has read the feed
        await office.requests.stop_relay()
        await office.requests.write(10)
        await messages_of_the_relay_vanish(office)
        await office.caught_up()

    await office.assert_balanced()


async def test_a_queue_that_is_deleted_is_declared_again(office: Following) -> None:
    async with office.consuming():
        await delete_queue(office)
        await office.requests.write(20)
        await office.caught_up()
        await eventually(lambda: queue_has_a_consumer(office))

    await office.assert_balanced()


async def test_a_gap_while_its_feed_is_away_stops_only_its_source(office: Following) -> None:
    await office.requests.network.refuse()
    await messages_are_lost(office, 20)
    async with office.consuming():
        await office.requests.write(20)
        await office.complaints.write(50)
        await eventually(lambda: applied(office, "complaints", 50))
        assert await applied(office, "requests", 40), "nothing is applied over a gap"

        office.requests.network.heal()
        await office.caught_up()

    await office.assert_balanced("requests")
    await office.assert_balanced("complaints")


async def messages_are_lost(office: Following, count: int) -> None:
    """They are stored, published and confirmed, and gone from the queue before anybody saw them."""
    await office.requests.write(count)
    await office.requests.relayed()
    async with await aio_pika.connect(office.broker_url) as broker:
        queue = await (await broker.channel()).get_queue(QUEUE)
        await queue.purge()


async def messages_of_the_relay_vanish(office: Following) -> None:
    """As if the queue had lost what the relay was told it holds: it is never published again."""
    head = len(await office.requests.stored())
    await office.requests.skip_to(head)
    office.requests.start_relay()


async def delete_queue(office: Following) -> None:
    async with await aio_pika.connect(office.broker_url) as broker:
        queue = await (await broker.channel()).get_queue(QUEUE)
        await queue.delete(if_unused=False, if_empty=False)


async def queue_has_a_consumer(office: Following) -> bool:
    async with await aio_pika.connect(office.broker_url) as broker:
        channel = await broker.channel()
        try:
            found = await channel.declare_queue(QUEUE, passive=True)
        except aio_pika.exceptions.ChannelNotFoundEntity:
            return False  # it is being declared again
        return found.declaration_result.consumer_count == 1


async def applied(office: Following, source: str, position: int) -> bool:
    return (await office.position(source)).applied == position

"""How far the read models are, for staff, pages and operators."""

from datetime import timedelta

from services.projections.store.checkpoints import parse_positions, wait_until_applied
from tests.support.messaging.following import Following
from tests.support.messaging.published_notes import eventually


async def test_positions_name_the_event_that_was_applied_last(office: Following) -> None:
    await office.requests.write(12)
    async with office.consuming():
        await office.caught_up()
        await eventually(lambda: is_at_head(office))

    position, head = await office.position(), await office.requests.log.head()
    assert (position.applied, position.head) == (12, 12)
    assert (position.lag_events, position.lag_seconds) == (0, 0)
    assert (position.epoch, position.hash) == (str(head.epoch), head.hash)
    assert position.recorded_at == head.recorded_at


async def test_a_lag_is_counted_from_the_first_check_that_found_it(
    without_broker: Following,
) -> None:
    projection, second = without_broker.projection("requests"), timedelta(seconds=1)
    start = without_broker.now()
    lags = []
    for passed, head in enumerate([0, 7, 7, 9]):
        without_broker.clock = start + passed * second
        await projection.record_head(head=head, applied=0)
        lags.append((await without_broker.position()).lag_seconds)

    assert lags == [0, 0, 1, 2]
    assert (await without_broker.position()).lag_events == 9
    assert (await without_broker.position()).at_head_at == start


async def test_reader_at_the_head_of_the_last_check_was_at_the_head(
    without_broker: Following,
) -> None:
    """A busy source is always a few events ahead of the check that asks."""
    projection, start = without_broker.projection("requests"), without_broker.now()
    for passed, (head, applied) in enumerate([(100, 98), (200, 198), (300, 298)]):
        without_broker.clock = start + timedelta(seconds=passed)
        await projection.record_head(head=head, applied=applied)

    position = await without_broker.position()
    assert position.at_head_at == start + timedelta(seconds=1)
    assert position.lag_seconds == 0


async def test_writer_can_wait_until_its_event_is_read(office: Following) -> None:
    async with office.consuming():
        await office.requests.write(8)
        await office.complaints.write(8)

        assert await wait_until_applied(office.pool, {"requests": 8})
        assert await wait_until_applied(office.pool, parse_positions("complaints:8, requests:8"))
        assert not await wait_until_applied(office.pool, {"requests": 9}, timeout_seconds=0.1)
        assert not await wait_until_applied(office.pool, {"weather": 1}, timeout_seconds=0.1)


async def is_at_head(office: Following) -> bool:
    return all(each.at_head_at and each.head == each.applied for each in await office.positions())

"""What the health of a followed source says."""

from services.projections.health import following
from testbed.notes import note
from tests.support.messaging.following import Following
from tests.support.messaging.published_notes import eventually


async def test_everything_that_is_wrong_with_a_source_is_said(without_broker: Following) -> None:
    """A held case must not hide that the feed fails, too."""
    office = without_broker
    office.read_models.poison.add("black")
    await office.requests.store(note("black"))
    async with office.consuming() as consumer:
        await office.caught_up()
        (follower,) = (each for each in consumer.followers if each.source == "requests")
        await office.requests.network.refuse()
        await eventually(lambda: follower.last_error is not None)
        found = await following(office.pool, follower, office.now)()

    assert found.state == "degraded"
    assert "1 cases are held for checking" in found.words
    assert "doesn't answer" in found.words, found.words

"""F19: the projections' database is away while events go on arriving."""

from collections.abc import Callable
from urllib.parse import urlsplit

from testbed.databases import Database
from testbed.proxy import Proxy
from tests.support.messaging.following import following
from tests.support.messaging.published_notes import eventually


async def test_a_database_that_is_away_costs_no_redelivery(
    database: Callable[[str], Database], vhost: str
) -> None:
    """A consumer that took messages out again and again would wear their delivery limit down."""
    broker = urlsplit(vhost)
    async with (
        following(database, vhost, keeps_order=True) as office,
        Proxy(str(broker.hostname), broker.port or 5672) as to_broker,
    ):
        office.broker_url = to_broker.url(vhost)
        async with office.consuming() as consumer:
            await office.requests.write(40)
            await office.caught_up()

            await office.network.refuse()
            await office.requests.write(400)
            await office.requests.relayed()
            await eventually(lambda: all(each.last_error for each in consumer.followers))
            opened = to_broker.accepted_connections
            await eventually(lambda: consumer.followers[1].retries >= 5)
            assert to_broker.accepted_connections == opened, "no message was taken out"

            office.network.heal()
            await office.caught_up()

        await office.assert_balanced()

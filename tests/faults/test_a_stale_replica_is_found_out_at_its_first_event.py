"""F30: a replica that was behind takes over without an epoch, and messages are lost meanwhile."""

from collections.abc import Callable

from testbed.databases import Database
from tests.support.messaging.following import following
from tests.support.messaging.ledger import Ledger
from tests.support.messaging.published_notes import eventually

NEVER_SECONDS = 3_600.0


async def test_an_event_of_another_history_is_not_applied(
    database: Callable[[str], Database], vhost: str
) -> None:
    """Its position follows; only the hash of its predecessor tells, before any head check does."""
    async with following(database, vhost, keeps_order=True) as office:
        office.head_check_seconds, requests = NEVER_SECONDS, office.requests
        async with office.consuming() as consumer:
            await requests.write(20)
            await office.caught_up()
            before = await office.applied()
            await requests.stop_relay()
            await requests.restore(lost=5, opens_epoch=False)
            await requests.stop_relay()
            await requests.write(5)
            await requests.skip_to(20)
            requests.start_relay()

            await requests.write(1)

            await eventually(lambda: any(each.fork for each in consumer.followers))
            assert (await office.position()).forked_at == 20

        ledger = Ledger("requests")
        ledger.stored(*before)
        ledger.applied(*await office.applied())
        ledger.assert_balanced()

"""F30, F21: a replica that was behind takes over from a server that is gone, with what it has.

Promoted, it opens an epoch by itself. A copy of the whole machine takes itself for the old one, and
if messages are lost meanwhile, nothing but the chain of hashes tells.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aio_pika
import asyncpg
import pytest

from shared.eventstore.epochs import open_epoch
from shared.messaging.topology import stream
from testbed.blocking import blocking
from testbed.databases import Database, clone
from testbed.event_logs import connected
from testbed.eventually import eventually as eventually_holds
from testbed.own_postgres import OwnPostgres, own_postgres
from tests.support.messaging.following import Following, following
from tests.support.messaging.ledger import Ledger
from tests.support.messaging.published_notes import eventually

NEVER_SECONDS = 3_600.0
BACK_SECONDS_MAX = 30.0
KEPT, LOST = 15, 5

pytestmark = pytest.mark.system


@dataclass
class Office:
    """The requests' log lies on a server of its own."""

    following: Following
    server: OwnPostgres
    vhost: str
    folder: Path
    _stack: AsyncExitStack

    async def copied(self, *, as_replica: bool) -> None:
        await self.server.copy_to(self.folder / "copy", as_replica=as_replica)

    async def fails_over(self) -> None:
        """The server is gone for ever; its copy answers at its address."""
        port = self.server.port
        await self._stack.aclose()
        copy = own_postgres(self.folder / "copy", port=port)
        self.server = await self._stack.enter_async_context(copy)
        async with connected(self.server.url) as administrator:
            if await administrator.fetchval("select pg_is_in_recovery()"):
                await administrator.execute("select pg_promote()")

    async def loses_its_stream(self) -> None:
        """The broker's memory of what was published is gone too."""
        async with await aio_pika.connect(self.vhost) as connection:
            await (await connection.channel()).queue_delete(stream("requests").name)

    async def written(self, count: int) -> None:
        """As soon as the log has noticed that its connections are gone."""

        async def is_written() -> bool:
            try:
                await self.following.requests.write(count)
            except (asyncpg.PostgresError, OSError):
                return False
            return True

        await eventually_holds(is_written, seconds=BACK_SECONDS_MAX)


@pytest.fixture
async def office(
    database: Callable[[str], Database], vhost: str, tmp_path: Path
) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(own_postgres(tmp_path / "first"))

        def made(name: str) -> Database:
            return blocking(clone(server.url, name)) if name == "requests" else database(name)

        async with following(made, vhost, keeps_order=True) as office:
            yield Office(office, server, vhost, tmp_path, stack)


async def test_an_event_of_another_history_is_not_applied(office: Office) -> None:
    """Its position follows; only the hash of its predecessor tells, before any head check does."""
    ours = office.following
    ours.head_check_seconds, requests = NEVER_SECONDS, ours.requests
    async with ours.consuming() as consumer:
        await requests.write(KEPT)
        await office.copied(as_replica=False)
        await requests.write(LOST)
        await ours.caught_up()
        before = await ours.applied()

        await requests.stop_relay()
        await office.fails_over()
        await office.written(LOST)
        await requests.skip_to(KEPT + LOST)
        await office.loses_its_stream()
        requests.start_relay()
        await requests.write(1)

        await eventually(lambda: any(each.fork for each in consumer.followers))
        assert (await ours.position()).forked_at == KEPT + LOST
        assert len(await requests.log.epochs()) == 1, "else the epoch would have told"

    ledger = Ledger("requests")
    ledger.stored(*before)
    ledger.applied(*await ours.applied())
    ledger.assert_balanced()


async def test_a_log_that_was_moved_back_publishes_nothing_until_an_epoch_is_opened(
    office: Office,
) -> None:
    """A snapshot of the whole machine changes no mark; the stream knows what was published."""
    requests = office.following.requests
    async with office.following.consuming():
        await requests.write(KEPT)
        await office.copied(as_replica=False)
        await requests.write(LOST)
        await requests.relayed()

        await requests.stop_relay()
        await office.fails_over()
        await office.written(LOST + 1)
        requests.start_relay()
        relay = requests.relay
        assert relay is not None
        await eventually(lambda: "moved back" in str(relay.health.degraded))
        assert relay.health.published_events == 0

        opened = await open_epoch(requests.database.owner_url, of_copy=True)
        assert opened.first_position == KEPT + 1, "no id of a lost event is given away"
        await eventually(lambda: relay.health.degraded is None)
        await requests.relayed()


async def test_a_promoted_replica_opens_an_epoch_by_itself(office: Office) -> None:
    """Tried before: an asynchronous failover lost an acknowledged command, and nobody was told."""
    ours = office.following
    async with ours.consuming() as consumer:
        await ours.requests.write(KEPT)
        await office.copied(as_replica=True)
        await ours.requests.write(LOST)
        await ours.caught_up()
        before = await ours.applied()

        await ours.requests.stop_relay()
        await office.fails_over()
        await office.written(LOST)
        ours.requests.start_relay()

        await eventually(lambda: any(each.fork for each in consumer.followers))
        epochs = await ours.requests.log.epochs()
        assert [each.first_position for each in epochs] == [1, KEPT + 1]

    ledger = Ledger("requests")
    ledger.stored(*before)
    ledger.applied(*await ours.applied())
    ledger.assert_balanced()

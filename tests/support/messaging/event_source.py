"""A source as a follower sees it: a real log with its relay and its feed, and a bad network.

For tests of those that follow; its aggregates are notes (`testbed.notes`).
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from shared.eventstore.codec import Codec
from shared.eventstore.epochs import open_epoch
from shared.eventstore.erasure_register import ErasureRegister
from shared.eventstore.log import EventLog
from shared.messaging.envelope import Envelopes, Publish
from shared.messaging.feed_client import FeedClient
from shared.messaging.feed_token import FileToken
from shared.messaging.relay.relay import Relay
from testbed.databases import Database
from testbed.event_logs import connected, running
from testbed.notes import Note, note, notes
from testbed.proxy import Proxy
from tests.support.messaging.feed_server import serving_feed
from tests.support.messaging.published_notes import eventually

COMMANDS_AT_ONCE = 500
EVENTS_A_NOTE = 4
END_SECONDS_MAX = 20.0


async def assert_ends_soon(task: asyncio.Task[None]) -> None:
    """Cancelled, it ends soon: whatever it hangs on then is a fault of its own."""
    task.cancel()
    async with asyncio.timeout(END_SECONDS_MAX):
        await asyncio.gather(task, return_exceptions=True)


@dataclass
class Source:
    """A service's log that is written to, relayed and served. `network` stands before its feed."""

    name: str
    database: Database
    log: EventLog
    feed: FeedClient
    feed_url: str
    network: Proxy
    broker_url: str | None
    envelopes: Envelopes
    relay: Relay | None = None
    relaying: asyncio.Task[None] | None = None

    async def write(self, count: int) -> None:
        """So many events of about a quarter as many notes, each event a command of its own."""
        written = [note() for _ in range(-(-count // EVENTS_A_NOTE))]
        await self._store(written)
        left = count - len(written)
        while left > 0:
            painted = written[:left]
            for each in painted:
                each.paint("green")
            await self._store(painted)
            left -= len(painted)

    async def _store(self, changed: Sequence[Note]) -> None:
        for start in range(0, len(changed), COMMANDS_AT_ONCE):
            some = changed[start : start + COMMANDS_AT_ONCE]
            await asyncio.gather(*(self.log.append(each) for each in some))

    async def store(self, changed: Note) -> None:
        await self.log.append(changed)

    async def erase(self, id: UUID) -> None:  # noqa: A002
        """Erase the personal text of a note."""
        erased = await self.log.load(Note, id)
        erased.erase()
        await self.log.append(erased, erases=True)

    async def stored(self) -> list[int]:
        return [each.position for each in await self.log.read(0, 1_000_000)]

    def start_relay(self) -> None:
        if self.broker_url is not None:
            self.relay = Relay(
                database_url=self.database.app_url,
                broker_url=self.broker_url,
                event_log=self.log,
                envelopes=self.envelopes,
            )
            self.relaying = asyncio.create_task(self.relay.run())

    async def stop_relay(self) -> None:
        if self.relaying is not None:
            await assert_ends_soon(self.relaying)

    async def relayed(self) -> None:
        """Until the broker has confirmed all that is stored."""
        relay, stored = self.relay, len(await self.stored())
        assert relay is not None, "nothing is relayed without a broker"
        await eventually(lambda: relay.health.position == stored)

    async def skip_to(self, position: int) -> None:
        """The relay takes these for published, though no queue holds them."""
        async with connected(self.database.owner_url) as owner:
            await owner.execute("update relay_position set position = $1", position)

    async def restore(self, *, lost: int, opens_epoch: bool = True) -> None:
        """The database comes back from a backup that lacks so many of the last events."""
        await self.stop_relay()
        kept = (await self.log.head()).position - lost
        async with connected(self.database.owner_url) as owner:
            await owner.execute("delete from stored_events where notification_id > $1", kept)
            await owner.execute("delete from command_log where last_position > $1", kept)
            await owner.execute("update relay_position set position = least(position, $1)", kept)
        if opens_epoch:
            await open_epoch(self.database.owner_url)
        self.start_relay()


async def open_source(
    stack: AsyncExitStack,
    name: str,
    database: Database,
    broker_url: str | None,
    publish: Publish,
    token: Path,
    *,
    codec: Codec | None = None,
) -> Source:
    """codec: of other events than those of notes."""
    codec = codec or notes()
    erasures = ErasureRegister(token.parent / "erasures" / name)
    log = await stack.enter_async_context(
        running(database.app_url, name=name, codec=codec, erasures=erasures)
    )
    envelopes = Envelopes(name, codec, publish, await log.epochs())
    feed_url = await stack.enter_async_context(serving_feed(name, log, envelopes))
    network = await stack.enter_async_context(Proxy("127.0.0.1", int(feed_url.rpartition(":")[2])))
    feed = await stack.enter_async_context(FeedClient(network.url(feed_url), FileToken(token)))
    feed_url = network.url(feed_url)
    source = Source(name, database, log, feed, feed_url, network, broker_url, envelopes)
    source.start_relay()
    stack.push_async_callback(source.stop_relay)
    return source

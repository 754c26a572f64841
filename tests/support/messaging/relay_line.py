"""A relay line: a log, a relay, a broker behind a bad network, and a follower at the queue.

A test of the relay appends, breaks something and appends again; at the end every event must have
arrived.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from shared.eventstore.log import EventLog
from shared.messaging.broker_subscription import BrokerSubscription
from shared.messaging.envelope import Publish
from shared.messaging.relay.decisions import CONFIRM_TIMEOUT_SECONDS
from shared.messaging.relay.relay import Relay
from shared.messaging.topology import QueuePlan, projection_queue
from testbed.event_logs import running
from testbed.frames import amqp_frames
from testbed.proxy import Proxy
from tests.support.messaging.ledger import Balance, Ledger
from tests.support.messaging.published_notes import (
    SOURCE,
    append,
    append_at_once,
    drain,
    publish,
    relaying,
)

QUEUE = projection_queue(SOURCE)


@dataclass
class RelayLine:
    """`network` lies between the relay and the broker; the follower is past it."""

    log: EventLog
    database_url: str
    broker_url: str
    network: Proxy
    follower: BrokerSubscription
    management_url: str
    queue: QueuePlan = QUEUE
    ledger: Ledger = field(default_factory=lambda: Ledger(SOURCE))

    @property
    def networked_url(self) -> str:
        """The broker, through the bad network."""
        return self.network.url(self.broker_url)

    def relaying(
        self,
        *,
        heartbeat_seconds: int = 5,
        confirm_timeout_seconds: float = CONFIRM_TIMEOUT_SECONDS,
        publish: Publish = publish,
    ) -> AbstractAsyncContextManager[Relay]:
        """A relay that runs in this process, through the network."""
        return relaying(
            self.log,
            self.database_url,
            f"{self.networked_url}?heartbeat={heartbeat_seconds}",
            publish=publish,
            confirm_timeout_seconds=confirm_timeout_seconds,
            management_url=self.management_url,
        )

    async def append(self, count: int) -> None:
        """So many events, each a command of its own."""
        await append(self.log, count)

    async def append_at_once(self, count: int) -> None:
        """So many events by one command."""
        await append_at_once(self.log, count)

    async def assert_all_arrived(self, *, repeats_max: int) -> Balance:
        """Empty the queue, and balance it against the log."""
        self.ledger.stored(*[event.position for event in await self.log.read(0, 1_000_000)])
        self.ledger.published(*[event.position for event in await drain(self.follower)])
        return self.ledger.assert_balanced(repeats_max=repeats_max)


@asynccontextmanager
async def open_relay_line(
    database_url: str, broker_url: str, management_url: str = ""
) -> AsyncIterator[RelayLine]:
    """Its queue stands, so that whatever is published is kept; no relay runs yet."""
    parts = urlsplit(broker_url)
    follower = BrokerSubscription(broker_url, QUEUE, wait_seconds=1.0)
    async with (
        running(database_url) as log,
        Proxy(str(parts.hostname), parts.port or 5672, frames=amqp_frames) as network,
    ):
        await follower.redeclare()
        try:
            yield RelayLine(log, database_url, broker_url, network, follower, management_url)
        finally:
            await follower.close()

"""A process with a consumer that a test may kill, or that kills itself at a given point.

`python -m tests.support.processes.consumer_process DATABASE BROKER FEED TOKEN_FILE [POINT BATCH]`
follows the requests; at POINT of its BATCH-th batch it sends itself SIGKILL. The points stand here,
around subscription and read models; the product knows nothing of them. A line `following` goes out
with each batch that it takes.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from asyncpg.connection import LoggedQuery

from services.projections.ingest.follower import Follower
from services.projections.ingest.projector import Projection
from shared.messaging.broker_subscription import BrokerSubscription
from shared.messaging.feed_client import FeedClient
from shared.messaging.feed_token import FileToken
from shared.messaging.subscription import Incoming
from shared.messaging.topology import projection_queue
from shared.postgres.connection import Connection
from shared.postgres.pool import Pool
from tests.support.messaging.following import SOON_SECONDS, TODAY, instant
from tests.support.messaging.strict_read_models import StrictReadModels

SOURCE = "requests"


class Fuse:
    """At its point of its batch the process dies."""

    def __init__(self, point: str | None, batch: int) -> None:
        self._point = point
        self._left = batch

    def passes(self, point: str) -> None:
        self._left -= point == self._point
        if point == self._point and self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class FusedSubscription(BrokerSubscription):
    """taken: a batch was handed out. settled: it is not acknowledged yet. acknowledged: it is."""

    fuse: Fuse

    async def batch(self) -> Sequence[Incoming]:
        events = await super().batch()
        if events:
            print("following", flush=True)
            self.fuse.passes("taken")
        return events

    async def acknowledge(self) -> None:
        self.fuse.passes("settled")
        await super().acknowledge()
        self.fuse.passes("acknowledged")


class FusedReadModels(StrictReadModels):
    """applied: in the transaction, before the position is moved. committed: just after its end."""

    fuse: Fuse
    is_applying = False

    async def apply(
        self, connection: "Connection", source: str, events: Sequence[Incoming], on: date
    ) -> None:
        await super().apply(connection, source, events, on)
        self.is_applying = True
        self.fuse.passes("applied")

    async def listen(self, connection: "Connection") -> None:
        connection.add_query_logger(self._ran)

    def _ran(self, statement: LoggedQuery) -> None:
        if self.is_applying and statement.query.startswith("COMMIT"):
            self.is_applying = False
            self.fuse.passes("committed")


async def main(
    database_url: str,
    broker_url: str,
    feed_url: str,
    token_file: str,
    point: str | None = None,
    batch: str = "1",
) -> None:
    fuse, read_models = Fuse(point, int(batch)), FusedReadModels(keeps_order=True)
    subscription = FusedSubscription(
        broker_url, projection_queue(SOURCE), wait_seconds=SOON_SECONDS
    )
    read_models.fuse = subscription.fuse = fuse
    async with (
        Pool(database_url, name="consumer", size_max=4, first=read_models.listen) as pool,
        FeedClient(feed_url, FileToken(Path(token_file))) as feed,
    ):
        projection = Projection(pool, read_models, SOURCE, now=instant, today=lambda: TODAY)
        await Follower(projection, feed, subscription, head_check_seconds=SOON_SECONDS).run()


def run(*arguments: str) -> None:
    asyncio.run(main(*arguments))


if __name__ == "__main__":
    run(*sys.argv[1:])

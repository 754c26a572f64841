"""Following a source without a broker: a long poll of its feed.

The service holds a request open until its log grows, so an event arrives as fast as over a broker.
No queue waits for a stopped follower, and none is needed: the log is the queue.

Next: the follower (in `services/projections/ingest/`), which can't tell this from a broker.
"""

from collections.abc import Awaitable, Callable, Sequence

from shared.messaging.feed_client import FeedClient, FeedUnavailable
from shared.messaging.subscription import BATCH_SIZE_MAX, WAIT_SECONDS, Incoming, SubscriptionLost

Position = Callable[[], Awaitable[int]]
"""The follower's checkpoint: the last position that it applied."""


class FeedSubscription:
    """A `Subscription` over a feed. Owned by one task; it doesn't close the client.

    position: called at each opening, since the follower may have read on elsewhere meanwhile.
    """

    def __init__(
        self, feed: FeedClient, position: Position, *, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._feed = feed
        self._position = position
        self._wait_seconds = wait_seconds
        self._handed_out_to: int | None = None  # None: not open
        self.refused_messages = self.declared_again = 0

    async def batch(self) -> Sequence[Incoming]:
        """See `Subscription.batch`."""
        if self._handed_out_to is None:
            self._handed_out_to = await self._position()
        try:
            page = await self._feed.read(self._handed_out_to, BATCH_SIZE_MAX, self._wait_seconds)
        except FeedUnavailable as error:
            await self.close()
            raise SubscriptionLost(str(error)) from error
        self._handed_out_to = page.scanned_to
        return page.events

    async def acknowledge(self) -> None:
        """Does nothing: only the follower stores a position."""

    async def close(self) -> None:
        """Forget the handed-out position: events are delivered again from the checkpoint on."""
        self._handed_out_to = None

    async def redeclare(self) -> None:
        """Nothing between log and follower can be lost, so this only closes."""
        await self.close()

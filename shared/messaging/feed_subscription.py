"""Following a source where there is no broker: a long poll of its feed.

The service holds a request open until something is appended, so an event is here as fast as over
a broker; what is lost is that nobody keeps a queue for a follower who is away, and none is
needed: the log itself is the queue.

Next: `services/projections/ingest/follower.py`, which can't tell this from a broker.
"""

from collections.abc import Awaitable, Callable, Sequence

from shared.messaging.feed_client import FeedClient, FeedUnavailable
from shared.messaging.subscription import BATCH_SIZE_MAX, WAIT_SECONDS, Incoming, SubscriptionLost

Position = Callable[[], Awaitable[int]]
"""Where the follower stands by now: the last position that took effect with him."""


class FeedSubscription:
    """A `Subscription` over a feed. Owned by one task; the client is its maker's to close.

    position: asked whenever it opens, since the follower may have read on elsewhere meanwhile.
    """

    def __init__(
        self, feed: FeedClient, position: Position, *, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._feed = feed
        self._position = position
        self._wait_seconds = wait_seconds
        self._handed_out_to: int | None = None  # None: not open

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
        """Nothing to be said: the follower's own position is all that is remembered."""

    async def close(self) -> None:
        """Forget what was handed out: it comes again from the follower's position on."""
        self._handed_out_to = None

    async def redeclare(self) -> None:
        """Nothing lies between log and follower that could have been lost."""
        await self.close()

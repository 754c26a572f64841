"""A process with a relay that a test may kill, or that kills itself at a given point.

`python -m tests.support.processes.relay_process DATABASE_URL BROKER_URL [POINT WINDOW]`: at POINT
of its WINDOW-th window it sends itself SIGKILL. The points stand here, around the relay's own
methods; the product knows nothing of them. A line `leads TERM` or `ended REASON` goes out when it
begins to lead, and when a session ends.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from shared.messaging.envelope import CloudEvent
from shared.messaging.relay.health import RelayHealth
from shared.messaging.relay.leadership import Leadership, RelayProgress
from shared.messaging.relay.publisher import PublishOutcome, WindowSender
from shared.messaging.relay.relay import Relay
from testbed.event_logs import running
from tests.support.messaging.published_notes import envelopes_of

DELIVERY_SECONDS = 0.005  # some of the window is at the broker by then, some is not


class Fuse:
    """Burns down by one each time its point is passed; then the process dies."""

    def __init__(self, point: str, window: int) -> None:
        self._point = point
        self._left = window

    def is_due(self, point: str) -> bool:
        self._left -= point == self._point
        return point == self._point and self._left == 0


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(fuse: Fuse) -> None:
    """Put the crash points around the methods of this process's relay."""
    send, outcomes, store = WindowSender.send, WindowSender.outcomes, Leadership.store
    is_dying = False

    async def sending(self: WindowSender, events: Sequence[CloudEvent]) -> None:
        nonlocal is_dying
        await send(self, events)
        is_dying = fuse.is_due("published")

    async def confirming(self: WindowSender, *, within_seconds: float) -> Sequence[PublishOutcome]:
        if is_dying:
            await asyncio.sleep(DELIVERY_SECONDS)
            die()
        known = await outcomes(self, within_seconds=within_seconds)
        if not self._window and fuse.is_due("confirmed"):
            die()
        return known

    async def storing(self: Leadership, position: int) -> bool:
        if fuse.is_due("storing"):
            die()
        moved = await store(self, position)
        if fuse.is_due("stored"):
            die()
        return moved

    WindowSender.send = sending  # type: ignore[method-assign]
    WindowSender.outcomes = confirming  # type: ignore[method-assign]
    Leadership.store = storing  # type: ignore[method-assign]


class SpokenHealth(RelayHealth):
    """Says aloud what it is told."""

    def leads(self, look: RelayProgress) -> None:
        super().leads(look)
        print("leads", self.term, flush=True)

    def failed(
        self, reason: str, *, topology_missing: bool = False, refusing: Sequence[str] = ()
    ) -> None:
        super().failed(reason, topology_missing=topology_missing, refusing=refusing)
        print("ended", reason, flush=True)


async def main(database_url: str, broker_url: str) -> None:
    async with running(database_url) as log:
        relay = Relay(
            database_url=database_url,
            broker_url=broker_url,
            event_log=log,
            envelopes=await envelopes_of(log),
        )
        relay.health = SpokenHealth()
        await relay.run()


if __name__ == "__main__":
    if len(sys.argv) > 3:
        arm(Fuse(sys.argv[3], int(sys.argv[4])))
    asyncio.run(main(sys.argv[1], sys.argv[2]))

"""Notes that are published: the smallest service whose events travel like any other's.

For tests of relay, feed and followers, which know no requests and no complaints.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec

from shared.eventstore.log import EventLog
from shared.eventstore.records import Recorded
from shared.messaging.envelope import Envelopes, Publication, Publish
from shared.messaging.relay.decisions import CONFIRM_TIMEOUT_SECONDS
from shared.messaging.relay.relay import Relay
from shared.messaging.subscription import Incoming, Subscription
from testbed.eventually import eventually as eventually_holds
from testbed.notes import note, notes

SOURCE = "requests"  # one that the topology knows
SOON_SECONDS = 15.0


def publish(event: Any, recorded: Recorded) -> Publication:
    """What the world sees of a note: never its text."""
    number = f"NOTE-{recorded.originator_id.hex[:8].upper()}"
    payload = {"number": number, "version": recorded.version}
    return Publication(
        name=type(event).__name__.lower(),
        version=1,
        number=number,
        occurred_at=event.timestamp,
        data=msgspec.json.encode(payload),
    )


async def envelopes_of(log: EventLog, publish: Publish = publish) -> Envelopes:
    return Envelopes(SOURCE, notes(), publish, await log.epochs())


async def append(log: EventLog, count: int) -> None:
    """So many events, one after another, each a command of its own."""
    for _ in range(count):
        await log.append(note())


async def append_at_once(log: EventLog, count: int) -> None:
    """So many events by one command: one note that is painted again and again."""
    painted = note()
    for _ in range(count - 1):
        painted.paint("blue")
    await log.append(painted)


@asynccontextmanager
async def relaying(
    log: EventLog,
    database_url: str,
    broker_url: str,
    *,
    publish: Publish = publish,
    confirm_timeout_seconds: float = CONFIRM_TIMEOUT_SECONDS,
    management_url: str = "",
) -> AsyncIterator[Relay]:
    """A relay that runs."""
    relay = Relay(
        database_url=database_url,
        broker_url=broker_url,
        event_log=log,
        envelopes=await envelopes_of(log, publish),
        confirm_timeout_seconds=confirm_timeout_seconds,
        management_url=management_url,
    )
    run = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run


async def collect(subscription: Subscription, count: int) -> list[Incoming]:
    """The next `count` events or more, acknowledged; fails after `SOON_SECONDS`."""
    events: list[Incoming] = []
    async with asyncio.timeout(SOON_SECONDS):
        while len(events) < count:
            events += await subscription.batch()
            await subscription.acknowledge()
    return events


async def drain(subscription: Subscription) -> list[Incoming]:
    """All that lies in the queue, acknowledged: until nothing more comes in its waiting time."""
    events: list[Incoming] = []
    async with asyncio.timeout(2 * SOON_SECONDS):
        while batch := await subscription.batch():
            events += batch
            await subscription.acknowledge()
    return events


async def eventually(
    holds: Callable[[], bool | Awaitable[bool]], *, within_seconds: float = SOON_SECONDS
) -> None:
    """Until it holds; a plain condition will do. Raises TimeoutError."""

    async def holds_now() -> bool:
        answer = holds()
        return answer if isinstance(answer, bool) else await answer

    await eventually_holds(holds_now, seconds=within_seconds)

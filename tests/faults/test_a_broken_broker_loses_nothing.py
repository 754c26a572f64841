"""F10, F11 and their kin: the network breaks, the broker falls silent, or its topology is gone."""

from collections.abc import AsyncIterator, Callable

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from shared.messaging.relay.decisions import WINDOW_SIZE_MAX
from shared.messaging.topology import EXCHANGE, stream
from testbed.databases import Database
from testbed.frames import is_heartbeat
from testbed.proxy import Direction
from tests.support.messaging.published_notes import SOURCE, eventually
from tests.support.messaging.relay_line import RelayLine, open_relay_line

pytestmark = pytest.mark.system

STREAM = stream(SOURCE).name


@pytest.fixture
async def line(database: Callable[[str], Database], vhost: str) -> AsyncIterator[RelayLine]:
    async with open_relay_line(database(SOURCE).app_url, vhost) as line:
        yield line


@pytest.fixture
async def channel(vhost: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(vhost) as connection:
        yield await connection.channel()


@pytest.mark.parametrize("reset", [False, True], ids=["FIN", "RST"])
async def test_a_cut_connection(line: RelayLine, reset: bool) -> None:
    await line.append_at_once(4 * WINDOW_SIZE_MAX)

    async with line.relaying() as relay:
        await eventually(lambda: relay.health.position >= WINDOW_SIZE_MAX)
        await line.network.cut(reset=reset)
        await eventually(lambda: relay.health.position == 4 * WINDOW_SIZE_MAX)

    # A busy machine may end one more: a leader that is silent for 2.5 s loses its lock.
    repeats_max = (relay.health.sessions - 1) * WINDOW_SIZE_MAX
    await line.assert_all_arrived(repeats_max=repeats_max)
    assert relay.health.sessions >= 2
    assert relay.health.degraded is None


async def test_a_broker_that_is_away_is_lag_and_no_loss(line: RelayLine) -> None:
    await line.network.refuse()
    await line.append(3)

    async with line.relaying() as relay:
        await eventually(lambda: relay.health.lag_events == 3 and relay.health.sessions > 1)
        assert relay.health.degraded is not None
        assert relay.health.lag_seconds > 0

        line.network.heal()

        await eventually(lambda: relay.health.position == 3 and relay.health.degraded is None)
    await line.assert_all_arrived(repeats_max=0)


async def test_confirms_that_never_come_are_not_waited_for(line: RelayLine) -> None:
    """The broker's heartbeats go on, so nothing but our own timeout tells."""
    async with line.relaying(confirm_timeout_seconds=1.0) as relay:
        await eventually(lambda: relay.health.connected)
        line.network.drop(Direction.TO_CLIENT, but=is_heartbeat)
        await line.append_at_once(2)
        await eventually(lambda: "unconfirmed" in str(relay.health.last_fault))
        assert relay.health.position == 0

        line.network.heal()

        await eventually(lambda: relay.health.position == 2)
    balance = await line.assert_all_arrived(repeats_max=WINDOW_SIZE_MAX)
    assert balance.repeated == 1  # the first window had arrived, and nobody could know


async def test_a_broker_that_falls_silent_is_no_shutdown(line: RelayLine) -> None:
    """aiormq then cancels what is pending; the relay must not take it for its own end."""
    async with line.relaying(heartbeat_seconds=1) as relay:
        await eventually(lambda: relay.health.connected)
        line.network.freeze()
        await line.append(1)
        await eventually(lambda: relay.health.last_fault == "lost: the broker fell silent")

        line.network.heal()

        await eventually(lambda: relay.health.position == 1)
    await line.assert_all_arrived(repeats_max=WINDOW_SIZE_MAX)


async def test_a_deleted_exchange_is_declared_again(
    line: RelayLine, channel: AbstractChannel
) -> None:
    async with line.relaying() as relay:
        await line.append(1)
        await eventually(lambda: relay.health.position == 1)
        await channel.exchange_delete(EXCHANGE)

        await line.append(2)

        await eventually(lambda: relay.health.position == 3)
    await line.assert_all_arrived(repeats_max=0)
    assert relay.health.declared_again == 1
    assert relay.health.last_fault == f"the exchange {EXCHANGE} is missing"


async def test_a_deleted_stream_is_declared_again(
    line: RelayLine, channel: AbstractChannel
) -> None:
    """It refuses nothing, since the queue beside it takes all events; so somebody has to look."""
    async with line.relaying() as relay:
        await line.append(1)
        await eventually(lambda: relay.health.position == 1)
        await channel.queue_delete(STREAM)
        await eventually(lambda: relay.health.declared_again == 1)
        assert f"no queue '{STREAM}'" in str(relay.health.last_fault)

        await line.append(2)

        await eventually(lambda: relay.health.position == 3)
    await line.assert_all_arrived(repeats_max=0)
    assert await messages_in(channel, STREAM) == 2


async def test_a_deleted_queue_is_declared_again(line: RelayLine, channel: AbstractChannel) -> None:
    """What it still held is gone with it; its follower heals that from the feed."""
    async with line.relaying() as relay:
        await eventually(lambda: relay.health.connected)
        await channel.queue_delete(line.queue.name, if_unused=False, if_empty=False)
        await eventually(lambda: relay.health.declared_again == 1)

        await line.append(2)

        await eventually(lambda: relay.health.position == 2)
    await line.assert_all_arrived(repeats_max=WINDOW_SIZE_MAX)


async def test_events_without_any_queue_are_not_lost(
    line: RelayLine, channel: AbstractChannel
) -> None:
    async with line.relaying() as relay:
        await eventually(lambda: relay.health.connected)
        for name in (line.queue.name, STREAM):
            await channel.queue_delete(name, if_unused=False, if_empty=False)

        await line.append(2)

        await eventually(lambda: relay.health.position == 2)
    await line.assert_all_arrived(repeats_max=WINDOW_SIZE_MAX)
    assert relay.health.declared_again == 1
    assert relay.health.last_fault == "no queue is bound for it (position 1)"


async def messages_in(channel: AbstractChannel, queue: str) -> int:
    """A stream's count may lag for a moment."""
    found = 0

    async def is_counted() -> bool:
        nonlocal found
        declared = await channel.declare_queue(queue, passive=True)
        found, before = declared.declaration_result.message_count or 0, found
        return found == before > 0

    await eventually(is_counted)
    return found

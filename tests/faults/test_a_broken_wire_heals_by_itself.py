"""F27, the matrix: every way a wire breaks, for each wire to the broker and to the feed.

Each cell says so meanwhile (`degraded`), comes back within its bound without a restart once the
network lets it, and ends with the ledger. The bounds are those of the wire's own deadlines, which
tests shorten where they can (`?heartbeat=1`).
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import pytest

from services.projections.ingest.follower import Consumer
from testbed.databases import Database
from testbed.frames import amqp_frames
from testbed.proxy import Proxy
from tests.support.messaging.following import Following, following
from tests.support.messaging.published_notes import SOURCE, eventually
from tests.support.messaging.relay_line import RelayLine, open_relay_line

HEAL_SECONDS_MAX = 20.0
SAID_SECONDS_MAX = 15.0

Break = Callable[[Proxy], Awaitable[None]]


async def refuse(network: Proxy) -> None:
    await network.refuse()


async def reset(network: Proxy) -> None:
    await network.cut(reset=True)


async def freeze(network: Proxy) -> None:
    network.freeze()


async def half_open(network: Proxy) -> None:
    network.half_open()


async def slow(network: Proxy) -> None:
    network.delay(0.02)  # each frame


IS_SAID = {refuse, freeze}  # the others are over, or only slow, before anybody need say so
slowly = pytest.mark.system
BREAKS = [
    pytest.param(refuse, id="refuse"),
    pytest.param(reset, id="reset"),
    pytest.param(freeze, id="freeze", marks=slowly),
    pytest.param(half_open, id="half-open", marks=slowly),
    pytest.param(slow, id="slow", marks=slowly),
]


@pytest.fixture
async def line(database: Callable[[str], Database], vhost: str) -> AsyncIterator[RelayLine]:
    async with open_relay_line(database(SOURCE).app_url, vhost) as line:
        yield line


@pytest.fixture
async def broker_network(vhost: str) -> AsyncIterator[Proxy]:
    parts = urlsplit(vhost)
    async with Proxy(str(parts.hostname), parts.port or 5672, frames=amqp_frames) as network:
        yield network


@pytest.fixture
async def office(
    database: Callable[[str], Database], vhost: str, broker_network: Proxy
) -> AsyncIterator[Following]:
    """The relays reach the broker; between broker and projections lies the bad network."""
    urls = {"requests": vhost, "complaints": vhost}
    urls["projections"] = f"{broker_network.url(vhost)}?heartbeat=1"
    async with following(database, vhost, keeps_order=True, users=urls) as office:
        yield office


@pytest.mark.parametrize("broken", BREAKS)
async def test_wire_from_relay_to_broker(line: RelayLine, broken: Break) -> None:
    async with line.relaying(heartbeat_seconds=1, confirm_timeout_seconds=3.0) as relay:
        await line.append(20)
        await eventually(lambda: relay.health.position == 20)

        await broken(line.network)
        await line.append(20)
        if broken in IS_SAID:
            await eventually(
                lambda: relay.health.degraded is not None, within_seconds=SAID_SECONDS_MAX
            )
            line.network.heal()

        await eventually(lambda: relay.health.position == 40, within_seconds=HEAL_SECONDS_MAX)
        await eventually(lambda: relay.health.degraded is None)
    await line.assert_all_arrived(repeats_max=20)


@pytest.mark.parametrize("broken", BREAKS)
async def test_wire_from_broker_to_projections(
    office: Following, broker_network: Proxy, broken: Break
) -> None:
    """The feed makes good for it meanwhile, so nobody reads old figures."""
    async with office.consuming() as consumer:
        await office.requests.write(20)
        await office.caught_up()

        await broken(broker_network)
        await office.requests.write(20)
        await office.caught_up(seconds=HEAL_SECONDS_MAX)
        if broken in IS_SAID:
            await eventually(lambda: errors(consumer) > 0, within_seconds=SAID_SECONDS_MAX)
            broker_network.heal()

        await eventually(lambda: errors(consumer) == 0, within_seconds=HEAL_SECONDS_MAX)
    await office.assert_balanced()


@pytest.mark.parametrize("broken", BREAKS)
async def test_wire_from_feed_to_projections(office: Following, broken: Break) -> None:
    """The queue goes on delivering what follows."""
    async with office.consuming() as consumer:
        await office.requests.write(20)
        await office.caught_up()

        await broken(office.requests.network)
        await office.requests.write(20)
        await office.caught_up(seconds=HEAL_SECONDS_MAX)
        if broken in IS_SAID:
            await eventually(lambda: errors(consumer) > 0, within_seconds=SAID_SECONDS_MAX)
            office.requests.network.heal()

        await eventually(lambda: errors(consumer) == 0, within_seconds=HEAL_SECONDS_MAX)
    await office.assert_balanced()


def errors(consumer: Consumer) -> int:
    return sum(each.last_error is not None for each in consumer.followers)

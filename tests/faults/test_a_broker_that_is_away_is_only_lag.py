"""F9: the broker is killed, stopped, and blocked by its disk alarm; for real, on a node of ours."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest
import pytest_asyncio

from shared.eventstore.epochs import open_epoch
from shared.messaging.broker_subscription import BrokerSubscription
from shared.messaging.relay.decisions import WINDOW_SIZE_MAX
from shared.messaging.subscription import Incoming, SubscriptionLost
from testbed.databases import Database
from testbed.servers import find_broker_software
from tests.support.messaging.private_broker import PrivateBroker, private_broker
from tests.support.messaging.published_notes import SOURCE, eventually
from tests.support.messaging.relay_line import RelayLine, open_relay_line

BACK_SECONDS_MAX = 90.0

pytestmark = [pytest.mark.system, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rabbit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateBroker]:
    software = find_broker_software()
    async with private_broker(tmp_path_factory.mktemp("broker"), software) as rabbit:
        yield rabbit


@pytest_asyncio.fixture(loop_scope="module")
async def line(
    database: Callable[[str], Database], rabbit: PrivateBroker
) -> AsyncIterator[RelayLine]:
    made = database(SOURCE)
    await open_epoch(made.owner_url)  # all tests' logs are of one template, and share this stream
    async with open_relay_line(made.app_url, rabbit.url) as line:
        yield line


async def test_a_killed_broker(line: RelayLine, rabbit: PrivateBroker) -> None:
    async with line.relaying() as relay:
        await line.append(10)
        await eventually(lambda: relay.health.position == 10)
        await rabbit.forget_nothing()

        await rabbit.kill()

        await line.append_at_once(1_000)  # commands go on
        await eventually(lambda: relay.health.lag_events >= 1_000)
        await eventually(lambda: relay.health.degraded is not None)
        await eventually(lambda: relay.health.position == 1_010, within_seconds=BACK_SECONDS_MAX)
        assert relay.health.degraded is None

    await line.assert_all_arrived(repeats_max=WINDOW_SIZE_MAX)


async def test_a_queue_that_is_lost_with_its_broker_is_made_anew(
    line: RelayLine, rabbit: PrivateBroker
) -> None:
    """A broker killed seconds after a queue was declared has it still, and can't use it: it nacks
    what is published and answers INTERNAL_ERROR to consumers, for ever. Seen at every try on 3.10.
    What the queue held is gone; whoever follows heals that from the feed.
    """
    async with line.relaying() as relay:
        await line.append(10)
        await eventually(lambda: relay.health.position == 10)

        await rabbit.kill()

        await line.append(1)
        arrived = await followed_through(line.follower, last=11)
        await eventually(lambda: relay.health.position == 11)
        await eventually(lambda: relay.health.degraded is None)

    line.ledger.stored(11)
    line.ledger.published(*[event.position for event in arrived if event.position == 11])
    line.ledger.assert_balanced(repeats_max=WINDOW_SIZE_MAX)


async def followed_through(follower: BrokerSubscription, *, last: int) -> list[Incoming]:
    """What arrives up to that position, whatever is lost on the way."""
    events: list[Incoming] = []

    async def has_come() -> bool:
        with suppress(SubscriptionLost):
            events.extend(await follower.batch())
            await follower.acknowledge()
        return any(event.position == last for event in events)

    await eventually(has_come, within_seconds=BACK_SECONDS_MAX)
    return events


async def test_a_stopped_broker(line: RelayLine, rabbit: PrivateBroker) -> None:
    async with line.relaying() as relay:
        await eventually(lambda: relay.health.connected)

        await rabbit.stop()

        await line.append(20)
        await eventually(lambda: relay.health.lag_events == 20)
        await rabbit.start()
        await eventually(lambda: relay.health.position == 20, within_seconds=BACK_SECONDS_MAX)

    await line.assert_all_arrived(repeats_max=WINDOW_SIZE_MAX)


async def test_a_broker_without_disk(line: RelayLine, rabbit: PrivateBroker) -> None:
    """It holds back its publishers and confirms nothing; no error tells. The relay waits: to send
    the window again and again would only add to the pile.
    """
    async with line.relaying(confirm_timeout_seconds=2.0) as relay:
        await eventually(lambda: relay.health.connected)

        await rabbit.run_out_of_disk()

        await line.append_at_once(20)
        await eventually(lambda: relay.health.blocked)
        assert "alarm" in str(relay.health.degraded)
        await eventually(lambda: relay.health.lag_seconds > 3)
        assert relay.health.sessions == 1  # past its timeout, and still waiting
        await rabbit.have_disk_again()
        await eventually(lambda: relay.health.position == 20, within_seconds=BACK_SECONDS_MAX)
        assert not relay.health.blocked

    await line.assert_all_arrived(repeats_max=0)

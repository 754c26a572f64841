"""F12: a stranger's queue refuses, or has lost its leader. It is named, and floods nobody."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from shared.messaging.topology import EXCHANGE
from testbed.databases import Database
from testbed.servers import find_broker_software
from testbed.vhosts import Broker
from tests.support.messaging.private_broker import private_broker
from tests.support.messaging.published_notes import SOURCE, eventually
from tests.support.messaging.relay_line import RelayLine, open_relay_line

STRANGERS = "sub.strangers.all"
ROOM = 20
FIRST_REFUSED_WINDOW_MAX = 32  # windows double, and the 21st event is refused
SESSIONS = 6


@pytest.fixture
async def line(
    database: Callable[[str], Database], vhost: str, broker: Broker
) -> AsyncIterator[RelayLine]:
    management = broker.api.removesuffix("/api")
    async with open_relay_line(database(SOURCE).app_url, vhost, management) as line:
        yield line


async def bind_a_queue(channel: AbstractChannel, overflow: str) -> None:
    queue = await channel.declare_queue(
        STRANGERS,
        durable=True,
        arguments={"x-queue-type": "quorum", "x-overflow": overflow, "x-max-length": ROOM},
    )
    await queue.bind(EXCHANGE, "#")


async def test_a_full_queue_that_rejects(line: RelayLine, vhost: str) -> None:
    """Tried before: with 520 events waiting, all other queues got 297 repeats a second."""
    async with await aio_pika.connect(vhost) as connection:
        channel = await connection.channel()
        await bind_a_queue(channel, "reject-publish")
        await line.append_at_once(520)

        async with line.relaying() as relay:
            await eventually(lambda: STRANGERS in relay.health.refusing)
            before = relay.health.sessions
            await eventually(lambda: relay.health.sessions >= before + SESSIONS)
            assert STRANGERS in str(relay.health.degraded)

            await channel.queue_delete(STRANGERS, if_unused=False, if_empty=False)
            await eventually(lambda: relay.health.position == 520)
            assert relay.health.refusing == ()
            assert relay.health.degraded is None

    await line.assert_all_arrived(repeats_max=FIRST_REFUSED_WINDOW_MAX + relay.health.sessions)


@pytest.mark.system
async def test_a_queue_that_has_lost_its_leader(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    """Its server is stopped inside a node that runs; no policy of an operator can forbid that."""
    async with (
        private_broker(tmp_path, find_broker_software()) as rabbit,
        open_relay_line(database(SOURCE).app_url, rabbit.url, rabbit.broker.management_url) as line,
        await aio_pika.connect(rabbit.url) as connection,
    ):
        await bind_a_queue(await connection.channel(), "drop-head")
        server = f"quorum_queues, {{'janji_{STRANGERS}', node()}}"
        await rabbit.control("eval", f"ra:stop_server({server}).")
        await line.append_at_once(520)

        async with line.relaying(confirm_timeout_seconds=2.0) as relay:
            await eventually(lambda: STRANGERS in relay.health.refusing, within_seconds=30)
            before = relay.health.sessions
            await eventually(lambda: relay.health.sessions >= before + 3, within_seconds=30)

            await rabbit.control("eval", f"ra:restart_server({server}).")
            await eventually(lambda: relay.health.position == 520, within_seconds=30)

        await line.assert_all_arrived(repeats_max=relay.health.sessions)

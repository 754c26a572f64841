"""The relay between a real log and a real broker, while nothing breaks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from shared.eventstore.epochs import open_epoch
from shared.eventstore.records import Recorded
from shared.messaging.envelope import Publication
from shared.messaging.relay.relay import Relay
from shared.postgres.errors import NotDirect
from testbed.databases import Database
from tests.support.eventstore.connection_poolers import pooled
from tests.support.messaging.published_notes import (
    SOURCE,
    collect,
    drain,
    envelopes_of,
    eventually,
    publish,
)
from tests.support.messaging.relay_line import RelayLine, open_relay_line


@pytest.fixture
async def line(database: Callable[[str], Database], vhost: str) -> AsyncIterator[RelayLine]:
    async with open_relay_line(database(SOURCE).app_url, vhost) as line:
        yield line


async def test_stored_events_are_published_in_order(line: RelayLine) -> None:
    await line.append_at_once(1_200)

    async with line.relaying() as relay:
        await eventually(lambda: relay.health.position == 1_200)
    events = await drain(line.follower)

    seen = dict.fromkeys(event.position for event in events)
    assert list(seen) == list(range(1, 1_201))
    assert events[0].body["data"] == {"number": events[0].body["subject"], "version": 1}
    assert (
        1_200 <= relay.health.published_events <= len(events)
    )  # a busy broker gets a window twice
    assert relay.health.lag_events == 0


async def test_an_append_wakes_it(line: RelayLine) -> None:
    async with line.relaying() as relay:
        await eventually(lambda: relay.health.connected)
        started_at = asyncio.get_running_loop().time()
        await line.append(1)

        await collect(line.follower, 1)

    assert asyncio.get_running_loop().time() - started_at < 0.4  # polling alone takes up to 0.5


async def test_the_next_relay_goes_on_where_the_last_one_stored(line: RelayLine) -> None:
    await line.append(3)
    async with line.relaying() as relay:
        await eventually(lambda: relay.health.position == 3)
    await line.append(2)

    async with line.relaying() as successor:
        await eventually(lambda: successor.health.position == 5)

    await line.assert_all_arrived(repeats_max=0)
    assert successor.health.term == relay.health.term + 1


async def test_a_second_relay_follows_and_shows_the_place(line: RelayLine) -> None:
    async with line.relaying() as leader:
        await eventually(lambda: leader.health.leading)
        async with line.relaying() as second:
            await line.append(2)
            await eventually(lambda: second.health.position == 2)

            assert not second.health.leading
            assert second.health.degraded is None


async def test_a_second_relay_takes_over(line: RelayLine) -> None:
    async with AsyncExitStack() as first, line.relaying() as second:
        leader = await first.enter_async_context(line.relaying())
        await eventually(lambda: leader.health.leading != second.health.leading)

        await first.aclose()

        await line.append(1)
        await eventually(lambda: second.health.leading and second.health.position == 1)


async def test_an_event_that_can_not_be_published_holds_up_only_what_follows(
    line: RelayLine,
) -> None:
    await line.append(4)

    async with line.relaying(publish=all_but_the_third) as relay:
        await eventually(lambda: "position 3" in str(relay.health.degraded))
        assert relay.health.position == 2, "the one beside it in its window went first"
        events = await collect(line.follower, 2)

    assert [event.position for event in events] == [1, 2]


def all_but_the_third(event: Any, recorded: Recorded) -> Publication:
    assert recorded.position != 3, "no contract"
    return publish(event, recorded)


async def test_an_epoch_that_opens_meanwhile_is_in_the_ids(
    database: Callable[[str], Database], vhost: str
) -> None:
    made = database(SOURCE)
    async with open_relay_line(made.app_url, vhost) as line, line.relaying() as relay:
        await line.append(1)
        await eventually(lambda: relay.health.position == 1)
        opened = await open_epoch(made.owner_url)
        await line.append(1)

        before, after = await collect(line.follower, 2)

    assert relay.health.sessions == 1
    assert (before.epoch == str(opened.id), after.epoch) == (False, str(opened.id))


async def test_a_payload_of_many_frames_arrives_whole(line: RelayLine) -> None:
    """A frame holds 128 KiB; what is longer goes out in several."""
    await line.append(2)

    async with line.relaying(publish=at_length):
        events = await collect(line.follower, 2)

    assert [event.body["data"]["text"] for event in events] == [LONG, LONG]


LONG = "panjang " * 50_000


def at_length(event: Any, recorded: Recorded) -> Publication:
    return replace(publish(event, recorded), data=msgspec.json.encode({"text": LONG}))


async def test_a_pooler_ends_the_relay_with_a_clear_line(line: RelayLine) -> None:
    async with pooled(line.database_url) as pooler_url:
        relay = Relay(
            database_url=pooler_url,
            broker_url=line.broker_url,
            event_log=line.log,
            envelopes=await envelopes_of(line.log),
        )

        with pytest.raises(NotDirect, match="direct connection"):
            await relay.run()


async def test_a_health_report_is_json(line: RelayLine) -> None:
    async with line.relaying() as relay:
        await line.append(1)
        await eventually(lambda: relay.health.position == 1)

        report = relay.health.report()

    assert report["leading"] is True
    assert report["lag_events"] == 0
    assert report["degraded"] is None

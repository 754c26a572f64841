"""Nothing that only the broker says may change a figure, whosever password was stolen."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import aio_pika
import aiormq
import msgspec
import pytest

from deploy.accounts import Account, administrator, of_services
from deploy.databases import SERVICES
from services.projections.ingest.follower import Consumer
from services.projections.replay.rebuild import rebuild
from services.projections.store.checkpoints import is_stale
from services.projections.store.log_heads import log_heads
from shared.messaging.connection import user_of
from shared.messaging.envelope import event_id
from shared.messaging.topology import EXCHANGE, projection_queue
from testbed.databases import Database
from tests.support.messaging.following import Following, following
from tests.support.messaging.published_notes import eventually

QUEUE = projection_queue("requests").name
EVENTS = 40
FORGED = 50


@dataclass
class Office:
    """`url_of` a broker user: each service's, with its rights, and an administrator's."""

    following: Following
    url_of: dict[str, str]


@pytest.fixture
async def office(
    database: Callable[[str], Database], vhost: str, broker_user: Callable[[Account], str]
) -> AsyncIterator[Office]:
    """Every service has a user of its own, and forty events of requests are applied."""
    accounts = [*of_services(dict.fromkeys(SERVICES, "secret")), administrator("chief", "secret")]
    urls = {account.name: broker_user(account) for account in accounts}
    async with following(database, vhost, keeps_order=True, users=urls) as office:
        async with office.consuming():
            await office.requests.write(EVENTS)
            await office.caught_up()
        yield Office(office, urls)


async def forgeries(office: Office, *, is_chained: bool = True) -> Sequence[bytes]:
    """Events that fit where the figures stand: all it takes is the public statistics' position and
    hash, and one event to imitate.
    """
    last = (await office.following.requests.feed.read(EVENTS - 1, 1)).events[0]
    body, forged = {**last.body}, list[bytes]()
    for position in range(EVENTS + 1, EVENTS + FORGED + 1):
        previous = body["loghash"] if is_chained else "00" * 32
        body |= {
            "id": event_id(UUID(last.epoch), position),
            "sequence": f"{position:020}",
            "subject": f"NOTE-{position}",
            "loghash": sha256(f"{position}".encode()).hexdigest(),
            "logprevious": previous,
            "partitionkey": str(UUID(int=position)),
            "data": {**last.body["data"], "number": f"NOTE-{position}", "version": 1},
        }
        forged.append(msgspec.json.encode(body))
    return forged


async def publish(url: str, bodies: Sequence[bytes], *, names_itself: bool = True) -> None:
    """To the source's exchange, by its routing key, as whoever the URL names."""
    async with await aio_pika.connect(url) as connection:
        exchange = await (await connection.channel()).get_exchange(EXCHANGE, ensure=False)
        for body in bodies:
            user = user_of(url) if names_itself else None
            await exchange.publish(aio_pika.Message(body, user_id=user), "requests.created.v1")


async def test_another_services_password_reaches_no_other_source(office: Office) -> None:
    [forged, *_] = await forgeries(office)
    thief = office.url_of["complaints"]

    with pytest.raises(aiormq.ChannelAccessRefused, match="topic"):
        await publish(thief, [forged])
    async with await aio_pika.connect(thief) as connection:
        queue = await (await connection.channel()).get_queue(QUEUE, ensure=False)
        with pytest.raises(aiormq.ChannelAccessRefused):
            await queue.bind(EXCHANGE, "complaints.#")
        exchange = await (await connection.channel()).get_exchange(EXCHANGE, ensure=False)
        in_anothers_name = aio_pika.Message(forged, user_id=user_of(office.url_of["requests"]))
        with pytest.raises(aiormq.ChannelPreconditionFailed, match="user_id"):
            await exchange.publish(in_anothers_name, "complaints.received.v1")


async def test_another_services_password_stops_no_relay(office: Office) -> None:
    """Tried before: RabbitMQ 3 checks no topic permission for a `CC` header, so an event of another
    source lay last in the stream, and the relay took its log for moved back.
    """
    ours, [forged, *_] = office.following, await forgeries(office)
    async with await aio_pika.connect(office.url_of["complaints"]) as connection:
        exchange = await (await connection.channel()).get_exchange(EXCHANGE, ensure=False)
        user = user_of(office.url_of["complaints"])
        message = aio_pika.Message(forged, user_id=user, headers={"CC": ["requests.created.v1"]})
        with suppress(aiormq.ChannelAccessRefused):  # RabbitMQ 4 checks it
            await exchange.publish(message, "complaints.received.v1")

    await ours.requests.stop_relay()
    ours.requests.start_relay()
    async with ours.consuming():
        await ours.requests.write(20)
        await ours.requests.relayed()
        await ours.caught_up()

    await ours.assert_balanced()


@pytest.mark.parametrize("names_itself", [True, False], ids=["named", "unnamed"])
async def test_forgeries_of_whoever_may_publish_anything(
    office: Office, names_itself: bool
) -> None:
    """Tried before: fifty of them raised the published count by fifty and froze the source."""
    forged, ours = await forgeries(office), office.following
    async with ours.consuming() as consumer:
        await publish(office.url_of["chief"], forged, names_itself=names_itself)
        await ours.requests.write(20)
        await ours.caught_up()
        await eventually(lambda: refused(consumer) == FORGED)

    await ours.assert_balanced()
    assert (await ours.position()).forked_at is None


async def test_forgeries_that_follow_nothing(office: Office) -> None:
    """Published with the source's own password, but of a history that isn't ours."""
    ours, forged = office.following, await forgeries(office, is_chained=False)
    async with ours.consuming():
        await publish(office.url_of["requests"], forged)
        await ours.requests.write(20)
        await ours.caught_up()

    await ours.assert_balanced()
    assert (await ours.position()).forked_at is None


async def test_sources_own_password_is_found_out_at_the_next_head_check(office: Office) -> None:
    """For a moment it shows. Then the source is stale, serves no heads, and a rebuild undoes it."""
    ours, forged = office.following, await forgeries(office)
    async with ours.consuming():
        await publish(office.url_of["requests"], forged)
        await eventually(lambda: is_forked(ours))  # at the event that the check met

        assert is_stale(await ours.positions(), ours.now())
        async with ours.reading() as connection:
            assert {head.source for head in await log_heads(connection)} == set()

        await rebuild(ours.builder())
        await ours.requests.write(20)
        await ours.caught_up()
        await eventually(lambda: is_forked(ours, False))

    await ours.assert_balanced()
    assert not is_stale(await ours.positions(), ours.now())


def refused(consumer: Consumer) -> int:
    return sum(each.subscription.refused_messages for each in consumer.followers)


async def is_forked(office: Following, expected: bool = True) -> bool:
    return ((await office.position()).forked_at is not None) == expected

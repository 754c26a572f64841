"""F21: a log is restored from a backup while its followers have seen more than the backup holds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import pytest

from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.replay.healing import ForkHealer
from services.projections.store.checkpoints import is_stale
from shared.eventstore.errors import LogUnavailable
from shared.messaging.topology import stream
from testbed.databases import Database
from testbed.dumps import dump, restore, restore_in_place
from testbed.event_logs import running as running_log
from testbed.notes import Note, note
from tests.support.messaging.event_source import assert_ends_soon
from tests.support.messaging.feed_server import TOKEN
from tests.support.messaging.following import Following, following
from tests.support.messaging.published_notes import eventually
from tests.support.messaging.streams import read_stream

Restore = Callable[[str, Database, Path], Awaitable[None]]
LOST, OTHERS = 52, 91
START = "0.0000000000000000"


class Subscriber:
    """Somebody else's program: it reads the feed, and keeps what it read and its cursor."""

    def __init__(self, url: str) -> None:
        self.read: dict[str, str] = {}  # id: hash
        self.contradicted: list[str] = []  # ids that stood for two contents
        self.cursor = START
        self._url = url

    async def catch_up(self) -> aiohttp.ClientResponse:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.get(f"{self._url}/v1/events", params={"cursor": self.cursor}) as answer,
        ):
            body = await answer.json(content_type=None)
            if answer.status == 200:
                for event in body:
                    if self.read.setdefault(event["id"], event["loghash"]) != event["loghash"]:
                        self.contradicted.append(event["id"])
                self.cursor = answer.headers["Janji-Cursor"]
        return answer


@pytest.fixture
async def office(database: Callable[[str], Database], vhost: str) -> AsyncIterator[Following]:
    async with following(database, vhost, keeps_order=True) as office:
        yield office


@asynccontextmanager
async def running(healer: ForkHealer) -> AsyncIterator[None]:
    task = asyncio.create_task(healer.run())
    try:
        yield
    finally:
        await assert_ends_soon(task)


@asynccontextmanager
async def opened(office: Following) -> AsyncIterator[GenerationBuilder]:
    yield office.builder()


@pytest.mark.parametrize("restored", [restore, restore_in_place], ids=["anew", "in place"])
async def test_a_restored_log_never_passes_for_the_old_one(
    office: Following, postgres: str, tmp_path: Path, vhost: str, restored: Restore
) -> None:
    """Before: 52 of 52 lost events had their ids given away, and the erased person was back."""
    source, subscriber = office.requests, Subscriber(office.requests.feed_url)
    person = note(text="her telephone number")
    async with office.consuming() as consumer:
        await source.store(person)
        await source.write(39)
        await dump(postgres, source.database, tmp_path / "backup")
        await source.write(LOST - 1)
        await source.erase(person.id)
        await office.caught_up()
        await subscriber.catch_up()

        await restored(postgres, source.database, tmp_path / "backup")
        await eventually(lambda: is_erased(office, person))
        await source.write(OTHERS)
        assert (await subscriber.catch_up()).status == 409
        await eventually(lambda: is_forked(office))
        assert is_stale(await office.positions(), office.now())

        async with running(ForkHealer(consumer.followers, lambda: opened(office))):
            await office.caught_up()
            await eventually(lambda: is_fresh(office))

    await assert_no_id_stands_for_two_events(office, subscriber)
    await assert_stream_tells_both_histories(vhost, subscriber)
    await assert_erased(office, person)
    await office.assert_balanced()


async def test_a_session_of_the_old_table_appends_nothing_to_the_restored_one(
    database: Callable[[str], Database], postgres: str, tmp_path: Path
) -> None:
    """The first command after the restore is the one that finds out."""
    made = database("eventlog")
    async with running_log(made.app_url) as log:
        await log.append(note())
        await dump(postgres, made, tmp_path / "backup")
        await log.append(note())
        await restore_in_place(postgres, made, tmp_path / "backup")

        await log.append(note())

        assert [each.first_position for each in await log.epochs()] == [1, 2]


async def assert_no_id_stands_for_two_events(office: Following, subscriber: Subscriber) -> None:
    subscriber.cursor = START
    await subscriber.catch_up()
    assert subscriber.contradicted == []
    assert len(subscriber.read) == 40 + LOST + OTHERS
    assert [each.first_position for each in await office.requests.log.epochs()] == [1, 41]


async def assert_stream_tells_both_histories(vhost: str, subscriber: Subscriber) -> None:
    """Somebody who reads the broker's stream sees each event under the id that the feed gives.

    Some come again: the backup knew nothing of their confirms.
    """
    messages = await read_stream(vhost, stream("requests").name, len(subscriber.read))
    streamed = [msgspec.json.decode(message.body) for message in messages]
    seen = {(each["id"], each["loghash"]) for each in streamed}
    assert seen <= set(subscriber.read.items())
    assert len({name for name, _ in seen}) > 40 + LOST, "of both histories"


async def assert_erased(office: Following, person: Note) -> None:
    assert (await office.requests.log.load(Note, person.id)).text is None


async def is_erased(office: Following, person: Note) -> bool:
    """At once where the connections ended with the old database, else within a second."""
    try:
        return (await office.requests.log.load(Note, person.id)).text is None
    except LogUnavailable:
        return False


async def is_forked(office: Following) -> bool:
    return (await office.position()).forked_at is not None


async def is_fresh(office: Following) -> bool:
    return not is_stale(await office.positions(), office.now())

"""What is appended is read back, in order, once."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest

from shared.eventstore.codec import Codec
from shared.eventstore.errors import (
    AggregateNotFound,
    CommandTooLarge,
    KeyReused,
    LogClosed,
    LogUnavailable,
    UnsealedText,
    UnstorableEvent,
    VersionConflict,
)
from shared.eventstore.log import EventLog
from shared.eventstore.reader import LogReader
from shared.eventstore.records import NO_HASH, Appended, CommandKey
from testbed.databases import Database
from testbed.event_logs import ALL, running, sound_history
from testbed.notes import Note, note, notes

Databases = Callable[[str], Database]


def a_key(request: bytes = b"request") -> CommandKey:
    return CommandKey(uuid4().hex, request)


async def test_an_aggregate_comes_back_as_it_was_left(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        written = note("red", "from Ani")
        written.paint("blue")
        appended = await log.append(written)

        loaded = await log.load(Note, written.id)

        assert (loaded.colour, loaded.text, loaded.version) == ("blue", "from Ani", 2)
        assert (appended.version, appended.first_position, appended.last_position) == (2, 1, 2)


async def test_an_aggregate_can_be_loaded_as_it_stood(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        written = note("red")
        written.paint("blue")
        await log.append(written)

        assert (await log.load(Note, written.id, version=1)).colour == "red"


async def test_unknown_aggregate_is_not_found(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        with pytest.raises(AggregateNotFound):
            await log.load(Note, uuid4())
        with pytest.raises(AggregateNotFound):
            await log.history(Note, uuid4())


async def test_an_empty_log_has_a_head(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        head = await log.head()
        (epoch,) = await log.epochs()

        assert (head.epoch, head.position, head.hash) == (epoch.id, 0, NO_HASH)
        assert head.recorded_at is None
        assert epoch.first_position == 1


async def test_the_head_is_the_last_event(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        await log.append(note())
        await log.append(note())
        head, (*_, last) = await log.head(), await log.read(0, ALL)

        assert (head.position, head.hash, head.recorded_at) == (2, last.hash, last.recorded_at)


async def test_reading_goes_on_where_it_left_off(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        await asyncio.gather(*(log.append(note()) for _ in range(5)))

        first, second = await log.read(0, 3), await log.read(3, 3)

        assert [event.position for event in [*first, *second]] == [1, 2, 3, 4, 5]
        assert await log.read(5, 3) == []


async def test_the_newest_come_first_and_only_those_in_between(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        await asyncio.gather(*(log.append(note()) for _ in range(5)))

        newest, between = await log.newest(0, 6, 2), await log.newest(1, 4, ALL)

        assert newest == (await log.read(0, ALL))[:2:-1]
        assert [event.position for event in between] == [3, 2]
        assert await log.newest(5, 6, ALL) == []


async def test_aggregates_are_listed(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        written, unwritten = note("red"), note()
        written.paint("blue")
        await log.append(written)

        assert await log.versions([written.id, unwritten.id]) == {written.id: 2}


async def test_commands_at_the_same_time_all_go_in(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        appended = await asyncio.gather(*(log.append(note()) for _ in range(1000)))

        assert sorted(each.last_position for each in appended) == list(range(1, 1001))
        assert len(await sound_history(log)) == 1000


async def test_several_processes_may_write_at_once(database: Databases) -> None:
    url = database("eventlog").app_url
    async with running(url) as one, running(url) as other:
        await asyncio.gather(*(log.append(note()) for log in [one, other] for _ in range(300)))

        assert len(await sound_history(one)) == 600


async def test_a_stale_aggregate_is_a_conflict_and_nothing_is_written(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        written = note()
        await log.append(written)
        stale = await log.load(Note, written.id)
        fresh = await log.load(Note, written.id)
        fresh.paint("blue")
        await log.append(fresh)
        stale.paint("green")

        with pytest.raises(VersionConflict) as conflict:
            await log.append(stale)

        assert (conflict.value.expected, conflict.value.found) == (1, 2)
        assert (await log.load(Note, written.id)).colour == "blue"
        assert (await log.head()).position == 2


async def test_a_conflict_leaves_its_neighbours_alone(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        taken = note()
        await log.append(taken)

        before, conflict, after = await asyncio.gather(
            log.append(note()),
            log.append(note(id=taken.id)),
            log.append(note()),
            return_exceptions=True,
        )

        assert isinstance(conflict, VersionConflict)
        assert isinstance(before, Appended)
        assert isinstance(after, Appended)
        assert len(await sound_history(log)) == 3


async def test_a_repeated_command_gets_its_first_outcome(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        key = a_key()
        first = await log.append(note("red"), key=key)
        await log.append(note())

        again = await log.append(note("red"), key=key)

        assert again.replayed
        assert not first.replayed
        assert (again.originator_id, again.version) == (first.originator_id, first.version)
        assert (again.first_position, again.last_position) == (1, 1)
        assert again.recorded_at == first.recorded_at
        assert (await log.head()).position == 2


async def test_a_key_is_found_with_its_first_outcome(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        key, written = a_key(), note("red")
        written.paint("blue")
        assert await log.find(key) is None

        appended = await log.append(written, key=key)
        found = await log.find(key)

        assert found is not None
        assert (found.first_position, found.last_position) == (1, 2)
        assert (found.originator_id, found.version) == (appended.originator_id, 2)


async def test_a_key_with_another_request_is_refused(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        key = a_key(b"one")
        await log.append(note(), key=key)

        with pytest.raises(KeyReused):
            await log.append(note(), key=CommandKey(key.key, b"other"))
        with pytest.raises(KeyReused):
            await log.find(CommandKey(key.key, b"other"))

        assert (await log.head()).position == 1


async def test_one_key_sent_many_times_at_once_is_written_once(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        key = a_key()
        appended = await asyncio.gather(*(log.append(note(), key=key) for _ in range(50)))

        assert {each.last_position for each in appended} == {1}
        assert [each.replayed for each in appended].count(False) == 1
        assert (await log.head()).position == 1


async def test_a_command_too_large_fails_before_it_queues(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        with pytest.raises(CommandTooLarge):
            await log.append(note("x" * 5_000_000))

        assert (await log.head()).position == 0


async def test_unstorable_event_fails_before_it_queues(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        with pytest.raises(UnstorableEvent):
            await log.append(note("\ud800"))
        with pytest.raises(UnstorableEvent):
            await log.append(note(), trace="a\0b")


async def test_personal_text_is_never_stored_unsealed(database: Databases) -> None:
    async with running(database("eventlog").app_url, codec=Codec([Note])) as log:
        with pytest.raises(UnsealedText):
            await log.append(note("red", "from Ani"))

        assert (await log.head()).position == 0


async def test_the_trace_goes_with_the_events(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        await log.append(note(), trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")

        (event,) = await log.read(0, ALL)

        assert event.trace == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_closed_log_takes_in_nothing(database: Databases) -> None:
    async with running(database("eventlog").app_url) as log:
        pass

    with pytest.raises(LogClosed):
        await log.append(note())


async def test_a_log_that_cant_be_reached_says_so(database: Databases) -> None:
    url = database("eventlog").app_url.replace("/test_", "/no_such_")

    with pytest.raises(LogUnavailable, match="no_such_"):
        await EventLog(url, codec=notes()).__aenter__()


async def test_a_reader_alone_reads(database: Databases) -> None:
    url = database("eventlog").app_url
    async with running(url) as log:
        written = note()
        await log.append(written)

    async with LogReader(url, codec=notes()) as reader:
        assert (await reader.load(Note, written.id)).colour == written.colour

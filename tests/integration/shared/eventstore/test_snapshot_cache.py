"""A long stream is loaded from where it stood last, and says what reading all of it says."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.eventstore import snapshot_cache
from shared.eventstore.codec import Codec, Stored
from shared.eventstore.errors import AggregateNotFound, VersionConflict
from shared.eventstore.log import EventLog
from testbed.databases import Database
from testbed.event_logs import connected, running
from testbed.notes import KEYRING, Note, note
from tests.support.years.examples import examples

Databases = Callable[[str], Database]


class CountingCodec(Codec):
    """Counts the events that it decodes."""

    def __init__(self) -> None:
        super().__init__([Note], KEYRING)
        self.decoded = 0

    def decode(self, stored: Stored, key: Any = None) -> Any:
        self.decoded += 1
        return super().decode(stored, key)

    def counted(self) -> int:
        """Since the last time."""
        counted, self.decoded = self.decoded, 0
        return counted


@asynccontextmanager
async def long_note(url: str, events: int) -> AsyncIterator[tuple[EventLog, CountingCodec, UUID]]:
    """A log with a note of so many events in it, in one command."""
    codec = CountingCodec()
    async with running(url, codec=codec) as log:
        written = note("red", "from Ani")
        for _ in range(events - 1):
            written.paint("blue")
        await log.append(written)
        yield log, codec, written.id


async def painted(log: EventLog, id_: UUID, colour: str = "green") -> None:
    loaded = await log.load(Note, id_)
    loaded.paint(colour)
    await log.append(loaded)


async def test_only_events_since_the_last_load_are_read_of_a_thousand(
    database: Databases,
) -> None:
    async with long_note(database("eventlog").app_url, 1_000) as (log, codec, id_):
        await painted(log, id_)
        assert codec.counted() == 1_000

        await painted(log, id_)
        await painted(log, id_)

        assert codec.counted() == 2


async def test_another_replica_reads_what_it_has_not_seen(database: Databases) -> None:
    url = database("eventlog").app_url
    other_codec = CountingCodec()
    async with (
        long_note(url, 1_000) as (one, _, id_),
        running(url, codec=other_codec) as other,
    ):
        await other.load(Note, id_)
        await painted(one, id_, "white")
        await painted(one, id_, "black")
        other_codec.counted()

        loaded = await other.load(Note, id_)

        assert (loaded.version, loaded.colour) == (1_002, "black")
        assert other_codec.counted() == 2


async def test_a_command_that_fails_leaves_nothing_behind(database: Databases) -> None:
    async with long_note(database("eventlog").app_url, 100) as (log, _, id_):
        await log.load(Note, id_)
        given_up = await log.load(Note, id_)

        given_up.paint("never stored")

        loaded = await log.load(Note, id_)
        assert (loaded.version, loaded.colour, loaded.pending_events) == (100, "blue", [])


async def test_an_earlier_version_is_read_from_the_start(database: Databases) -> None:
    async with long_note(database("eventlog").app_url, 100) as (log, _, id_):
        await log.load(Note, id_)

        assert (await log.load(Note, id_, version=1)).colour == "red"
        assert (await log.load(Note, id_)).colour == "blue"


async def test_erasure_by_another_replica_takes_effect_at_the_next_load(
    database: Databases,
) -> None:
    url = database("eventlog").app_url
    async with long_note(url, 100) as (one, _, id_), running(url) as other:
        assert (await one.load(Note, id_)).text == "from Ani"
        erased = await other.load(Note, id_)
        erased.erase()
        await other.append(erased, erases=True)

        loaded = await one.load(Note, id_)

        assert (loaded.version, loaded.text) == (101, None)


FORK = "delete from stored_events where originator_version > $1"


async def test_lost_events_are_not_remembered_after_a_restore(database: Databases) -> None:
    made = database("eventlog")
    async with (
        long_note(made.app_url, 100) as (log, _, id_),
        connected(made.owner_url) as restored,
    ):
        await painted(log, id_, "lost")
        assert (await log.load(Note, id_)).colour == "lost"
        await restored.execute(FORK, 100)

        assert (await log.load(Note, id_)).colour == "blue"

        await painted(log, id_, "found")
        assert (await log.load(Note, id_)).colour == "found"


async def test_another_event_of_the_same_version_is_read_after_a_restore(
    database: Databases,
) -> None:
    made = database("eventlog")
    async with (
        long_note(made.app_url, 100) as (log, _, id_),
        running(made.app_url) as other,
        connected(made.owner_url) as restored,
    ):
        await painted(log, id_, "lost")
        await log.load(Note, id_)
        await restored.execute(FORK, 100)
        await painted(other, id_, "written since")

        assert (await log.load(Note, id_)).colour == "written since"


async def test_a_stream_that_a_restore_lost_is_not_found(database: Databases) -> None:
    made = database("eventlog")
    async with (
        long_note(made.app_url, 100) as (log, _, id_),
        connected(made.owner_url) as restored,
    ):
        await log.load(Note, id_)
        await restored.execute(FORK, 0)

        with pytest.raises(AggregateNotFound):
            await log.load(Note, id_)


# Whatever two replicas do.

COMMANDS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(["paint", "rewrite", "erase", "race", "look"])),
    min_size=3,
    max_size=14,
)


async def given_to(log: EventLog, id_: UUID, command: str, said: str) -> None:
    loaded = await log.load(Note, id_)
    match command:
        case "paint":
            loaded.paint(said)
        case "rewrite":
            loaded.rewrite(said)
        case "erase":
            loaded.erase()
    if loaded.pending_events:
        await log.append(loaded, erases=command == "erase")


async def raced(one: EventLog, other: EventLog, id_: UUID, said: str) -> None:
    """Both decide on the same version; the second is too late."""
    first, second = await one.load(Note, id_), await other.load(Note, id_)
    first.paint(said)
    second.paint("too late")
    await one.append(first)
    with pytest.raises(VersionConflict):
        await other.append(second)


@pytest.fixture
def url(database: Databases, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a log whose streams are long from their second event on."""
    monkeypatch.setattr(snapshot_cache, "EVENTS_MIN", 2)
    return database("eventlog").app_url


@settings(
    max_examples=examples(15),
    deadline=None,  # the database may be busy with other tests
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(commands=COMMANDS)
async def test_cached_state_equals_the_whole_stream(
    url: str, commands: list[tuple[int, str]]
) -> None:
    async with running(url) as one, running(url) as other, running(url) as whole:
        written = note("red", "from Ani")
        await one.append(written)
        for index, (replica, command) in enumerate(commands):
            log, rival = (one, other) if replica == 0 else (other, one)
            if command == "race":
                await raced(log, rival, written.id, f"{index}")
            else:
                await given_to(log, written.id, command, f"{index}")
            whole._snapshots.forget_all()
            true = vars(await whole.load(Note, written.id))
            assert vars(await log.load(Note, written.id)) == true
            if index % 2:
                assert vars(await rival.load(Note, written.id)) == true

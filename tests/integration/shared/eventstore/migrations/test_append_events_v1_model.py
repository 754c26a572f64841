"""append_events against a model of twenty lines: any commands, in any calls, however cut."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.eventstore.append.command_append import Append, AppendOutcome, append_of
from shared.eventstore.append.writer import APPEND, arguments_of
from shared.eventstore.codec import Encoded
from shared.eventstore.reader import LogReader
from shared.eventstore.records import CommandKey
from shared.postgres.connection import Connection
from testbed.databases import Database
from testbed.event_logs import connected, sound_history
from testbed.notes import notes
from tests.support.years.examples import examples

Databases = Callable[[str], Database]
HEAD = "select coalesce(max(notification_id), 0) from stored_events"


class Answered(NamedTuple):
    """What is compared: all of an `AppendOutcome` but the instant."""

    answer: str
    originator_id: UUID | None = None
    version: int | None = None
    first_position: int | None = None
    last_position: int | None = None


@dataclass(frozen=True)
class Drawn:
    """A command as Hypothesis draws it: few streams, keys and requests, so that they meet."""

    stream: int
    first_version: int
    events: int
    key: int
    request: int


@dataclass
class Model:
    """What append_events promises."""

    head: int
    versions: dict[UUID, int] = field(default_factory=dict)
    outcomes: dict[str, tuple[bytes, Answered]] = field(default_factory=dict)

    def append(self, append: Append) -> Answered:
        stream, version = append.originator_id, self.versions.get(append.originator_id)
        if append.key.key in self.outcomes:
            request_hash, first = self.outcomes[append.key.key]
            same = request_hash == append.key.request_hash
            return first._replace(answer="replayed") if same else Answered("key_reused")
        if append.first_version not in ((0, 1) if version is None else (version + 1,)):
            return Answered("conflict", stream, version)
        first_position = self.head + 1
        self.head += len(append.states)
        self.versions[stream] = append.last_version
        outcome = Answered("appended", stream, append.last_version, first_position, self.head)
        self.outcomes[append.key.key] = (append.key.request_hash, outcome)
        return outcome


COMMANDS = st.builds(
    Drawn,
    stream=st.integers(0, 3),
    first_version=st.integers(0, 5),
    events=st.integers(1, 3),
    key=st.integers(0, 9),
    request=st.integers(0, 1),
)
CALLS = st.lists(
    st.lists(COMMANDS, min_size=1, max_size=4, unique_by=(lambda c: c.stream, lambda c: c.key)),
    max_size=12,
)


@pytest.fixture
def url(database: Databases) -> str:
    return database("eventlog").app_url


@settings(
    max_examples=examples(20),
    deadline=None,  # the database may be busy with other tests
    # One log for all examples: each has streams and keys of its own in it.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(calls=CALLS)
async def test_append_events_does_what_the_model_does(url: str, calls: list[list[Drawn]]) -> None:
    async with connected(url) as connection:
        example, model = uuid4(), Model(head=await connection.fetchval(HEAD))

        for drawn in calls:
            appends = [_append(example, command) for command in drawn]
            assert await _answered(connection, appends) == [model.append(a) for a in appends]

        assert await connection.fetchval(HEAD) == model.head
    async with LogReader(url, codec=notes()) as log:
        await sound_history(log)


def _append(example: UUID, drawn: Drawn) -> Append:
    encoded = [
        Encoded(uuid5(example, str(drawn.stream)), version, "notes.painted", b"{}")
        for version in range(drawn.first_version, drawn.first_version + drawn.events)
    ]
    return append_of(encoded, key=CommandKey(f"{example} {drawn.key}", bytes([drawn.request])))


async def _answered(connection: Connection, appends: list[Append]) -> list[Answered]:
    rows = await connection.fetch(APPEND, *arguments_of(appends))
    return [_answer(AppendOutcome(*row)) for row in rows]


def _answer(outcome: AppendOutcome) -> Answered:
    if outcome.answer == "key_reused":
        return Answered("key_reused")  # the rest says nothing then
    return Answered(
        outcome.answer,
        outcome.originator_id,
        outcome.version,
        outcome.first_position,
        outcome.last_position,
    )

"""The log's reader: aggregates with their history, the events in order, the head.

`EventLog` adds the writing. `LogReader` alone serves processes that only read, such as
`janji verify`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from eventsourcing.domain import Aggregate

from shared.eventstore import database
from shared.eventstore.codec import Codec
from shared.eventstore.errors import AggregateNotFound, KeyReused
from shared.eventstore.keys.sealing_key_cache import SealingKeyCache
from shared.eventstore.readings import PersonalDataReadings
from shared.eventstore.records import (
    NO_HASH,
    Appended,
    CommandKey,
    Epoch,
    Head,
    Recorded,
    recorded_from,
)
from shared.eventstore.sealing import WrappedKey
from shared.eventstore.snapshot_cache import SnapshotCache
from shared.postgres.connection import Connection

A = TypeVar("A", bound=Aggregate)

VERSION_MAX = 2**63 - 1

# The first event's predecessor is the one at $1: a log has no gaps. The epoch comes in the same
# statement, so each event is seen with the epoch that it was written in.
READ = f"""
    select notification_id, originator_id, originator_version, topic, state,
        recorded_at, hash, trace,
        coalesce(
            lag(hash) over (order by notification_id),
            (select hash from stored_events where notification_id = $1),
            '\\x{NO_HASH.hex()}'
        ) as previous_hash,
        (select id from epochs order by number desc limit 1) as newest_epoch
    from (
        select * from stored_events
        where notification_id > $1
        order by notification_id
        limit $2
    ) as page
    order by notification_id
"""  # noqa: S608 (a constant)
NEWEST = """
    select notification_id, originator_id, originator_version, topic, state,
        recorded_at, hash, trace
    from stored_events
    where notification_id > $1 and notification_id < $2
    order by notification_id desc
    limit $3
"""
VERSIONS = """
    select originator_id, max(originator_version) as version
    from stored_events
    where originator_id = any($1)
    group by originator_id
"""
# One statement, so one snapshot: the key is the one that the stream had at its last version.
HISTORY = """
    select e.notification_id, e.originator_id, e.originator_version, e.topic, e.state,
        e.recorded_at, e.hash, e.trace, k.wrapped_key
    from stored_events e
    left join sealing_keys k on k.originator_id = e.originator_id
    where e.originator_id = $1 and e.originator_version between $2 and $3
        and ($4::text[] is null or e.topic = any($4))
    order by e.originator_version
"""
STREAMS = """
    select notification_id, originator_id, originator_version, topic, state,
        recorded_at, hash, trace
    from stored_events
    where originator_id = any($1)
    order by originator_id, originator_version
"""
HEAD = """
    select (select id from epochs order by number desc limit 1) as epoch,
        e.notification_id, e.hash, e.recorded_at
    from (values (1)) as always
    left join lateral (
        select notification_id, hash, recorded_at
        from stored_events
        order by notification_id desc
        limit 1
    ) e on true
"""
EPOCHS = "select id, first_position from epochs order by number"
FIND = """
    select l.request_hash, l.first_position, l.last_position,
        e.originator_id, e.originator_version, e.recorded_at
    from command_log l
    join stored_events e on e.notification_id = l.last_position
    where l.key = $1
"""


class LogReader:
    """A log opened for reading, by any number of tasks of one event loop; reads may be cancelled.

    Every method raises LogUnavailable when the database is unavailable.
    """

    def __init__(self, database_url: str, *, codec: Codec, name: str = "events") -> None:
        self._codec = codec
        self._name = name
        self._key_cache = SealingKeyCache()
        self._snapshots = SnapshotCache()
        self.readings = PersonalDataReadings(self._connection, codec)
        self._pool = database.read_pool(database_url, name=name, first=self._prepare)

    async def __aenter__(self) -> Self:
        """Raises LogUnavailable."""
        with database.as_log_unavailable():
            await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)

    async def _prepare(self, connection: Connection) -> None:
        """Called with each new connection: a reader takes the log as it is."""

    # Aggregates.

    async def load(self, kind: type[A], id: UUID, *, version: int | None = None) -> A:  # noqa: A002
        """The aggregate in its present state, or as of `version`.

        Raises AggregateNotFound, UnreadableEvent.
        """
        until = VERSION_MAX if version is None else version
        aggregate = await self._from_snapshot(id, until) or await self._folded(kind, id, until)
        if not isinstance(aggregate, kind):
            raise AggregateNotFound(kind.__name__, id)
        return aggregate

    async def history(
        self,
        kind: type[Aggregate],
        id: UUID,  # noqa: A002
        *,
        topics: Collection[str] | None = None,
    ) -> list[tuple[Recorded, Any]]:
        """The aggregate's events, of these topics or all, personal data unsealed.

        Raises AggregateNotFound (not if only these topics are missing), UnreadableEvent.
        """
        _, history = await self._history(kind, id, VERSION_MAX, topics)
        return history

    async def streams(self, ids: Iterable[UUID]) -> Mapping[UUID, Sequence[Recorded]]:
        """The events of the aggregates that exist among these, each stream in order."""
        async with self._connection() as connection:
            rows = await connection.fetch(STREAMS, list(ids))
        streams: dict[UUID, list[Recorded]] = {}
        for row in rows:
            streams.setdefault(row["originator_id"], []).append(recorded_from(row))
        return streams

    async def versions(self, ids: Iterable[UUID]) -> Mapping[UUID, int]:
        """The last version of each aggregate that exists among these."""
        async with self._connection() as connection:
            rows = await connection.fetch(VERSIONS, list(ids))
        return {row["originator_id"]: row["version"] for row in rows}

    async def find(self, key: CommandKey) -> Appended | None:
        """The first outcome of this key, if it has one yet. Raises KeyReused.

        A commit under way isn't visible, so None is no proof: `append` looks again, under the lock.
        """
        async with self._connection() as connection:
            row = await connection.fetchrow(FIND, key.key)
        if row is None:
            return None
        if row["request_hash"] != key.request_hash:
            raise KeyReused
        return Appended(
            originator_id=row["originator_id"],
            version=row["originator_version"],
            first_position=row["first_position"],
            last_position=row["last_position"],
            recorded_at=row["recorded_at"],
            replayed=True,
        )

    # The log as a whole.

    async def read(self, after: int, limit: int) -> list[Recorded]:
        """The next events after a position, in order, without gaps, at most `limit`."""
        async with self._connection() as connection:
            rows = await connection.fetch(READ, after, limit)
        return [recorded_from(row) for row in rows]

    async def newest(self, after: int, before: int, limit: int) -> list[Recorded]:
        """The last events between two positions (exclusive), newest first, at most `limit`."""
        async with self._connection() as connection:
            rows = await connection.fetch(NEWEST, after, before, limit)
        return [recorded_from(row) for row in rows]

    async def head(self) -> Head:
        async with self._connection() as connection:
            row = await connection.fetchrow(HEAD)
        assert row is not None, "one row, whatever the tables hold"
        return Head(
            epoch=row["epoch"],
            position=row["notification_id"] or 0,
            hash=row["hash"] or NO_HASH,
            recorded_at=row["recorded_at"],
        )

    async def epochs(self) -> list[Epoch]:
        """Oldest first."""
        async with self._connection() as connection:
            rows = await connection.fetch(EPOCHS)
        return [Epoch(row["id"], row["first_position"]) for row in rows]

    async def _folded(self, kind: type[Aggregate], originator_id: UUID, until: int) -> Any:
        """The aggregate, folded from its first event on."""
        key, history = await self._history(kind, originator_id, until)
        aggregate = None
        for _, event in history:
            aggregate = event.mutate(aggregate)
        if aggregate is not None:
            self._snapshots.keep(aggregate, history[-1][0], key)
        return aggregate

    async def _from_snapshot(self, originator_id: UUID, until: int) -> Any:
        """The aggregate from its snapshot and the events since; None without a valid snapshot."""
        kept = self._snapshots.find(originator_id, until=until)
        if kept is None:
            return None
        key, stored = await self._read_stream(originator_id, kept.version, until)
        if not stored or not kept.holds(stored[0], key):
            self._snapshots.forget(originator_id)
            return None
        aggregate = kept.aggregate()
        for event in self._decoded(stored[1:], originator_id, key):
            aggregate = event.mutate(aggregate)
        if len(stored) > 1:
            self._snapshots.keep(aggregate, stored[-1], key)
        return aggregate

    async def _history(
        self,
        kind: type[Aggregate],
        originator_id: UUID,
        until: int,
        topics: Collection[str] | None = None,
    ) -> tuple[WrappedKey | None, list[tuple[Recorded, Any]]]:
        key, stored = await self._read_stream(originator_id, 0, until, topics)
        if not stored and topics is None:
            raise AggregateNotFound(kind.__name__, originator_id)
        return key, list(zip(stored, self._decoded(stored, originator_id, key), strict=True))

    async def _read_stream(
        self,
        originator_id: UUID,
        since: int,
        until: int,
        topics: Collection[str] | None = None,
    ) -> tuple[WrappedKey | None, list[Recorded]]:
        """The events of these versions, and their stream's sealing key."""
        async with self._connection() as connection:
            rows = await connection.fetch(HISTORY, originator_id, since, until, topics)
        if not rows:
            return None, []
        key = rows[0]["wrapped_key"]
        self._key_cache.learn(originator_id, rows[-1]["originator_version"], key)
        return key, [recorded_from(row) for row in rows]

    def _decoded(
        self, stored: Iterable[Recorded], originator_id: UUID, wrapped: WrappedKey | None
    ) -> list[Any]:
        key = self._codec.unwrapped(wrapped, originator_id)
        return [self._codec.decode(recorded, key) for recorded in stored]

    def _connection(self) -> AbstractAsyncContextManager[Connection]:
        return database.borrowed(self._pool)

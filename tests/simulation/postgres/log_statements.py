"""What the product's statements do to a log: append, read, find, lead the relay.

`tests/simulation/test_models.py` runs the same commands here and on PostgreSQL.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.eventstore import epochs, listener, log, reader, readings
from shared.eventstore.append import writer
from shared.eventstore.integrity.chain import link
from shared.eventstore.records import NO_HASH, Recorded
from shared.postgres import connection
from tests.simulation.postgres.database import Answer, Database, Row, Session, statement
from tests.simulation.postgres.tables import Log, Outcome

HALF_A_DAY = timedelta(hours=12)
EPOCHS = UUID(int=7)


def append_lock(_session: Session, *_args: object) -> tuple[str, bool]:
    return "append", False


@statement("listen", "select")
def nothing(session: Session) -> Answer:
    return ""


@statement("commit")
def _commit(session: Session) -> Answer:
    session.commit()
    return "COMMIT"


@statement("rollback")
def _rollback(session: Session) -> Answer:
    session.rollback()
    return "ROLLBACK"


@statement(connection._SESSION)
def _session(session: Session) -> Answer:
    return [Row(pid=session.pid, statement_timeout=session.settings["statement_timeout"])]


@statement(log.CLOCK)
def _clock(session: Session) -> Answer:
    return [Row(clock=session.database.clock())]


# Append.


@statement(writer.APPEND, writer.APPEND_CLAIMING, lock=append_lock, commits=True)
def _append(session: Session, *args: Any) -> Answer:
    """All commands of a call, each by the tables as they were before it."""
    database = session.database
    keys, hashes, ids, firsts, counts, traces, wrapped, _erasing, topics, states, caller_at = args[
        :11
    ]
    names, sharing = args[11:] if len(args) > 11 else ([None] * len(keys), [False] * len(keys))
    before, at = database.log.copy(), _stamp(session, caller_at)
    answers, events = [], _events(topics, states, counts)
    for n, (key, stream) in enumerate(zip(keys, ids, strict=True)):
        own = next(events)
        holder = _holder(before, stream, names[n], shares=sharing[n])
        answer = _decide(before, key, hashes[n], stream, firsts[n], at, holder=holder)
        if answer["outcome"] == "appended":
            answer |= _store(database.log, stream, firsts[n], own, at, traces[n])
            positions = answer["first_position"], answer["last_position"]
            database.log.keys[key] = Outcome(hashes[n], *positions)
            if wrapped and wrapped[n]:
                database.log.sealing_keys[stream] = wrapped[n]
            if names[n] == "":
                database.log.claims.pop(stream, None)
            elif names[n]:
                database.log.claims[stream] = names[n], answer["first_position"]
            database.tell("appended", (key, answer, database.log.streams[stream][-counts[n] :]))
        answers.append(answer)
    if len(database.log.events) > len(before.events):
        database.notify(str(len(database.log.events)))
    return answers


def _stamp(session: Session, caller_at: datetime | None) -> datetime:
    """`append_clock_v1`, and no stamp before the last one."""
    clock, events = session.database.clock(), session.database.log.events
    if caller_at is not None and clock > caller_at + HALF_A_DAY:
        clock = caller_at
    return max(clock, events[-1].recorded_at) if events else clock


def _events(
    topics: Sequence[str], states: Sequence[bytes], counts: Sequence[int]
) -> Iterator[list[tuple[str, bytes]]]:
    events = iter(zip(topics, states, strict=True))
    for count in counts:
        yield [next(events) for _ in range(count)]


def _holder(before: Log, stream: UUID, name: str | None, *, shares: bool) -> UUID | None:
    """The first other stream that holds the name."""
    if not name or shares:
        return None
    held = [(at, other) for other, (held, at) in before.claims.items() if held == name]
    return next((other for _, other in sorted(held) if other != stream), None)


def _decide(
    before: Log,
    key: str,
    request_hash: bytes,
    stream: UUID,
    first_version: int,
    at: datetime,
    *,
    holder: UUID | None,
) -> Row:
    version = before.streams[stream][-1].version if stream in before.streams else None
    answer = _conflict(stream, version, at)
    if (known := before.keys.get(key)) is not None:
        answer |= {"first_position": known.first_position, "last_position": known.last_position}
        if known.request_hash != request_hash:
            return Row(answer | {"outcome": "key_reused"})
        last = before.events[known.last_position - 1]
        of_last = {"originator_id": last.originator_id, "version": last.version}
        return Row(answer | of_last | {"outcome": "replayed", "recorded_at": last.recorded_at})
    if holder is not None:
        return Row(answer | {"outcome": "taken", "originator_id": holder})
    if first_version == version + 1 if version is not None else first_version in (0, 1):
        return Row(answer | {"outcome": "appended"})
    return answer


def _conflict(stream: UUID, version: int | None, at: datetime) -> Row:
    return Row(
        outcome="conflict",
        originator_id=stream,
        version=version,
        first_position=None,
        last_position=None,
        recorded_at=at,
    )


def _store(
    into: Log,
    stream: UUID,
    first_version: int,
    events: Sequence[tuple[str, bytes]],
    at: datetime,
    trace: str | None,
) -> dict[str, int]:
    first_position = len(into.events) + 1
    for version, (topic, state) in enumerate(events, first_version):
        position = len(into.events) + 1
        bare = Recorded(position, stream, version, topic, state, at, b"", trace, into.head_hash)
        recorded = replace(bare, hash=link(into.head_hash, bare))
        into.events.append(recorded)
        into.streams.setdefault(stream, []).append(recorded)
    return {
        "version": first_version + len(events) - 1,
        "first_position": first_position,
        "last_position": len(into.events),
    }


# Epochs.


@statement(epochs.SETTLED_EPOCH, lock=append_lock)
def _settled_epoch(session: Session) -> Answer:
    database, kept = session.database, session.database.log
    if not kept.epochs:
        kept.epochs.append((uuid5(EPOCHS, "1"), 1, None))
    newest, first_position, place = kept.epochs[-1]
    if place is None and not kept.events:
        kept.epochs[-1] = (newest, first_position, database.place)
    elif place != database.place:
        opened = uuid5(EPOCHS, f"{database.place} {len(kept.epochs)}")
        kept.epochs.append((opened, len(kept.events) + 1, database.place))
    return [Row(epoch=kept.epochs[-1][0])]


def open_epoch_of_copy(database: Database) -> None:
    """As `open_epoch_of_copy_v1`: from the first event on that wasn't published since."""
    kept = database.log
    opened = uuid5(EPOCHS, f"{database.place} {len(kept.epochs)}")
    kept.epochs.append((opened, kept.relayed + 1, database.place))


@statement(log.ERASE_AGAIN, log.FORGET)
def _none_of_them(session: Session, *_args: object) -> Answer:
    return [Row(count=0)]


@statement(reader.EPOCHS)
def _epochs(session: Session) -> Answer:
    return [Row(id=id_, first_position=first) for id_, first, _ in session.database.log.epochs]


# Reading.


def _recorded(event: Recorded) -> Row:
    return Row(
        notification_id=event.position,
        originator_id=event.originator_id,
        originator_version=event.version,
        topic=event.topic,
        state=event.state,
        recorded_at=event.recorded_at,
        hash=event.hash,
        trace=event.trace,
    )


@statement(reader.READ)
def _read(session: Session, after: int, limit: int) -> Answer:
    kept = session.database.log
    rows = []
    for event in kept.events[after : after + limit]:
        previous = kept.events[event.position - 2].hash if event.position > 1 else NO_HASH
        rows.append(Row(_recorded(event), previous_hash=previous, newest_epoch=kept.epochs[-1][0]))
    return rows


@statement(reader.HISTORY)
def _history(session: Session, stream: UUID, since: int, until: int, topics: Any) -> Answer:
    kept = session.database.log
    wrapped = kept.sealing_keys.get(stream)
    return [
        Row(_recorded(event), wrapped_key=wrapped)
        for event in kept.streams.get(stream, [])
        if since <= event.version <= until and (topics is None or event.topic in topics)
    ]


@statement(reader.VERSIONS)
def _versions(session: Session, streams: Sequence[UUID]) -> Answer:
    kept = session.database.log.streams
    return [
        Row(originator_id=stream, version=kept[stream][-1].version)
        for stream in dict.fromkeys(streams)
        if stream in kept
    ]


@statement(reader.HEAD)
def _head(session: Session) -> Answer:
    kept = session.database.log
    last = kept.events[-1] if kept.events else None
    return [
        Row(
            epoch=kept.epochs[-1][0],
            notification_id=last and last.position,
            hash=last and last.hash,
            recorded_at=last and last.recorded_at,
        )
    ]


@statement(listener.HEAD_POSITION)
def _head_position(session: Session) -> Answer:
    return [Row(max=len(session.database.log.events))]


@statement(reader.FIND)
def _find(session: Session, key: str) -> Answer:
    kept = session.database.log
    if (known := kept.keys.get(key)) is None:
        return []
    return [Row(vars(known), **_recorded(kept.events[known.last_position - 1]))]


@statement(readings.RECORD)
def _record_reading(session: Session, _stream: UUID, _sub: str) -> Answer:
    return ""


@statement(log.SEALING_KEY)
def _sealing_key(session: Session, stream: UUID) -> Answer:
    kept = session.database.log.sealing_keys
    return [Row(wrapped_key=kept.get(stream), is_erased=False)]

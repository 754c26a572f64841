"""Holds events that can't be applied, and the later events of the same case, in order.

All other cases go on. An event is stored here in the transaction that moves the position past it,
so it is either applied, or held, or still to come. After the read model is repaired, an operator
runs `janji quarantine retry`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg
import msgspec

from shared.messaging.subscription import Incoming
from shared.postgres.connection import Connection

Apply = Callable[[Connection, str, Sequence[Incoming], date], Awaitable[None]]


HELD_CASES_MAX = 1_000  # with more the release is broken, not an event
_ERROR_LENGTH_MAX = 1_000
_POISON_STATES = ("22", "23", "54", "P0")  # data, constraints, limits, errors raised by functions


class TooManyHeld(Exception):
    """So many cases are held that the read models must be wrong: the source stops."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"more than {HELD_CASES_MAX} cases of {source} can't be applied: mend the read models"
        )


def aggregate_of(event: Incoming) -> str:
    """The case of an event; an event that names none is a case of its own."""
    return str(event.body.get("partitionkey", event.position))


def is_poison(error: Exception) -> bool:
    """Whether the event is the cause of the error, and not its surroundings.

    A lost connection, a full disk, a missing table or a process without memory would hit every
    event alike: then no event is held, and the batch is tried again.
    """
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_POISON_STATES)
    return not isinstance(
        error,
        OSError | MemoryError | asyncpg.InterfaceError | asyncpg.InternalClientError | TooManyHeld,
    )


async def apply_or_hold(
    connection: Connection,
    apply: Apply,
    source: str,
    events: Sequence[Incoming],
    *,
    on: date,
    at: datetime,
) -> None:
    """Apply these events in order; halve a failing batch until the poison event is found.

    Each try is a savepoint, so a failed one leaves nothing. One poison event among n costs about
    2 log2(n) tries. The caller has locked the source's position.
    """
    held = await _held_aggregates(connection, source)

    async def apply_or_halve(events: Sequence[Incoming]) -> None:
        free = [event for event in events if aggregate_of(event) not in held]
        await _park(connection, [event for event in events if aggregate_of(event) in held], at)
        error = await _try(connection, apply, source, free, on)
        if error is None:
            return
        if len(free) > 1:
            middle = len(free) // 2
            await apply_or_halve(free[:middle])
            await apply_or_halve(free[middle:])
            return
        held.add(aggregate_of(free[0]))
        if len(held) > HELD_CASES_MAX:
            raise TooManyHeld(source) from error
        await _hold(connection, free[0], error, at)

    await apply_or_halve(events)


async def _try(
    connection: Connection, apply: Apply, source: str, events: Sequence[Incoming], on: date
) -> Exception | None:
    """Apply all of these events or none, and return a poison event's error; raise any other."""
    if not events:
        return None
    try:
        async with connection.transaction():
            await apply(connection, source, events, on)
    except Exception as error:
        if not is_poison(error):
            raise
        return error
    return None


async def _held_aggregates(connection: Connection, source: str) -> set[str]:
    """A statement of its own, after the position is locked: a subquery of the statement that waited
    for the lock would lack what another consumer has just held."""
    rows = await connection.fetch(
        "select distinct aggregate from quarantine where source = $1", source
    )
    return {row["aggregate"] for row in rows}


_HOLD = """
insert into quarantine
    (source, position, aggregate, number, type, epoch, hash, body, error, held_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


async def _hold(
    connection: Connection, event: Incoming, error: Exception | None, at: datetime
) -> None:
    await connection.execute(
        _HOLD,
        event.source,
        event.position,
        aggregate_of(event),
        _storable(str(event.body.get("subject", ""))),
        _storable(event.type),
        event.epoch,
        event.hash,
        msgspec.json.encode(event.body),
        _error_text(error) if error else None,
        at,
    )


async def _park(connection: Connection, events: Sequence[Incoming], at: datetime) -> None:
    for event in events:  # they are few: events of held cases
        await _hold(connection, event, None, at)


def _error_text(error: Exception) -> str:
    return _storable(f"{type(error).__name__}: {error}")[:_ERROR_LENGTH_MAX]


def _storable(text: str) -> str:
    """Text that PostgreSQL can store, whatever a poison event contains."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case that is held for checking: the event that failed, and the number of later ones."""

    source: str
    aggregate: str
    number: str
    position: int
    type: str
    error: str
    held_at: datetime
    waiting: int


_HELD_CASES = """
select distinct on (source, aggregate)
       source, aggregate, number, position, type, coalesce(error, '') as error, held_at,
       count(*) over (partition by source, aggregate) - 1 as waiting
from quarantine
order by source, aggregate, position
"""


async def held_cases(connection: Connection) -> Sequence[HeldCase]:
    """All held cases of the generation that the connection has entered."""
    return [HeldCase(**row) for row in await connection.fetch(_HELD_CASES)]


_EVENTS_OF = """
select position, epoch, hash, type, body from quarantine
where source = $1 and aggregate = $2
order by position
"""

_RELEASE = "delete from quarantine where source = $1 and position = $2"

_STILL_FAILS = """
update quarantine set error = $3 where source = $1 and position = $2
"""


async def retry(
    connection: Connection, apply: Apply, source: str, aggregate: str, *, on: date
) -> bool:
    """Apply a held case's events in order, up to the first that still fails. True: all of them.

    The caller has locked the source's position, so no event is added behind them meanwhile.
    """
    for row in await connection.fetch(_EVENTS_OF, source, aggregate):
        event = Incoming(
            source=source,
            position=row["position"],
            epoch=row["epoch"],
            hash=row["hash"],
            type=row["type"],
            body=msgspec.json.decode(row["body"]),
        )
        error = await _try(connection, apply, source, [event], on)
        if error:
            await connection.execute(_STILL_FAILS, source, event.position, _error_text(error))
            return False
        await connection.execute(_RELEASE, source, event.position)
    return True

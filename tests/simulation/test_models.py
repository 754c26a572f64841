"""The simulated database does what PostgreSQL does: the same is asked of both.

Each script is asked in the product's own statements, so it says what the simulation relies on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from services.projections.ingest import projector
from services.projections.store import generations
from shared.eventstore import epochs, reader
from shared.eventstore.append import writer
from shared.eventstore.append.command_append import Append, append_of
from shared.eventstore.codec import Encoded
from shared.eventstore.records import Claim, CommandKey
from shared.messaging.relay import leadership
from shared.postgres.connection import Connection, connect
from shared.postgres.pool import Pool
from testbed.blocking import blocking
from testbed.databases import Database
from testbed.eventually import eventually
from tests.simulation.loop import SimulatedLoop, run
from tests.simulation.postgres.read_models import SCHEMA_SQL
from tests.simulation.processes import PROJECTIONS, REQUESTS
from tests.simulation.world import BEGINNING, World, standing_in

Script = Callable[[str], Coroutine[Any, Any, list[Any]]]
ONE, OTHER, THIRD = (UUID(int=n) for n in (1, 2, 3))
SOURCE, TODAY = "requests", date(2026, 11, 2)


async def connected(url: str) -> Connection:
    return await connect(url, name="model", answer_seconds=5)


def command(
    key: str, stream: UUID, first: int, events: int = 1, request: int = 0, **also: Any
) -> Append:
    encoded = [Encoded(stream, n, "notes.painted", b"{}") for n in range(first, first + events)]
    return append_of(encoded, key=CommandKey(key, bytes([request])), **also)


CALLS = [
    [command("a", ONE, 1, 2), command("b", OTHER, 1)],
    [command("a", ONE, 1, 2)],
    [command("a", ONE, 3, request=1), command("c", ONE, 2)],
    [command("c", ONE, 3), command("d", OTHER, 5), command("e", THIRD, 2)],
    [command("d", OTHER, 2, 3), command("b", OTHER, 1)],
    [command("f", THIRD, 1, claim=Claim("letter"))],
    [command("g", UUID(int=4), 1, claim=Claim("letter")), command("h", ONE, 4)],
    [command("g", UUID(int=4), 1, claim=Claim("letter", shared=True))],
    [command("i", THIRD, 2, claim=Claim(None))],
    [command("j", UUID(int=5), 1, claim=Claim("letter"))],
    [command("f", THIRD, 1, claim=Claim("letter"))],
]


async def appends(url: str) -> list[Any]:
    """Keys, versions, positions, claims, and what a reader then finds."""
    connection = await connected(url)
    await epochs.settled_epoch(connection)
    found: list[Any] = []
    for call in CALLS:
        query, arguments = writer.call_of(call)
        found += [_answer(row) for row in await connection.fetch(query, *arguments)]
    events = await connection.fetch(reader.READ, 1, 5)
    found += [(each["notification_id"], each["originator_version"]) for each in events]
    found += [each["previous_hash"] == before["hash"] for before, each in pairwise(events)]
    found += [tuple(row)[:3] for row in [await connection.fetchrow(reader.FIND, "c")] if row]
    found += [await connection.fetchrow(reader.FIND, "e")]
    streams = await connection.fetch(reader.VERSIONS, [ONE, OTHER, UUID(int=9)])
    found += sorted(tuple(row) for row in streams)
    head = await connection.fetchrow(reader.HEAD)
    await connection.close()
    return [*found, head and head["notification_id"]]


def _answer(row: Any) -> tuple[Any, ...]:
    """A reused key's other columns say nothing."""
    outcome, *others = tuple(row)[:5]
    return (outcome,) if outcome == "key_reused" else (outcome, *others)


async def leading(url: str) -> list[Any]:
    """One lock, a term each takeover, a position that only the present term moves, forwards."""
    first, second = await connected(url), await connected(url)
    found = [
        await first.fetchval(leadership._LOCK),
        await second.fetchval(leadership._LOCK),
        tuple(await first.fetchrow(leadership._TAKE_OVER) or ()),
        await first.execute(leadership._STORE, 3, 1),
        await first.execute(leadership._STORE, 2, 1),
    ]
    await first.close()
    await eventually(lambda: second.fetchval(leadership._LOCK))
    found += [
        tuple(await second.fetchrow(leadership._TAKE_OVER) or ()),
        await second.execute(leadership._STORE, 5, 1),
        await second.execute(leadership._STORE, 5, 2),
        tuple(await second.fetchrow(leadership._PROGRESS) or ())[:3],
    ]
    await second.close()
    return found


async def fencing(url: str) -> list[Any]:
    """Who applies second waits, and sees what the first committed; a reader keeps its snapshot."""
    async with Pool(url, name="model", size_max=4) as pool:
        await generations.ensure(pool, SCHEMA_SQL, sources=[SOURCE], on=TODAY, at=BEGINNING)
        found: list[Any] = []
        later: list[Any] = []
        async with generations.live(pool) as reading:
            found.append(await _position(reading))
            waits = await _apply(pool, found, then=lambda: _apply(pool, later))
            found.append(await _position(reading))
            await waits
            found += [*later, await _position(reading)]
        async with generations.live(pool) as reading:
            return [*found, await _position(reading)]


async def _position(connection: Connection) -> Any:
    return await connection.fetchval(projector._CHECKPOINT, SOURCE)


async def _apply(
    pool: Pool, found: list[Any], then: Callable[[], Awaitable[Any]] | None = None
) -> "asyncio.Task[Any]":
    """Move the checkpoint by one; meanwhile another one tries as well."""
    other = asyncio.create_task(_nothing())
    async with pool.acquire() as connection, connection.transaction():
        await generations.enter_live_to_apply(connection)
        row = await connection.fetchrow(projector._LOCK_CHECKPOINT, SOURCE)
        assert row is not None
        found.append(row["position"])
        if then is not None:
            other = asyncio.ensure_future(then())
            await asyncio.wait([other], timeout=0.2)
            found.append(other.done())
        position = row["position"] + 1
        await connection.execute(projector._ADVANCE, SOURCE, position, "epoch", b"hash", None)
    return other


async def _nothing() -> None:
    """For who has nobody beside him."""


@pytest.mark.parametrize(
    ("script", "service", "simulated"),
    [
        pytest.param(appends, "eventlog", REQUESTS, id="append"),
        pytest.param(leading, "requests", REQUESTS, id="the relay's lead"),
        pytest.param(fencing, "projections", PROJECTIONS, id="the checkpoint's fence"),
    ],
)
def test_the_simulated_database_answers_as_postgresql_does(
    database: Callable[[str], Database], script: Script, service: str, simulated: str
) -> None:
    async def in_the_simulation(loop: SimulatedLoop) -> list[Any]:
        world = World(loop, 1)
        with standing_in(world, 1):
            return await script(simulated)

    asked = database(service).app_url

    assert blocking(script(asked)) == run(in_the_simulation)

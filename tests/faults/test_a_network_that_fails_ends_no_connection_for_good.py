"""F27, F28 and the matrix: every way in which a network fails, for everyone who has a connection.

Its 35 cells here are those of PostgreSQL; those of broker and feed are in
`test_a_broken_wire_heals_by_itself.py`. Meanwhile health answers in time, and says what is wrong.

A call through a failed network ends within its bound, well or with an error; once new connections
work, so does the next call, without a restart. Where connections break and new ones work at once
(reset, half-open), nobody heals anything.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from shared.web.health import Health
from testbed.databases import Database
from testbed.event_logs import proxied, stored_keys
from testbed.eventually import eventually
from testbed.proxy import Proxy
from tests.support.postgres import connection_users as users
from tests.support.postgres.connection_users import Call, Open, Place

SLOW_SECONDS = 0.05
HEALTH_SECONDS_MAX = 2.0
SAID_SECONDS_MAX = 15.0
AT_WORK_SECONDS_MAX = 20.0  # on a busy machine, before anything is wrong

# A tenth or so of the product's own, so that a table of them is gone through in a minute.
SHORTENED = {
    "shared.postgres.connection.CONNECT_SECONDS": 2.0,
    "shared.postgres.pool.LEND_SECONDS": 3.0,
    "shared.postgres.pool.SIGN_OF_LIFE_SECONDS": 0.5,
    "shared.eventstore.database.ANSWER_SECONDS": 1.5,
    "shared.eventstore.database.READ_SECONDS": 1.5,
    "shared.eventstore.database.LISTENER_SECONDS": 1.0,
    "shared.eventstore.log.APPEND_SECONDS": 4.0,
    "shared.messaging.relay.leadership.ANSWER_SECONDS": 1.5,
    "services.projections.health.APPLY_SECONDS_MAX": 1.0,
}


async def refuse(network: Proxy) -> None:
    await network.refuse()


async def reset(network: Proxy) -> None:
    await network.cut(reset=True)


async def freeze(network: Proxy) -> None:
    network.freeze()


async def half_open(network: Proxy) -> None:
    network.half_open()


async def slow(network: Proxy) -> None:
    network.delay(SLOW_SECONDS)


FAULTS = (refuse, reset, freeze, half_open, slow)
HEALED = (refuse, freeze)  # the others leave a network over which new connections work

# Who has connections, how long a call may take over a failed network, and how long until one
# succeeds when new connections work; a relay waits until the server gives up its predecessor's.
BOUNDS: dict[Open, tuple[float, float]] = {
    users.writer: (6.0, 6.0),
    users.listener: (4.0, 6.0),
    users.read_pool: (5.0, 3.0),
    users.leader: (4.0, 12.0),
    users.appliers: (5.0, 3.0),
    users.readers: (5.0, 3.0),
    users.invalidation: (4.0, 6.0),
}


# A consumer that is refused says so by its follower: see F19.
NOT_SAID = {(users.appliers, refuse)}

SLOW_CELLS = {
    *((users.writer, fault) for fault in (refuse, freeze, half_open)),
    *((users.listener, half_open), (users.invalidation, half_open)),
}
CELLS = [
    pytest.param(
        opened,
        fault,
        id=f"{opened.__name__}-{fault.__name__}",
        marks=[pytest.mark.system] if (opened, fault) in SLOW_CELLS else [],
    )
    for opened in BOUNDS
    for fault in FAULTS
]


@pytest.fixture
async def place(database: Callable[[str], Database], vhost: str) -> AsyncIterator[Place]:
    made = database("projections")
    async with proxied(made.app_url) as (network, _):
        yield Place(made, network, vhost)


@pytest.mark.parametrize(("opened", "fault"), CELLS)
async def test_connections_work_again_as_soon_as_new_ones_do(
    opened: Open,
    fault: Callable[[Proxy], Awaitable[None]],
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, seconds in SHORTENED.items():
        monkeypatch.setattr(name, seconds)
    call_seconds_max, well_seconds_max = BOUNDS[opened]
    async with opened(place) as user:
        call, must_say = user.call, fault in HEALED and (opened, fault) not in NOT_SAID
        await until_well(call, seconds=AT_WORK_SECONDS_MAX)

        await fault(place.network)
        trying = asyncio.create_task(tried(call, seconds=call_seconds_max))
        await told_in_time(Health("matrix", {"user": user.check}), trying, must_say=must_say)
        meanwhile, call_seconds = await trying
        if fault in HEALED:
            place.network.heal()
        well_seconds = await until_well(call, seconds=well_seconds_max)

    print(
        f"{opened.__name__} x {fault.__name__}: {meanwhile} after {call_seconds:.1f} s,"
        f" well again after {well_seconds:.1f} s"
    )
    place.ledger.stored(*await stored_keys(place.database.app_url))
    place.ledger.assert_balanced()


async def told_in_time(
    health: Health, trying: "asyncio.Task[tuple[str, float]]", *, must_say: bool
) -> None:
    """Health answers within its time, again and again, and says that something is wrong."""
    states = set[str]()

    async def is_told() -> bool:
        began = time.monotonic()
        (part,) = (await health.parts()).values()
        assert time.monotonic() - began < HEALTH_SECONDS_MAX
        states.add(part.state)
        return trying.done() and (not must_say or states != {"ok"})

    await eventually(is_told, seconds=SAID_SECONDS_MAX)


async def tried(call: Call, *, seconds: float) -> tuple[str, float]:
    """What became of a call, and how long it took; fails if it hangs."""
    began = time.monotonic()
    task = asyncio.ensure_future(call())
    await asyncio.wait({task}, timeout=seconds)
    assert task.done(), f"no end of a call after {seconds} s"
    return type(task.exception()).__name__ if task.exception() else "answered", (
        time.monotonic() - began
    )


async def until_well(call: Call, *, seconds: float) -> float:
    """How long it took."""
    began = time.monotonic()

    async def succeeds() -> bool:
        outcome, _ = await tried(call, seconds=seconds)
        return outcome == "answered"

    await eventually(succeeds, seconds=seconds)
    return time.monotonic() - began

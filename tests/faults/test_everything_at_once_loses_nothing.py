"""F26: a seeded nemesis does everything at once to an office of real processes.

Kills, stops, networks that refuse, reset, freeze, fall silent or are slow, clocks that jump, and
restores, while callers send commands with copies and repeats. Every call is written down as
invoked, ok, failed or unknown. `JANJI_TEST_TIMES=60` rages ten minutes.
"""

import asyncio
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from asyncpg import Record

from shared.messaging.topology import stream
from shared.promise.case_number import case_id
from testbed.event_logs import connected
from testbed.eventually import eventually
from tests.support.messaging.ledger import Ledger
from tests.support.messaging.streams import whole_stream
from tests.support.nemesis.clients import Clients
from tests.support.nemesis.history import READ, Call, anomalies, two_answers
from tests.support.nemesis.moves import Nemesis
from tests.support.nemesis.office import NemesisOffice, nemesis_office
from tests.support.years.examples import examples

SEED = int(os.environ.get("JANJI_TEST_SEED", "20261130"))
SECONDS = examples(10)
CALLERS = 6
REPEATED = 50
WELL_SECONDS_MAX = 60 + SECONDS  # the more was asked, the more is in doubt
EVENTS = """
    select originator_id, originator_version, hash
    from stored_events order by notification_id
"""
APPLIED = """
    select t.number, t.version, t.status
    from rm_{:04d}.timeline t where source = 'requests' order by position
"""
LIVE = "select generation from projection_live"
AHEAD = "select count(*) from stored_events where recorded_at > now() + interval '5 seconds'"


@pytest.mark.system
async def test_an_office_in_which_everything_fails_at_once_keeps_its_books(
    vhost: str, tmp_path: Path
) -> None:
    print(f"JANJI_TEST_SEED={SEED}, {SECONDS} s")
    chance = random.Random(SEED)
    async with nemesis_office(vhost, tmp_path) as office:
        clients = Clients(office.replicas, office.figures, office.history, chance)
        nemesis = Nemesis(random.Random(SEED), office.moves(), [])
        async with asyncio.TaskGroup() as tasks:
            for _ in range(CALLERS):
                tasks.create_task(clients.call_on())
            tasks.create_task(clients.watch())
            await nemesis.rage(SECONDS)
            clients.over.set()
        print(f"moves: {dict(Counter(each.partition(' ')[0] for each in nemesis.made))}")

        await settled(office, clients)
        await assert_kept(office, clients, await published_hashes(vhost))


async def settled(office: NemesisOffice, clients: Clients) -> None:
    """All is well again by itself; what was in doubt is asked again, and some that was not."""
    clients.over.clear()
    for each in office.processes:
        await each.until_ready()
    office.history.is_quiet_from = time.monotonic()

    async def nothing_is_in_doubt() -> bool:
        assert clients.odd == []
        doubtful = list(office.history.in_doubt().values())
        await asyncio.gather(*(asking(doubtful[nth::CALLERS]) for nth in range(CALLERS)))
        return not office.history.in_doubt()

    async def asking(calls: Sequence[Call]) -> None:
        for call in calls:
            await clients.send(clients.again(call))

    await eventually(nothing_is_in_doubt, seconds=WELL_SECONDS_MAX)
    writes = [call for call in office.history.certain if call.command != READ]
    for call in clients.chance.sample(writes, min(REPEATED, len(writes))):
        await clients.send(clients.again(call))

    async def are_caught_up() -> bool:
        places = (await office.figures.get("/v1/positions", role="auditor")).json
        requests = places["requests"]
        head = (await office.replicas[0].get("/v1/events/head", role="subscriber")).json
        is_forked = requests["forked_at"] is not None
        return requests["applied"] == head["position"] and not is_forked

    await eventually(are_caught_up, seconds=WELL_SECONDS_MAX)


async def published_hashes(vhost: str) -> list[bytes]:
    """Those of all events that came into the stream, of lost histories too."""
    messages = await whole_stream(vhost, stream("requests").name)
    bodies = [msgspec.json.decode(message.body) for message in messages]
    return [bytes.fromhex(body["loghash"]) for body in bodies]


async def assert_kept(office: NemesisOffice, clients: Clients, published: list[bytes]) -> None:
    history, claims = office.history, office.history.claims()
    by_id = {(case_id(number), version): key for (number, version), key in claims.items()}
    async with connected(office.databases["requests"].app_url) as log:
        events, ahead = await log.fetch(EVENTS), await log.fetchval(AHEAD)
    async with connected(office.databases["projections"].app_url) as figures:
        applied = await figures.fetch(APPLIED.format(await figures.fetchval(LIVE)))
    alerts = (await office.figures.get("/v1/sla/alerts", role="auditor")).json["items"]
    print(f"calls: {history.count()}; restores: {len(history.restores)}")

    ledger = Ledger("requests")
    stored = {row[2]: by_id.get((row[0], row[1]), f"nobody's {row[0]}") for row in events}
    ledger.sent(*{call.key for call in history.calls if call.command != READ})
    ledger.accepted(*{call.key for call in history.certain if call.command != READ})
    ledger.stored(*stored.values())
    ledger.published(*(stored[each] for each in published if each in stored))
    ledger.applied(*(claims.get((row[0], row[1]), f"nobody's {row[0]}") for row in applied))
    ledger.assert_balanced()
    assert two_answers(history) == []
    assert list(anomalies(history, statuses_of(applied))) == []
    assert len(falls(clients)) <= len(history.restores), falls(clients)
    assert (ahead, alerts) == (0, [])
    assert clients.odd == []
    assert [each.ended for each in office.processes] == [0, 0, 0, 0], "ended by themselves"


def statuses_of(applied: Sequence[Record]) -> dict[str, list[str]]:
    """Of each case, after each of its events."""
    statuses: dict[str, list[str]] = defaultdict(list)
    for row in applied:
        statuses[row["number"]].append(row["status"])
    return statuses


def falls(clients: Clients) -> list[tuple[int, int]]:
    """Where fewer cases were received than at the look before: only after a restore."""
    return [(was, now) for was, now in pairwise(clients.seen) if now < was]

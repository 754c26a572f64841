"""F20: a rebuild under load is killed half-way, and run again, while the page is read on."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.projections.replay.verify import verify
from testbed.databases import Database
from testbed.event_logs import connected
from testbed.eventually import eventually
from tests.support.alerts.alerting_office import (
    AlertingOffice,
    Projections,
    alerting_office,
    submit,
)
from tests.support.clocks.fake_clock import FakeClock
from tests.support.messaging.ledger import Ledger
from tests.support.processes.forked import forked

OVERDUE, NEW = 200, 4_000
AT_ONCE = 500
SECONDS_MAX = 90.0
READ = ("/", "/v1/public/statistics?period=2026")
HALF_WAY = """
    select coalesce((
        select sum((xpath('//n/text()', query_to_xml(
            format('select sum(position) as n from %I.projection_position', nspname),
            false, false, '')))[1]::text::bigint)
        from pg_namespace where nspname = 'rm_0002'
    ), 0)
"""
APPLIED = "select position from {}.timeline where source = 'requests' order by position"


@pytest.mark.system
async def test_a_killed_rebuild_and_the_next_interrupt_no_reader_and_send_no_alert_twice(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    clock = FakeClock(datetime.now(UTC))
    async with alerting_office(database, tmp_path) as office, office.projections(clock) as service:
        await submitted(office, OVERDUE, days_ago=60)
        await service.raised(OVERDUE)
        await submitted(office, NEW, days_ago=0)
        await service.applied("requests", OVERDUE + NEW)

        async with being_read(service) as reads:
            writing = asyncio.create_task(submitted(office, AT_ONCE, days_ago=0))
            killed = await forked("janji", "rebuild", environment=environment(office))
            await eventually(lambda: is_half_way(office), seconds=SECONDS_MAX)
            killed.kill()
            await killed.wait()
            await writing
            await service.applied("requests", OVERDUE + NEW + AT_ONCE)
            await assert_balanced(office, "rm_0001")

            again = await forked("janji", "rebuild", environment=environment(office))
            assert await again.wait() == 0
            await assert_balanced(office, "rm_0003")

        async with office.builder(clock) as builder:
            assert (await verify(builder)).differences == []
        alerts = await service.raised(OVERDUE)
    print(f"read {sum(reads.values())} times beside it: {reads}; alerts {len(alerts)}")
    assert set(reads) == {200}
    assert len({each["number"] for each in alerts}) == len(alerts) == OVERDUE


async def submitted(office: AlertingOffice, count: int, *, days_ago: int) -> None:
    log, at = office.sources["requests"].log, datetime.now(UTC) - timedelta(days=days_ago)
    for start in range(0, count, AT_ONCE):
        some = range(start, min(start + AT_ONCE, count))
        await asyncio.gather(*(log.append(submit(at)) for _ in some))


def environment(office: AlertingOffice) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("JANJI_")}
    return {**inherited, **office.environment()}


@asynccontextmanager
async def being_read(service: Projections) -> AsyncIterator[dict[int, int]]:
    """Somebody looks at the page and its figures all the time: how often which status came."""
    statuses: dict[int, int] = {}

    async def read() -> None:
        while True:
            for path in READ:
                answer = await service.client.get(path)
                statuses[answer.status] = statuses.get(answer.status, 0) + 1

    reading = asyncio.create_task(read())
    try:
        yield statuses
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading


async def is_half_way(office: AlertingOffice) -> bool:
    async with connected(office.database.app_url) as connection:
        done = await connection.fetchval(HALF_WAY)
    assert done < OVERDUE + NEW, "it was done before it was killed"
    return bool(done > 0)


async def assert_balanced(office: AlertingOffice, generation: str) -> None:
    ledger = Ledger(f"requests in {generation}")
    ledger.stored(*await office.sources["requests"].stored())
    async with connected(office.database.app_url) as connection:
        rows = await connection.fetch(APPLIED.format(generation))
    ledger.applied(*(row[0] for row in rows))
    ledger.assert_balanced()

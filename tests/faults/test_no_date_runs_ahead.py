"""F22: a clock ahead makes nothing overdue; what one has made once is named and taken back.

The databases and the sources keep the machine's time; a replica's clock is what its test sets, or
libfaketime's. Backwards was harmless before, and stays so.
"""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.projections.replay.rebuild import rebuild
from services.projections.replay.verify import verify
from shared.office_time import local_date
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
from tests.support.clocks.shifted_clock import ShiftedClock, shifted_clock

CASES = 5
FORTY_DAYS = timedelta(days=40)
SECONDS_MAX = 60.0
APPLIED = "select position from rm_0001.projection_position where source = 'requests'"
FIGURES_ON = "select figures_on from rm_{:04d}.projection_position where source = 'requests'"


def today() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def office(
    database: Callable[[str], Database], tmp_path: Path
) -> AsyncIterator[AlertingOffice]:
    """Its requests came just now, so none is due."""
    async with alerting_office(database, tmp_path) as office:
        await submitted(office, CASES)
        yield office


async def submitted(office: AlertingOffice, count: int) -> None:
    for _ in range(count):
        await office.sources["requests"].log.append(submit(today()))


async def figures_on(office: AlertingOffice, generation: int = 1) -> str:
    async with connected(office.database.app_url) as connection:
        return str(await connection.fetchval(FIGURES_ON.format(generation)))


async def applied(office: AlertingOffice, position: int) -> None:
    """By whichever process; no token is asked for, whose age a clock would judge."""

    async def is_there() -> bool:
        async with connected(office.database.app_url) as connection:
            return bool(await connection.fetchval(APPLIED) == position)

    await eventually(is_there, seconds=SECONDS_MAX)


async def detail(service: Projections, part: str) -> str:
    ready = await service.client.get("/health/ready")
    said: str = ready.json["parts"][part]["detail"]
    return said


async def says(service: Projections, part: str, words: str) -> None:
    async def is_said() -> bool:
        return words in await detail(service, part)

    await eventually(is_said, seconds=SECONDS_MAX)


@pytest.mark.parametrize("ahead", [FORTY_DAYS, timedelta(days=1), timedelta(days=-40)], ids=str)
async def test_a_replica_whose_clock_is_off_moves_no_date(
    office: AlertingOffice, ahead: timedelta
) -> None:
    async with office.projections(FakeClock(today())) as right:
        await right.applied("requests", CASES)
    async with office.projections(FakeClock(today() + ahead), database_at=today) as service:
        await submitted(office, 1)
        await applied(office, CASES + 1)
        await says(service, "clock", "the clock of this process runs")
    alerts, on = await office.alerts(), await figures_on(office)

    print(f"cases {CASES + 1}, clock off by {ahead.days} days: alerts {len(alerts)}, as of {on}")
    assert alerts == []
    assert on == str(local_date(today()))


async def test_alerts_of_a_midnight_to_come_are_named_and_taken_back(
    office: AlertingOffice,
) -> None:
    """Database and replica ran ahead together: on one machine nothing else can be asked."""
    async with office.projections(FakeClock(today() + FORTY_DAYS)) as ahead:
        wrong = await ahead.raised(CASES)

    clock = FakeClock(today())
    async with office.projections(clock) as service, office.builder(clock) as builder:
        await says(service, "requests", "set the clocks, janji rebuild")
        differences = (await verify(builder)).differences
        await rebuild(builder)
        everything = await service.raised(2 * CASES)
        assert (await verify(builder)).differences == []

    withdrawals = [each for each in everything if each["alert"] == "overdue_withdrawn"]
    print(f"raised {len(wrong)}, withdrawn {len(withdrawals)}, verify: {differences[0]}")
    assert any("the figures are as of" in each for each in differences)
    assert {each["number"] for each in withdrawals} == {each["number"] for each in wrong}
    assert {each["reason"] for each in withdrawals} == {"clock_ahead"}
    assert all(each["withdrawn"] for each in everything)

    async with office.projections(FakeClock(today() + FORTY_DAYS)) as in_time:
        again = (await in_time.raised(3 * CASES))[:CASES]
    assert {each["number"] for each in again} == {each["number"] for each in wrong}
    assert not any(each["withdrawn"] for each in again)


@contextmanager
def replica(office: AlertingOffice, clock: ShiftedClock, log: Path) -> Iterator[None]:
    """A second process of the service, under another clock."""
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.projections.main"],
            env={**os.environ, **office.environment(), **clock.environment},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


@pytest.mark.system
@pytest.mark.needs("faketime")
@pytest.mark.parametrize("faked", ["+40d", "-2h"])
async def test_a_process_under_another_clock_moves_no_date(
    office: AlertingOffice, tmp_path: Path, faked: str
) -> None:
    async with office.projections(FakeClock(today())) as right:
        await right.applied("requests", CASES)
    with replica(office, shifted_clock(tmp_path, faked), tmp_path / "replica.log"):
        await submitted(office, 1)
        await applied(office, CASES + 1)
    on, alerts = await figures_on(office), await office.alerts()
    print(f"cases {CASES + 1}, clock {faked}: alerts {len(alerts)}, figures as of {on}")
    assert (on, alerts) == (str(local_date(today())), [])

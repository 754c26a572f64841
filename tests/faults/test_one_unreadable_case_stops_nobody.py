"""F31: a case that this release can't read is left out and shown; all others go on."""

from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from services.complaints.application import Complaints
from services.complaints.closing import SilentComplaintCloser
from services.complaints.domain import Complaint
from shared.cases.case import Actor
from shared.cases.repository import CommandContext
from shared.eventstore.codec import Codec
from shared.eventstore.keys.keyring import Keyring
from shared.promise.case_number import case_id
from testbed.complaints import CALENDAR, INTAKE, STANDARDS
from testbed.complaints import at as instant
from testbed.databases import Database
from testbed.event_logs import connected, running
from testbed.eventually import eventually
from tests.support.alerts.alerting_office import alerting_office
from tests.support.cases.swept_requests import TUESDAY, submitted, swept_requests
from tests.support.clocks.calendar_amendments import amended
from tests.support.clocks.case_clocks import at
from tests.support.clocks.fake_clock import FakeClock

SUPERVISOR = CommandContext(by=Actor("supervisor-1", "supervisor"))
CODEC = Codec([Complaint], Keyring(bytes(32)))

# An event of a case as a later release would have written it; and as it was.
NEWER = """
update stored_events e
set state = convert_to(
    regexp_replace(convert_from(state, 'UTF8'), '^{{', '{{"class_version":99,'), 'UTF8')
where originator_id = $1 and originator_version = (
    select {}(originator_version) from stored_events where originator_id = $1)
"""
# Overdue, so that it wants an alert as well.
UNREADABLE_CLOCK = """
update rm_0001.cases set basis = '{}', state = 'overdue', due_on = '2026-11-24' where number = $1
"""
READABLE = """
update stored_events
set state = convert_to(replace(convert_from(state, 'UTF8'), '"class_version":99,', ''), 'UTF8')
where originator_id = $1
"""


async def as_owner(database: Database, statement: str, *arguments: object) -> None:
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(statement, *arguments)
    finally:
        await connection.close()


@pytest.mark.parametrize("part", ["min", "max"], ids=["first event", "last event"])
async def test_silent_complaints_close_beside_one_that_cannot_be_read(
    database: Callable[[str], Database], part: str
) -> None:
    stored, fake_clock = database("complaints"), FakeClock(instant("2026-11-02 10:00"))
    async with running(stored.app_url, codec=CODEC) as log:
        complaints = Complaints(log, standards=STANDARDS, calendar=CALENDAR, now=fake_clock)
        numbers = [await resolved(complaints) for _ in range(3)]
        await as_owner(stored, NEWER.format(part), case_id(numbers[0]))
        fake_clock.at = instant("2026-11-17 00:00")
        task = SilentComplaintCloser(complaints, log, CODEC, now=fake_clock)

        closed = await task.look()

        assert closed == 2
        assert list(task.parked.reasons) == [str(case_id(numbers[0]))]
        assert (await task.parked.check()).state == "degraded"
        await as_owner(stored, READABLE, case_id(numbers[0]))
        assert await SilentComplaintCloser(complaints, log, CODEC, now=fake_clock).look() == 1
    print(f"resolved 3, closed beside the unreadable one {closed}, closed once readable 1")


async def resolved(complaints: Complaints) -> str:
    number = (await complaints.receive(SUPERVISOR, INTAKE)).case.number
    await complaints.classify(SUPERVISOR, number, "minor", None, False)
    await complaints.assign(SUPERVISOR, number, "reviewer-1")
    await complaints.carry_out(SUPERVISOR, number, Complaint.resolve, answer="Sudah kami jawab.")
    return number


async def test_due_dates_move_beside_a_case_that_cannot_be_read(
    database: Callable[[str], Database],
) -> None:
    async with swept_requests(database("requests")) as office:
        replica = await office.replica()
        numbers = [await submitted(replica.requests) for _ in range(3)]
        await as_owner(office.database, NEWER.format("max"), case_id(numbers[0]))
        await office.amend(amended(off=(TUESDAY,)))

        moved = [await replica.look(), await replica.look()]

        assert moved == [2, 0]
        assert list(replica.sweep.parked.reasons) == [str(case_id(numbers[0]))]
        later = await office.replica()
        assert await later.look() == 0
        assert list(later.sweep.parked.reasons) == [str(case_id(numbers[0]))]
        await as_owner(office.database, READABLE, case_id(numbers[0]))
        assert await (await office.replica()).look() == 1
    print("open 3, moved beside the unreadable one 2, moved once readable 1")


async def test_figures_roll_and_alerts_leave_beside_a_clock_that_cannot_be_read(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    async with alerting_office(database, tmp_path) as office:
        numbers = [await office.request("Mon 23 Nov 09:00") for _ in range(3)]
        async with office.projections("Mon 23 Nov 12:00") as service:
            await service.applied("requests", 3)
            async with connected(office.database.app_url) as connection:
                await connection.execute(UNREADABLE_CLOCK, numbers[0])

            service.fake_clock.at = at("Wed 25 Nov 00:00")

            alerts = await service.raised(2)
            assert {each["number"] for each in alerts} == set(numbers[1:])

            async def is_named() -> bool:
                parts = (await service.client.get("/health/ready")).json["parts"]
                return all(numbers[0] in parts[each]["detail"] for each in ("rolling", "alerts"))

            await eventually(is_named, seconds=20)
            assert 'janji_parked_cases{task="rolling"} 1.0' in await service.metrics()
    print(f"due 3, alerts beside the unreadable one {len(alerts)}")

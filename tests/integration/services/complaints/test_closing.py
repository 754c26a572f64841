"""A complaint closes by itself: once, at its midnight, whoever was down and however many look."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.complaints.application import Complaints
from services.complaints.closing import SilentComplaintCloser
from services.complaints.domain import Complaint
from shared.cases.case import Actor
from shared.cases.repository import CommandContext
from shared.eventstore.codec import Codec
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.log import EventLog
from shared.refusals import NotAllowed
from testbed.complaints import CALENDAR, INTAKE, STANDARDS, at
from testbed.databases import Database
from testbed.event_logs import running, sound_history
from testbed.surface import NOW
from tests.support.cases.complaints_service import SUPERVISOR as CLERK
from tests.support.cases.complaints_service import complaints_service, in_status
from tests.support.clocks.fake_clock import FakeClock

SUPERVISOR = CommandContext(by=Actor("supervisor-1", "supervisor"))
CODEC = Codec([Complaint], Keyring(bytes(32)))
MONDAY, LAST_DAY, MIDNIGHT = "2026-11-02 10:00", "2026-11-16 23:59", "2026-11-17 00:00"


@pytest.fixture
def fake_clock() -> FakeClock:
    return FakeClock(at(MONDAY))


@pytest.fixture
async def log(database: Callable[[str], Database]) -> AsyncIterator[EventLog]:
    async with running(database("complaints").app_url, codec=CODEC) as log:
        yield log


@pytest.fixture
def complaints(log: EventLog, fake_clock: FakeClock) -> Complaints:
    return Complaints(log, standards=STANDARDS, calendar=CALENDAR, now=fake_clock)


def closing(complaints: Complaints, log: EventLog, fake_clock: FakeClock) -> SilentComplaintCloser:
    return SilentComplaintCloser(complaints, log, CODEC, now=fake_clock)


async def resolved(complaints: Complaints) -> str:
    number = (await complaints.receive(SUPERVISOR, INTAKE)).case.number
    await complaints.classify(SUPERVISOR, number, "minor", None, False)
    await complaints.assign(SUPERVISOR, number, "reviewer-1")
    await complaints.carry_out(SUPERVISOR, number, Complaint.resolve, answer="Sudah kami jawab.")
    return number


async def test_nothing_closes_before_the_midnight_after_the_tenth_working_day(
    complaints: Complaints, log: EventLog, fake_clock: FakeClock
) -> None:
    number = await resolved(complaints)
    fake_clock.at = at(LAST_DAY)

    closed = await closing(complaints, log, fake_clock).look()

    assert closed == 0
    assert (await complaints.cases.read(number, SUPERVISOR.by)).status == "resolved"


async def test_a_service_that_was_down_closes_as_of_the_midnight_that_it_missed(
    complaints: Complaints, log: EventLog, fake_clock: FakeClock
) -> None:
    number = await resolved(complaints)
    fake_clock.at = at("2026-12-01 09:00")

    await closing(complaints, log, fake_clock).look()

    complaint, history = await complaints.cases.history(number, SUPERVISOR.by)
    assert complaint.status == "closed"
    assert history[-1][1].timestamp == at(MIDNIGHT)


async def test_many_replicas_close_it_once(
    complaints: Complaints, log: EventLog, fake_clock: FakeClock
) -> None:
    await resolved(complaints)
    fake_clock.at = at(MIDNIGHT)
    replicas = [closing(complaints, log, fake_clock) for _ in range(8)]

    closed = await asyncio.gather(*(replica.look() for replica in replicas))

    assert sum(closed) == 1
    topics = [recorded.topic for recorded in await sound_history(log)]
    assert topics.count("complaints.closed") == 1


async def test_one_that_was_reopened_stays_open(
    complaints: Complaints, log: EventLog, fake_clock: FakeClock
) -> None:
    number = await resolved(complaints)
    await complaints.carry_out(SUPERVISOR, number, Complaint.reopen, reason="Belum selesai")
    fake_clock.at = at(MIDNIGHT)

    closed = await closing(complaints, log, fake_clock).look()

    assert closed == 0
    assert (await complaints.cases.read(number, SUPERVISOR.by)).status == "in_progress"


async def test_a_void_one_does_not_close(
    complaints: Complaints, log: EventLog, fake_clock: FakeClock
) -> None:
    number = await resolved(complaints)
    await complaints.void(SUPERVISOR, number, "spam", None, None)
    fake_clock.at = at(MIDNIGHT)

    closed = await closing(complaints, log, fake_clock).look()

    assert closed == 0
    assert (await complaints.cases.read(number, SUPERVISOR.by)).status == "voided"


async def test_one_that_is_resolved_while_the_task_runs_is_seen_at_the_next_look(
    complaints: Complaints, log: EventLog, fake_clock: FakeClock
) -> None:
    task = closing(complaints, log, fake_clock)
    await task.look()
    await resolved(complaints)
    fake_clock.at = at(MIDNIGHT)

    closed = await task.look()

    assert closed == 1


async def test_event_after_the_midnight_finds_the_case_closed_as_of_then(
    complaints: Complaints, log: EventLog, fake_clock: FakeClock
) -> None:
    """Nobody has looked yet; a later event may not push the closing to a later instant."""
    number = await resolved(complaints)
    fake_clock.at = at("2026-11-17 08:00")

    answer = await complaints.carry_out(SUPERVISOR, number, Complaint.rate, score=2, remark="Lama")

    _, history = await complaints.cases.history(number, SUPERVISOR.by)
    assert answer.case.status == "closed"
    assert [(recorded.topic, event.timestamp) for recorded, event in history[-2:]] == [
        ("complaints.closed", at(MIDNIGHT)),
        ("complaints.rated", at("2026-11-17 08:00")),
    ]
    assert (history[-2][1].by_itself, history[-2][1].by) == (True, "system")
    assert await closing(complaints, log, fake_clock).look() == 0


async def test_refusal_after_the_midnight_leaves_the_closing_to_the_task(
    complaints: Complaints, log: EventLog, fake_clock: FakeClock
) -> None:
    number = await resolved(complaints)
    fake_clock.at = at(MIDNIGHT)

    with pytest.raises(NotAllowed) as refused:
        await complaints.carry_out(SUPERVISOR, number, Complaint.reopen, reason="Belum selesai")

    assert (refused.value.status, refused.value.allowed) == ("closed", ("rate", "void"))
    assert (await sound_history(log))[-1].topic == "complaints.resolved"
    assert await closing(complaints, log, fake_clock).look() == 1


async def test_a_service_whose_clock_runs_ahead_closes_nothing(
    database: Callable[[str], Database], tmp_path: Path
) -> None:
    made = database("complaints")
    async with complaints_service(made, tmp_path) as client:
        number = (await in_status(client, "resolved"))["number"]

    async with complaints_service(
        made, tmp_path, now=lambda: NOW + timedelta(days=40), database_at=NOW
    ) as client:
        answer = await client.get(f"/v1/complaints/{number}", token=CLERK)

    assert (answer.status, answer.json["status"]) == (200, "resolved")

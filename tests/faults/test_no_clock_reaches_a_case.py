"""F22: a clock 40 days ahead or 2 hours back, of a replica of each service or of a database's host.

libfaketime shifts it; all others keep the machine's. What a case says happened never runs back, no
stamp runs ahead, nothing is closed or forgotten, and health says whose clock is off.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.promise.case_number import case_id
from testbed.blocking import blocking
from testbed.databases import Database, clone
from testbed.event_logs import connected
from testbed.eventually import eventually
from testbed.http import Answer
from testbed.own_postgres import own_postgres
from tests.support.cases import complaints_service as complaints
from tests.support.cases import requests_service as requests
from tests.support.clocks.shifted_clock import ShiftedClock, shifted_clock
from tests.support.messaging.ledger import Ledger
from tests.support.nemesis.service_process import ServiceProcess
from tests.support.processes.requests_process import settings_of

# Of two clocks nobody knows which one is off, so the one that is ahead is named.
PROCESS, DATABASE = "the clock of this process runs", "the clock of the database runs"
OFF = {"+40d": PROCESS, "-2h": DATABASE}
OFF_AT_THE_HOST = {"+40d": DATABASE, "-2h": PROCESS}
SAID_SECONDS_MAX = 20.0
US = "reviewer-7"  # whose token it is
APART_MAX = timedelta(seconds=10)
WAYS = {
    "requests": ("review", "approve", "process", "complete"),
    "complaints": ("classify", "assign", "resolve"),
}
EVENTS = """
    select originator_id, originator_version, recorded_at,
        convert_from(state, 'UTF8')::json -> 'timestamp' ->> '_data_' as said
    from stored_events order by notification_id
"""

pytestmark = [pytest.mark.system, pytest.mark.needs("faketime")]


@pytest.mark.parametrize("shift", OFF)
@pytest.mark.parametrize("name", WAYS)
async def test_a_replica_whose_clock_is_off_moves_no_case(
    database: Callable[[str], Database], tmp_path: Path, name: str, shift: str
) -> None:
    at, ledger = database(name), Ledger(f"{name} {shift}")
    off = shifted_clock(tmp_path, shift)
    async with replica(name, at, tmp_path) as right, replica(name, at, tmp_path, off) as wrong:
        number = await opened(right, ledger)
        for command in WAYS[name]:
            for each in (wrong, right):  # the right one repeats what the wrong one did
                await given(each, number, command, ledger)
        await eventually(lambda: says(wrong, OFF[shift]), seconds=SAID_SECONDS_MAX)
        case = (await right.get(f"/v1/{name}/{number}")).json

    assert case["status"] == {"requests": "completed", "complaints": "resolved"}[name]
    await assert_in_order(at, ledger)


@pytest.mark.parametrize("shift", OFF)
async def test_a_database_whose_clock_jumps_stamps_nothing_and_forgets_nothing(
    tmp_path: Path, shift: str
) -> None:
    clock, ledger = shifted_clock(tmp_path), Ledger(f"database {shift}")
    async with own_postgres(tmp_path, environment=clock.environment) as postgres:
        at = blocking(clone(postgres.url, "requests"))
        async with replica("requests", at, tmp_path) as service:
            number = await opened(service, ledger)
            first = await given(service, number, "review", ledger)
            clock.shift(shift)
            await eventually(
                lambda: says(service, OFF_AT_THE_HOST[shift]), seconds=SAID_SECONDS_MAX
            )
            again = await given(service, number, "review", ledger)
            await given(service, number, "approve", ledger)
            clock.shift("+0")
            await eventually(lambda: says(service, ""), seconds=SAID_SECONDS_MAX)
            await given(service, number, "process", ledger)

        assert again.body == first.body
        await assert_in_order(at, ledger)


@asynccontextmanager
async def replica(
    name: str, at: Database, folder: Path, clock: ShiftedClock | None = None
) -> AsyncIterator[ServiceProcess]:
    async with ServiceProcess(name, settings_of(at, folder), clock).running() as running:
        yield running


async def opened(service: ServiceProcess, ledger: Ledger) -> str:
    """The number of a new case that came just now."""
    body: dict[str, Any] = {**complaints.COMPLAINT}
    if service.name == "requests":
        body = requests.submission()
    del body["received_at"]
    answer = await service.post(f"/v1/{service.name}", body)
    assert answer.status == 201, answer
    number: str = answer.json["number"]
    note_down(ledger, answer)
    return number


async def given(service: ServiceProcess, number: str, command: str, ledger: Ledger) -> Answer:
    """A command with a key of its own name: the same one again is a repeat."""
    bodies = {"requests": requests.BODIES, "complaints": complaints.BODIES}[service.name]
    body = {"assignee": US} if command == "assign" else bodies[command]
    headers = {"Idempotency-Key": f"{number} {command}"}
    answer = await service.post(f"/v1/{service.name}/{number}/{command}", body, headers=headers)
    assert answer.status == 200, answer
    if "idempotency-replayed" not in answer.headers:
        note_down(ledger, answer)
    return answer


def note_down(ledger: Ledger, answer: Answer) -> None:
    entry = (case_id(answer.json["number"]), answer.json["version"])
    ledger.sent(entry)
    ledger.accepted(entry)


async def says(service: ServiceProcess, words: str) -> bool:
    """No words: nothing is wrong."""
    said = await service.part("clock")
    return words in said if words else said == ""


async def assert_in_order(at: Database, ledger: Ledger) -> None:
    """In the log's order, what is said and what is stamped, neither ahead of this moment."""
    async with connected(at.app_url) as connection:
        rows = await connection.fetch(EVENTS)
    stamps = [row["recorded_at"] for row in rows]
    said = [datetime.fromisoformat(row["said"]) for row in rows]
    latest = datetime.now(UTC) + APART_MAX
    print(f"stamped from {stamps[0]} to {stamps[-1]}, said from {said[0]} to {said[-1]}")
    assert stamps == sorted(stamps)
    assert said == sorted(said)
    assert max(*stamps, *said) < latest
    ledger.stored(*((row["originator_id"], row["originator_version"]) for row in rows))
    ledger.assert_balanced()

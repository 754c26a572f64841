"""F24, as callers see it: more requests at once than can be served, also with a quarter of a core.

Without a door each of them waits for one of eight connections, until all time out together.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import aiohttp
import pytest

from shared.promise.case_number import case_id
from shared.web.admission import (
    GIVE_BACK_SECONDS,
    PACE_AT_START,
    PLACES,
    RETRY_AFTER_SECONDS_MAX,
    WAIT_SECONDS_MAX,
)
from testbed.databases import Database
from testbed.event_logs import LOCK, UNLOCK, call_in_flight, connected
from testbed.eventually import eventually
from testbed.http import Client
from tests.support.cases.requests_service import SUPERVISOR, requests_service, submission
from tests.support.messaging.ledger import Ledger
from tests.support.processes.requests_process import RequestsProcess, requests_process

pytestmark = pytest.mark.system

Databases = Callable[[str], Database]

AT_ONCE = 2_000
LET_IN = PLACES + round(WAIT_SECONDS_MAX * PACE_AT_START)
FLOODS = (5_000, 10_000)
FLOOD_SECONDS_MAX = 240  # of a machine that does other work too
GROWTH_MB_MAX = 160  # by the connections of the flood alone; by waiting commands it would be 330
KEPT_MB_MAX = 110  # what stays is spread over pages that hold cached cases, too
MEASURED_SECONDS_MAX = 2 * GIVE_BACK_SECONDS + 20
STORED = "select originator_id from stored_events order by notification_id"


async def test_a_command_that_cannot_be_served_in_time_is_told_at_once_when_to_come(
    database: Databases, tmp_path: Path
) -> None:
    """The log stands still for a moment; those who may wait are served all the same."""
    at, ledger = database("requests"), Ledger("requests")
    async with requests_service(at, tmp_path) as service, connected(at.app_url) as log:
        await log.execute(LOCK)
        flood = [asyncio.create_task(submitted(service, ledger)) for _ in range(AT_ONCE)]
        await call_in_flight(log)
        refused = [each.result() for each in flood if each.done()]
        await log.execute(UNLOCK)
        answers = await asyncio.gather(*flood)

        # A busy machine's pace is less: it lets in fewer, and tells the others to come later.
        statuses = Counter(status for status, _ in answers)
        assert statuses[201] + statuses[503] == AT_ONCE
        assert PLACES <= statuses[201] <= LET_IN
        assert AT_ONCE - LET_IN <= len(refused) <= statuses[503]
        come_again = [after for _, after in refused]
        assert come_again == sorted(come_again)
        assert LET_IN / PACE_AT_START <= come_again[0] <= come_again[-1] <= RETRY_AFTER_SECONDS_MAX
        ledger.stored(*(row[0] for row in await log.fetch(STORED)))
    ledger.assert_balanced()


@pytest.mark.parametrize("share", ["a whole core", "a quarter of a core"])
async def test_commands_by_the_thousand_are_served_or_refused_and_leave_no_memory_behind(
    database: Databases, tmp_path: Path, share: str
) -> None:
    at, ledger = database("requests"), Ledger(share)
    async with requests_process(at, tmp_path) as service, connected(at.app_url) as log:
        before_mb = service.memory_mb
        for size in FLOODS:
            slowed = service.a_quarter_of_a_core() if "quarter" in share else nullcontext()
            with slowed:
                answers, peak_mb = await flooded(service, ledger, size)
            statuses = Counter(status for status, _ in answers)
            kept_mb = await memory_given_back(service, before_mb)
            print(
                f"{share}: {size} at once, {dict(statuses)}, {before_mb} → {peak_mb} MB, {kept_mb}"
            )

            assert set(statuses) == {201, 503}
            assert all(
                1 <= after <= RETRY_AFTER_SECONDS_MAX for status, after in answers if status == 503
            )
            assert peak_mb - before_mb <= GROWTH_MB_MAX
        ledger.stored(*(row[0] for row in await log.fetch(STORED)))
    ledger.assert_balanced()


async def submitted(service: Client, ledger: Ledger) -> tuple[int, int]:
    """The status and the Retry-After of one command."""
    answer = await service.post("/v1/requests", submission(), token=SUPERVISOR)
    if answer.status == 201:
        ledger.accepted(case_id(answer.json["number"]))
    return answer.status, int(answer.headers.get("retry-after", 0))


async def flooded(
    service: RequestsProcess, ledger: Ledger, size: int
) -> tuple[list[tuple[int, int]], int]:
    """The statuses and Retry-Afters of so many commands at once, and the largest memory."""
    peak_mb = service.memory_mb
    connector = aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=FLOOD_SECONDS_MAX)

    async def command(session: aiohttp.ClientSession) -> tuple[int, int]:
        nonlocal peak_mb
        said = {name: value for name, value in submission().items() if name != "received_at"}
        async with session.post(f"{service.url}/v1/requests", json=said) as answer:
            body = await answer.json(content_type=None)
            peak_mb = max(peak_mb, service.memory_mb)
            if answer.status == 201:
                ledger.accepted(case_id(body["number"]))
            return answer.status, int(answer.headers.get("Retry-After", 0))

    async with aiohttp.ClientSession(
        connector=connector, timeout=patience, headers=service.headers
    ) as session:
        answers = await asyncio.gather(*(command(session) for _ in range(size)))
    return answers, peak_mb


async def memory_given_back(service: RequestsProcess, before_mb: int) -> int:
    """What it keeps in the end."""

    async def is_given_back() -> bool:
        return service.memory_mb - before_mb <= KEPT_MB_MAX

    await eventually(is_given_back, seconds=MEASURED_SECONDS_MAX)
    return service.memory_mb

"""F29: copies of one command with one key come at the same time; each is told of the one success.

A copy that looks for its key before its twin is stored, and loads the case after, finds a case on
which the command is no longer allowed.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from shared.promise.case_number import case_id
from testbed.databases import Database
from testbed.event_logs import connected, proxied
from testbed.http import Answer, Client
from testbed.proxy import Direction
from tests.support.cases import complaints_service as complaints
from tests.support.cases import requests_service as requests
from tests.support.messaging.ledger import Ledger

Databases = Callable[[str], Database]
CASES = 30
AT_ONCE = 6
COPIES = 6
WITHIN_SECONDS = 0.03
STORED = """
    select originator_id, originator_version from stored_events order by notification_id
"""


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("submitted", "review"),
        ("submitted", "withdraw"),
        ("submitted", "void"),
        ("under_review", "approve"),
        ("under_review", "reject"),
        ("completed", "confirm"),
        ("confirmed", "erase-personal-data"),
    ],
)
@pytest.mark.parametrize("if_match", [(), ("If-Match",)], ids=["any", "if-match"])
async def test_a_late_copy_of_a_command_on_a_request_is_told_of_its_success(
    database: Databases, tmp_path: Path, status: str, command: str, if_match: Sequence[str]
) -> None:
    """Whether its status would refuse the copy (409) or its version (412)."""
    at = database("requests")
    async with (
        requests.requests_service(at, tmp_path) as other,
        proxied(at.app_url) as (proxy, url),
        requests.requests_service(replace(at, app_url=url), tmp_path) as replica,
    ):
        number = await requests.in_status(replica, status)
        seen = await replica.get(f"/v1/requests/{number}", token=requests.SUPERVISOR)
        headers = dict.fromkeys(if_match, seen.headers["etag"])
        headers["Idempotency-Key"] = uuid4().hex

        loads = proxy.freeze_at(case_id(number).bytes, Direction.TO_SERVER)
        late = asyncio.create_task(requests.give(replica, number, command, headers=headers))
        await within_seconds(5, loads)
        first = await requests.give(other, number, command, headers=headers)
        proxy.thaw()

        assert_repeated(first, await late)


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("received", "classify"),
        ("in_progress", "resolve"),
        ("in_progress", "reject"),
        ("resolved", "close"),
    ],
)
async def test_a_late_copy_of_a_command_on_a_complaint_is_told_of_its_success(
    database: Databases, tmp_path: Path, status: str, command: str
) -> None:
    """It would be refused by its status (409) or as a category that the complaint has (422)."""
    at = database("complaints")
    async with (
        complaints.complaints_service(at, tmp_path) as other,
        proxied(at.app_url) as (proxy, url),
        complaints.complaints_service(replace(at, app_url=url), tmp_path) as replica,
    ):
        number = (await complaints.in_status(replica, status))["number"]
        headers = {"Idempotency-Key": uuid4().hex}

        loads = proxy.freeze_at(case_id(number).bytes, Direction.TO_SERVER)
        late = asyncio.create_task(complaints.give(replica, number, command, headers=headers))
        await within_seconds(5, loads)
        first = await complaints.give(other, number, command, headers=headers)
        proxy.thaw()

        assert_repeated(first, await late)


async def test_six_copies_within_a_moment_get_one_answer(
    database: Databases, tmp_path: Path
) -> None:
    """Without a second look for the key about every fourth case refused one of its copies."""
    at, ledger, chance = database("requests"), Ledger("requests"), random.Random(20261130)
    async with requests.requests_service(at, tmp_path) as service, connected(at.app_url) as log:
        numbers = [await requests.submitted(service) for _ in range(CASES)]
        ledger.sent(*((case_id(number), version) for number in numbers for version in (1, 2)))
        for batch in (numbers[first : first + AT_ONCE] for first in range(0, CASES, AT_ONCE)):
            answers = await asyncio.gather(*(copies(service, each, chance) for each in batch))
            for number, of_case in zip(batch, answers, strict=True):
                assert {(answer.status, answer.body) for answer in of_case} == {
                    (200, of_case[0].body)
                }
                ledger.accepted((case_id(number), of_case[0].json["version"]))

        ledger.stored(*map(tuple, await log.fetch(STORED)))
    ledger.assert_balanced()


async def copies(service: Client, number: str, chance: random.Random) -> Sequence[Answer]:
    """The answers to one command that is sent several times within a moment, with one key."""
    headers = {"Idempotency-Key": uuid4().hex}

    async def copy(after_seconds: float) -> Answer:
        moment = asyncio.Event()
        asyncio.get_running_loop().call_later(after_seconds, moment.set)
        await moment.wait()
        return await requests.give(service, number, "review", headers=headers)

    moments = [chance.uniform(0, WITHIN_SECONDS) for _ in range(COPIES)]
    return await asyncio.gather(*map(copy, moments))


async def within_seconds(seconds: float, event: asyncio.Event) -> None:
    async with asyncio.timeout(seconds):
        await event.wait()


def assert_repeated(first: Answer, late: Answer) -> None:
    assert (late.status, late.body) == (first.status, first.body)
    assert first.status == 200
    assert late.headers["idempotency-replayed"] == "true"

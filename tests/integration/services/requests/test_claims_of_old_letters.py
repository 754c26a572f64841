"""Requests that were stored before letters were claimed, and the migration that claims theirs."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.requests import application
from services.requests.application import Requests
from services.requests.domain import ServiceRequest
from services.requests.letter import Submission
from services.requests.refusals import SameLetter
from shared.cases.case import Actor
from shared.cases.repository import CommandContext
from shared.eventstore.codec import Codec
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.log import EventLog
from shared.promise.case_number import new_number
from testbed.databases import Database
from testbed.event_logs import connected, running
from testbed.service_requests import (
    AGENCIES,
    CALENDAR,
    LETTER,
    MONDAY,
    STANDARDS,
    SUBMISSION,
    at,
    supervisor,
)

INTAKE = CommandContext(by=Actor("intake-1", "intake"))
ANOTHER = replace(SUBMISSION, letter=replace(LETTER, number="800/124/DINKES"))
MIGRATION = Path(application.__file__).parent / "migrations/202612020201_letters_claimed.sql"
CLAIM_THEM = MIGRATION.read_text().partition("-- migrate:up")[2].partition("-- migrate:down")[0]


@pytest.fixture
def here(database: Callable[[str], Database]) -> Database:
    return database("requests")


@pytest.fixture
async def log(here: Database) -> AsyncIterator[EventLog]:
    codec = Codec([ServiceRequest], Keyring(bytes(32)))
    async with running(here.app_url, codec=codec) as log:
        yield log


async def test_a_letter_that_stood_is_claimed_and_one_that_did_not_is_free(
    log: EventLog, here: Database
) -> None:
    requests = Requests(
        log, standards=STANDARDS, agencies=AGENCIES, calendar=CALENDAR, now=lambda: at(MONDAY)
    )
    standing, ended = of(SUBMISSION), of(ANOTHER)
    ended.withdraw("Tidak jadi", supervisor())
    for request in (standing, ended):
        await log.append(request)  # as a release did that knew no claims

    async with connected(here.owner_url) as connection:
        await connection.execute(CLAIM_THEM)

    with pytest.raises(SameLetter) as refused:
        await requests.submit(INTAKE, SUBMISSION)
    free = await requests.submit(INTAKE, ANOTHER)
    assert refused.value.number == standing.number
    assert free.case.status == "submitted"


def of(submission: Submission) -> ServiceRequest:
    return ServiceRequest.submit(
        submission,
        supervisor(),
        number=new_number("PRM"),
        standards=STANDARDS,
        agencies=AGENCIES,
    )

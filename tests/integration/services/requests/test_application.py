"""The use cases on a real log: repeated, raced, mistimed, and for whom a request isn't."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, repeat

import asyncpg
import pytest

from services.requests import application
from services.requests.application import Requests
from services.requests.domain import ServiceRequest
from shared.cases.case import Actor
from shared.cases.repository import CommandContext, StaleVersion
from shared.eventstore.codec import Codec
from shared.eventstore.errors import AggregateNotFound, KeyReused
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.log import EventLog
from shared.eventstore.records import CommandKey
from shared.promise.case_number import MalformedNumber, MistypedNumber
from shared.refusals import NotAllowed
from testbed.databases import Database
from testbed.event_logs import connected, running, sound_history
from testbed.service_requests import (
    AGENCIES,
    CALENDAR,
    LETTER,
    MET,
    STANDARDS,
    SUBMISSION,
)

NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)  # Monday, 09:00 in Pontianak, as the letter comes
REVIEWER = CommandContext(by=Actor("reviewer-1", "reviewer"))
SUPERVISOR = CommandContext(by=Actor("supervisor-1", "supervisor"))
DINKES = CommandContext(by=Actor("dinkes-1", "agency", "DINKES"))
DINSOS = CommandContext(by=Actor("dinsos-1", "agency", "DINSOS"))
ANOTHER = replace(SUBMISSION, letter=replace(LETTER, number="800/124/DINKES"))
KEY = CommandKey("key-1", b"the body")


@pytest.fixture
def here(database: Callable[[str], Database]) -> Database:
    return database("requests")


@pytest.fixture
async def log(here: Database) -> AsyncIterator[EventLog]:
    codec = Codec([ServiceRequest], Keyring(bytes(32)))
    async with running(here.app_url, codec=codec) as log:
        yield log


@pytest.fixture
def requests(log: EventLog) -> Requests:
    return Requests(log, standards=STANDARDS, agencies=AGENCIES, calendar=CALENDAR, now=lambda: NOW)


async def test_a_command_is_decided_on_what_is_stored_and_stored(requests: Requests) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)

    answer = await requests.carry_out(REVIEWER, submitted.case.number, ServiceRequest.review)

    stored = await requests.cases.read(submitted.case.number, REVIEWER.by)
    assert answer.case.status == stored.status == "under_review"
    assert (answer.appended.version, answer.appended.last_position) == (2, 2)


async def test_a_refused_command_stores_nothing(requests: Requests, log: EventLog) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)

    with pytest.raises(NotAllowed):
        await requests.carry_out(
            REVIEWER, submitted.case.number, ServiceRequest.approve, checklist=MET
        )

    assert len(await sound_history(log)) == 1


# Numbers.


async def test_a_number_is_read_as_people_type_it(requests: Requests) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)

    found = await requests.cases.read(submitted.case.number.lower(), REVIEWER.by)

    assert found.number == submitted.case.number


async def test_a_mistyped_number_is_told_from_an_unknown_one(requests: Requests) -> None:
    with pytest.raises(MistypedNumber):
        await requests.cases.read("PRM-0000-0000-1", REVIEWER.by)
    with pytest.raises(MalformedNumber):
        await requests.cases.read("ADU-0000-0000-0", REVIEWER.by)
    with pytest.raises(AggregateNotFound):
        await requests.cases.read("PRM-0000-0000-0", REVIEWER.by)


async def test_a_number_that_is_taken_is_drawn_anew(
    requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = chain(["PRM-0000-0000-0"], ["PRM-0000-0000-0"], repeat("PRM-0000-0001-Z"))
    monkeypatch.setattr(application, "new_number", lambda _prefix: next(drawn))

    first = await requests.submit(DINKES, SUBMISSION)
    second = await requests.submit(DINKES, ANOTHER)

    assert first.case.number == "PRM-0000-0000-0"
    assert second.case.number == "PRM-0000-0001-Z"
    assert second.appended.version == 1


# Races.


async def test_concurrent_commands_are_decided_on_each_others_result(requests: Requests) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)

    outcomes = await asyncio.gather(
        requests.carry_out(REVIEWER, submitted.case.number, ServiceRequest.review),
        requests.carry_out(REVIEWER, submitted.case.number, ServiceRequest.review),
        return_exceptions=True,
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, NotAllowed)]
    assert [refusal.status for refusal in refused] == ["under_review"]


async def test_a_caller_who_saw_an_older_version_is_told_the_present_one(
    requests: Requests, log: EventLog
) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)
    await requests.carry_out(REVIEWER, submitted.case.number, ServiceRequest.review)

    with pytest.raises(StaleVersion) as refused:
        await requests.carry_out(
            replace(REVIEWER, expected_versions={1}),
            submitted.case.number,
            ServiceRequest.approve,
            checklist=MET,
        )

    assert refused.value.version == 2
    assert len(await sound_history(log)) == 2


async def test_second_command_on_the_same_version_is_too_late(requests: Requests) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)
    order = replace(REVIEWER, expected_versions={1})

    outcomes = await asyncio.gather(
        requests.carry_out(order, submitted.case.number, ServiceRequest.review),
        requests.carry_out(
            order, submitted.case.number, ServiceRequest.withdraw, reason="Tidak jadi"
        ),
        return_exceptions=True,
    )

    stale = [outcome for outcome in outcomes if isinstance(outcome, StaleVersion)]
    assert [refusal.version for refusal in stale] == [2]


# Repeats.


async def test_a_repeated_submission_is_one_request(requests: Requests, log: EventLog) -> None:
    order = replace(DINKES, key=KEY)

    first = await requests.submit(order, SUBMISSION)
    again = await requests.submit(order, SUBMISSION)

    assert again.case.number == first.case.number
    assert again.appended == replace(first.appended, replayed=True)
    assert len(await sound_history(log)) == 1


async def test_a_repeat_shows_the_case_as_it_was_then(requests: Requests) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)
    order = replace(REVIEWER, key=KEY)
    await requests.carry_out(order, submitted.case.number, ServiceRequest.review)
    await requests.carry_out(REVIEWER, submitted.case.number, ServiceRequest.approve, checklist=MET)

    again = await requests.carry_out(order, submitted.case.number, ServiceRequest.review)

    assert (again.case.status, again.case.version) == ("under_review", 2)


async def test_repeats_at_the_same_time_are_one_command(requests: Requests, log: EventLog) -> None:
    order = replace(DINKES, key=KEY)

    answers = await asyncio.gather(*(requests.submit(order, SUBMISSION) for _ in range(8)))

    assert len({answer.case.number for answer in answers}) == 1
    assert len(await sound_history(log)) == 1


async def test_a_key_with_another_body_is_refused(requests: Requests) -> None:
    await requests.submit(replace(DINKES, key=KEY), SUBMISSION)

    with pytest.raises(KeyReused):
        await requests.submit(
            replace(DINKES, key=replace(KEY, request_hash=b"another body")), SUBMISSION
        )


# For whom it isn't.


async def test_an_agency_does_not_even_learn_that_anothers_request_exists(
    requests: Requests,
) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)

    with pytest.raises(AggregateNotFound):
        await requests.cases.read(submitted.case.number, DINSOS.by)
    with pytest.raises(AggregateNotFound):
        await requests.carry_out(
            replace(DINSOS, expected_versions={7}),
            submitted.case.number,
            ServiceRequest.withdraw,
            reason="Bukan milik kami",
        )


# Personal data.


async def test_reader_of_personal_data_is_put_on_record(requests: Requests, here: Database) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)

    await requests.cases.read(submitted.case.number, REVIEWER.by)
    await requests.cases.history(submitted.case.number, SUPERVISOR.by)
    await requests.cases.read(submitted.case.number, Actor("auditor-1", "auditor"))

    assert await readings(here) == [
        (submitted.case.id, "reviewer-1"),
        (submitted.case.id, "supervisor-1"),
    ]


async def test_an_erased_person_is_gone_from_the_answer_and_from_the_history(
    requests: Requests,
) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)

    erased = await requests.erase_personal_data(SUPERVISOR, submitted.case.number)

    _, history = await requests.cases.history(submitted.case.number, REVIEWER.by)
    assert (erased.case.contact, erased.case.accounts) == (None, None)
    assert [(event.contact, event.accounts) for _, event in history[:1]] == [(None, None)]


async def test_texts_after_the_erasure_are_not_kept(requests: Requests) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)
    await requests.erase_personal_data(SUPERVISOR, submitted.case.number)

    await requests.carry_out(
        DINKES, submitted.case.number, ServiceRequest.withdraw, reason="Siti pindah"
    )

    _, history = await requests.cases.history(submitted.case.number, REVIEWER.by)
    assert history[-1][1].reason is None


async def test_no_personal_data_lies_readable_in_the_database(
    requests: Requests, log: EventLog
) -> None:
    submitted = await requests.submit(DINKES, SUBMISSION)
    await requests.carry_out(REVIEWER, submitted.case.number, ServiceRequest.review)
    await requests.carry_out(
        REVIEWER, submitted.case.number, ServiceRequest.reject, reason="Bukan akun Siti"
    )

    stored = b"".join(recorded.state for recorded in await sound_history(log))

    assert b"Siti" not in stored
    assert b"dinkes@kalbarprov" not in stored
    assert b"DINKES" in stored


async def readings(here: Database) -> list[tuple[object, str]]:
    async with connected(here.owner_url) as connection:
        rows: list[asyncpg.Record] = await connection.fetch(
            "select originator_id, sub from personal_data_readings order by at"
        )
    return [(row["originator_id"], row["sub"]) for row in rows]

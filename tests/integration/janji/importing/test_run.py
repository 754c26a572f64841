"""What is imported goes into the logs once and whole, whoever interrupts it or imports beside."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from janji.importing.cases import CaseRows
from janji.importing.numbers import CaseKey
from janji.importing.run import Importer, ImportTarget
from services.requests.domain import ServiceRequest
from shared.promise.case_number import case_id
from testbed.databases import Database
from testbed.event_logs import sound_history
from testbed.imports import (
    SECRETS,
    answered,
    cases_of,
    history,
    imported,
    refusals,
    resolved,
    targets_of,
)
from testbed.service_requests import AGENCIES, STANDARDS, SUBMISSION, act
from testbed.surface import NOW


@pytest.fixture
async def targets(database: Callable[[str], Database]) -> AsyncIterator[Mapping[str, ImportTarget]]:
    async with targets_of(database) as targets:
        yield targets


def number_of(case: str, *, candidate: int = 0) -> str:
    return SECRETS.candidates(CaseKey("requests", case), "PRM")[candidate]


async def test_a_case_is_one_append(targets: Mapping[str, ImportTarget]) -> None:
    done = await imported(targets, cases_of(answered("P-1"), answered("P-2"), resolved("A-1")))

    assert (done.rows, done.cases) == (16, 3)
    requests, complaints = await history(targets["requests"]), await history(targets["complaints"])
    assert [each.originator_version for each in requests] == [*range(1, 7), *range(1, 7)]
    assert [type(each).__name__ for each in complaints][-1] == "Closed"
    await sound_history(targets["requests"].log)


async def test_texts_are_sealed_with_a_key_of_their_case(
    targets: Mapping[str, ImportTarget],
) -> None:
    await imported(targets, cases_of(answered("P-1", until="submit")))

    stored = (await targets["requests"].log.read(0, 1))[0]
    request = await targets["requests"].log.load(ServiceRequest, stored.originator_id)

    assert b"impor@" not in stored.state
    assert request.accounts == ["impor@kalbarprov.go.id"]


async def test_reimport_adds_nothing(targets: Mapping[str, ImportTarget]) -> None:
    await imported(targets, cases_of(answered("P-1"), resolved("A-1")))
    before = await history(targets["requests"]), await history(targets["complaints"])

    again = await imported(targets, cases_of(answered("P-1"), resolved("A-1")))

    assert (again.rows, again.cases) == (0, 0)
    assert (await history(targets["requests"]), await history(targets["complaints"])) == before


async def test_reimport_adds_new_rows(targets: Mapping[str, ImportTarget]) -> None:
    await imported(targets, cases_of(answered("P-1", until="approve")))

    again = await imported(targets, cases_of(answered("P-1"), answered("P-2")))

    assert (again.rows, again.cases) == (3 + 6, 2)
    assert [e.status for e in await history(targets["requests"])].count("confirmed") == 2


async def test_staff_acts_after_an_import_stay(targets: Mapping[str, ImportTarget]) -> None:
    """A row before what staff did since is refused, and the case stays as they left it."""
    await imported(targets, cases_of(answered("P-1", until="submit")))
    log = targets["requests"].log
    request = await log.load(ServiceRequest, case_id(number_of("P-1")))
    request.review(act("reviewer", "2026-11-20 09:00"))
    await log.append(request)

    (violation,) = await refusals(targets, cases_of(answered("P-1")))

    assert (violation.column, violation.rule) == ("at", "after_the_known")
    assert len(await history(targets["requests"])) == 2


async def test_two_imports_at_once_are_one(targets: Mapping[str, ImportTarget]) -> None:
    many = [answered(f"P-{n}") for n in range(40)]

    await asyncio.gather(*(both_steps(targets, cases_of(*many)) for _ in range(2)))

    assert len(await history(targets["requests"])) == 40 * 6
    await sound_history(targets["requests"].log)


async def both_steps(targets: Mapping[str, ImportTarget], found: list[CaseRows]) -> None:
    """Both check before either appends."""
    work = Importer(targets, NOW)
    new, _ = await work.check(found)
    await asyncio.gather(work.append(new), work.append(new))


async def test_an_interrupted_import_is_run_again(targets: Mapping[str, ImportTarget]) -> None:
    many = [answered(f"P-{n}") for n in range(300)]
    first = asyncio.create_task(imported(targets, cases_of(*many)))
    await targets["requests"].log.wait_beyond(0, timeout_seconds=10)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    half = len(await history(targets["requests"]))

    await imported(targets, cases_of(*many))

    assert half < 300 * 6
    assert half % 6 == 0, "each case is in whole or not at all"
    assert len(await history(targets["requests"])) == 300 * 6


async def test_a_number_that_a_live_case_drew_is_left_to_it(
    targets: Mapping[str, ImportTarget],
) -> None:
    taken = ServiceRequest.submit(
        SUBMISSION,
        act("intake"),
        number=number_of("P-1"),
        standards=STANDARDS,
        agencies=AGENCIES,
    )
    await targets["requests"].log.append(taken)

    await imported(targets, cases_of(answered("P-1")))

    live, ours = number_of("P-1"), number_of("P-1", candidate=1)
    stored = await targets["requests"].past([live, ours])
    assert {number: len(events) for number, events in stored.items()} == {live: 1, ours: 6}

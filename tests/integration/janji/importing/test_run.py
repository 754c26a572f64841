"""What is imported goes into the logs once and whole, whoever interrupts it or imports beside."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace

import pytest

from janji.importing.cases import CaseRows
from janji.importing.numbers import CaseKey, Secrets
from janji.importing.run import Importer, ImportTarget, WrongMasterKey
from services.requests.domain import ServiceRequest
from shared.eventstore.codec import Codec
from shared.eventstore.sealing import Keyring
from shared.promise.case_number import case_id
from testbed.databases import Database
from testbed.event_logs import running, sound_history
from testbed.imports import (
    answered,
    cases_of,
    doors_of,
    history,
    imported,
    refusals,
    resolved,
)
from testbed.service_requests import AGENCIES, STANDARDS, SUBMISSION, act
from testbed.surface import NOW


@pytest.fixture
async def doors(database: Callable[[str], Database]) -> AsyncIterator[Mapping[str, ImportTarget]]:
    async with doors_of(database) as doors:
        yield doors


def number_of(case: str, *, candidate: int = 0) -> str:
    return Secrets(bytes(32)).candidates(CaseKey("requests", case), "PRM")[candidate]


async def test_a_case_is_one_append(doors: Mapping[str, ImportTarget]) -> None:
    done = await imported(doors, cases_of(answered("P-1"), answered("P-2"), resolved("A-1")))

    assert (done.rows, done.cases) == (16, 3)
    requests, complaints = await history(doors["requests"]), await history(doors["complaints"])
    assert [each.originator_version for each in requests] == [*range(1, 7), *range(1, 7)]
    assert [type(each).__name__ for each in complaints][-1] == "Closed"
    await sound_history(doors["requests"].log)


async def test_texts_are_sealed_with_a_key_of_their_case(doors: Mapping[str, ImportTarget]) -> None:
    await imported(doors, cases_of(answered("P-1", until="submit")))

    stored = (await doors["requests"].log.read(0, 1))[0]
    request = await doors["requests"].log.load(ServiceRequest, stored.originator_id)

    assert b"impor@" not in stored.state
    assert request.accounts == ["impor@kalbarprov.go.id"]


async def test_reimport_adds_nothing(doors: Mapping[str, ImportTarget]) -> None:
    await imported(doors, cases_of(answered("P-1"), resolved("A-1")))
    before = await history(doors["requests"]), await history(doors["complaints"])

    again = await imported(doors, cases_of(answered("P-1"), resolved("A-1")))

    assert (again.rows, again.cases) == (0, 0)
    assert (await history(doors["requests"]), await history(doors["complaints"])) == before


async def test_reimport_adds_new_rows(doors: Mapping[str, ImportTarget]) -> None:
    await imported(doors, cases_of(answered("P-1", until="approve")))

    again = await imported(doors, cases_of(answered("P-1"), answered("P-2")))

    assert (again.rows, again.cases) == (3 + 6, 2)
    assert [e.status for e in await history(doors["requests"])].count("confirmed") == 2


async def test_staff_acts_after_an_import_stay(doors: Mapping[str, ImportTarget]) -> None:
    """A row before what staff did since is refused, and the case stays as they left it."""
    await imported(doors, cases_of(answered("P-1", until="submit")))
    log = doors["requests"].log
    request = await log.load(ServiceRequest, case_id(number_of("P-1")))
    request.review(act("reviewer", "2026-11-20 09:00"))
    await log.append(request)

    (flaw,) = await refusals(doors, cases_of(answered("P-1")))

    assert (flaw.column, flaw.rule) == ("at", "after_the_known")
    assert len(await history(doors["requests"])) == 2


async def test_two_imports_at_once_are_one(doors: Mapping[str, ImportTarget]) -> None:
    many = [answered(f"P-{n}") for n in range(40)]

    await asyncio.gather(*(both_steps(doors, cases_of(*many)) for _ in range(2)))

    assert len(await history(doors["requests"])) == 40 * 6
    await sound_history(doors["requests"].log)


async def both_steps(doors: Mapping[str, ImportTarget], found: list[CaseRows]) -> None:
    """Both check before either appends."""
    work = Importer(doors, Secrets(bytes(32)), NOW)
    new, _ = await work.check(found)
    await asyncio.gather(work.append(new), work.append(new))


async def test_an_interrupted_import_is_run_again(doors: Mapping[str, ImportTarget]) -> None:
    many = [answered(f"P-{n}") for n in range(300)]
    first = asyncio.create_task(imported(doors, cases_of(*many)))
    await doors["requests"].log.wait_beyond(0, timeout_seconds=10)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    half = len(await history(doors["requests"]))

    await imported(doors, cases_of(*many))

    assert half < 300 * 6
    assert half % 6 == 0, "each case is in whole or not at all"
    assert len(await history(doors["requests"])) == 300 * 6


async def test_a_number_that_a_live_case_drew_is_left_to_it(
    doors: Mapping[str, ImportTarget],
) -> None:
    taken = ServiceRequest.submit(
        SUBMISSION,
        act("intake"),
        number=number_of("P-1"),
        standards=STANDARDS,
        agencies=AGENCIES,
    )
    await doors["requests"].log.append(taken)

    await imported(doors, cases_of(answered("P-1")))

    live, ours = number_of("P-1"), number_of("P-1", candidate=1)
    stored = await doors["requests"].past([live, ours])
    assert {number: len(events) for number, events in stored.items()} == {live: 1, ours: 6}


async def test_another_master_key_is_refused(database: Callable[[str], Database]) -> None:
    given = {service: database(service) for service in ("requests", "complaints")}
    async with doors_of(given.__getitem__) as doors:
        await imported(doors, cases_of(answered("P-1", until="submit")))
        await doors["requests"].check_key()
    codec = Codec([ServiceRequest], Keyring(bytes([1] * 32)))

    async with running(given["requests"].app_url, codec=codec) as log:
        with pytest.raises(WrongMasterKey, match="log of requests"):
            await replace(doors["requests"], log=log).check_key()

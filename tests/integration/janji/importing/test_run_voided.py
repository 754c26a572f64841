"""In a history: what was registered by mistake, letters that stand twice, who had it in hand."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from janji.importing.run import ImportTarget
from services.requests.application import Requests
from services.requests.letter import Submission
from services.requests.refusals import SameLetter
from shared.cases.case import Actor
from shared.cases.repository import CommandContext
from testbed.databases import Database
from testbed.imports import (
    Cells,
    answered,
    cases_of,
    event,
    heard,
    history,
    imported,
    refusals,
    targets_of,
    violations,
)
from testbed.service_requests import AGENCIES, CALENDAR, LETTER, STANDARDS, SUBMISSION
from testbed.surface import NOW

INTAKE = CommandContext(by=Actor("intake-1", "intake"))
RECEIVED = "2026-11-02 09:00"


@pytest.fixture
async def targets(database: Callable[[str], Database]) -> AsyncIterator[Mapping[str, ImportTarget]]:
    async with targets_of(database) as targets:
        yield targets


def live(targets: Mapping[str, ImportTarget]) -> Requests:
    """The service that runs beside."""
    return Requests(
        targets["requests"].log,
        standards=STANDARDS,
        agencies=AGENCIES,
        calendar=CALENDAR,
        now=lambda: NOW,
    )


def lettered(case: str, number: str, *more: Cells) -> list[Cells]:
    return [event(case, RECEIVED, "submit", letter_number=number), *more]


def by_letter(number: str) -> Submission:
    """A request of today, by the letter that `lettered` tells of."""
    letter = replace(LETTER, number=number, dated_on=date(2026, 11, 2))
    return replace(SUBMISSION, letter=letter, received_at=NOW)


async def test_a_void_ends_a_case_of_either_service(targets: Mapping[str, ImportTarget]) -> None:
    request = lettered("P-1", "800/1")
    complaint = [heard("A-1", RECEIVED, "receive")]
    void = {"reason": "registered_in_error", "text": "Salah catat"}

    await imported(
        targets,
        cases_of(
            [*request, event("P-1", "2026-11-03 09:00", "void", **void)],
            [*complaint, heard("A-1", "2026-11-03 09:00", "void", reason="spam")],
        ),
    )

    last = [(await history(targets[each]))[-1] for each in ("requests", "complaints")]
    assert [(each.status, each.reason) for each in last] == [
        ("voided", "registered_in_error"),
        ("voided", "spam"),
    ]


async def test_a_duplicate_names_a_case_that_the_system_holds(
    targets: Mapping[str, ImportTarget],
) -> None:
    first = (await live(targets).submit(INTAKE, by_letter("800/9"))).case.number
    void = event("P-1", "2026-11-03 09:00", "void", reason="duplicate", of=first.lower())

    await imported(targets, cases_of([*lettered("P-1", "800/1"), void]))

    assert (await history(targets["requests"]))[-1].of == first


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"reason": "duplicate"}, "of", "required"),
        ({"reason": "duplicate", "of": "PRM-0000-0000-0"}, "of", "known_case"),
        ({"reason": "duplicate", "of": "P-7"}, "of", "known_case"),
        ({"reason": "registered_in_error", "of": "PRM-0000-0000-0"}, "of", "only_duplicate"),
        ({"reason": "spam"}, "reason", "choice"),
    ],
)
async def test_a_void_that_says_what_cannot_be_is_a_violation_of_its_column(
    targets: Mapping[str, ImportTarget], cells: Cells, column: str, rule: str
) -> None:
    void = event("P-1", "2026-11-03 09:00", "void", **cells)

    (violation,) = await refusals(targets, cases_of([*lettered("P-1", "800/1"), void]))

    assert (violation.line, violation.column, violation.rule) == (3, column, rule)


def test_a_void_without_a_reason_is_a_violation() -> None:
    assert violations(event("P-1", RECEIVED, "void")) == [("reason", "required")]


async def test_a_void_of_a_void_is_a_violation(targets: Mapping[str, ImportTarget]) -> None:
    voids = [
        event("P-1", f"2026-11-0{day} 09:00", "void", reason="registered_in_error")
        for day in (3, 4)
    ]

    (violation,) = await refusals(targets, cases_of([*lettered("P-1", "800/1"), *voids]))

    assert (violation.line, violation.rule) == (4, "not_allowed")


async def test_history_may_hold_a_letter_twice(targets: Mapping[str, ImportTarget]) -> None:
    done = await imported(targets, cases_of(lettered("P-1", "800/1"), lettered("P-2", "800/1")))

    assert done.cases == 2


async def test_a_letter_that_was_imported_is_not_taken_by_a_new_request(
    targets: Mapping[str, ImportTarget],
) -> None:
    await imported(targets, cases_of(lettered("P-1", "800/1")))
    (first,) = await history(targets["requests"])

    with pytest.raises(SameLetter) as refused:
        await live(targets).submit(INTAKE, by_letter("800/1"))

    assert refused.value.number == first.number


async def test_a_letter_that_the_history_left_out_is_nobodys_twin(
    targets: Mapping[str, ImportTarget],
) -> None:
    await imported(targets, cases_of([event("P-1", RECEIVED, "submit")]))

    taken = await live(targets).submit(INTAKE, by_letter("impor"))

    assert taken.case.status == "submitted"


async def test_a_letter_of_a_request_that_was_imported_as_ended_is_free(
    targets: Mapping[str, ImportTarget],
) -> None:
    withdrawn = event("P-1", "2026-11-03 09:00", "withdraw")
    await imported(targets, cases_of(lettered("P-1", "800/1", withdrawn)))

    taken = await live(targets).submit(INTAKE, by_letter("800/1"))

    assert taken.case.status == "submitted"


@pytest.mark.parametrize("number", ["800;1", "8" * 61])
async def test_a_letter_number_that_no_office_writes_is_a_violation(
    targets: Mapping[str, ImportTarget], number: str
) -> None:
    (violation,) = await refusals(targets, cases_of(lettered("P-1", number)))

    assert (violation.column, violation.rule) == ("letter_number", "letter_number")


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"letter_date": "2026-11-01"}, "letter_date", "not_before_receipt"),
        ({"letter_date": "2026-11-03"}, "letter_date", "not_in_future"),
        ({"letter_number": "555;1"}, "letter_number", "letter_number"),
    ],
)
async def test_a_confirmation_that_cannot_be_is_a_violation(
    targets: Mapping[str, ImportTarget], cells: Cells, column: str, rule: str
) -> None:
    *before, confirmed = answered("P-1")

    (violation,) = await refusals(targets, cases_of([*before, {**confirmed, **cells}]))

    assert (violation.column, violation.rule) == (column, rule)


async def test_assignee_in_an_imported_row_is_not_looked_up(
    targets: Mapping[str, ImportTarget],
) -> None:
    assigned = event("P-1", "2026-11-02 10:00", "assign", assignee="petugas-1")

    await imported(targets, cases_of(lettered("P-1", "800/1", assigned)))

    last = (await history(targets["requests"]))[-1]
    assert (type(last).__name__, last.assignee) == ("Assigned", "petugas-1")

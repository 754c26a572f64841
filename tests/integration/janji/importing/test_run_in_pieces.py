"""Importing in pieces, as the months go by, equals importing at once."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from janji.case_services import CASE_SERVICES
from janji.importing.cases import by_case
from janji.importing.numbers import CaseKey
from janji.importing.parsed_file import SERVICE_IMPORTS
from janji.importing.rows import Row
from janji.importing.run import ImportTarget
from services.complaints.application import Complaints
from shared.cases.case import Case
from shared.promise.case_number import case_id
from testbed.databases import Database
from testbed.imports import RULES, SECRETS, decider, imported, targets_of
from testbed.surface import NOW
from tests.support.years.examples import examples

Targets = Mapping[str, ImportTarget]

START = datetime(2026, 9, 1, 2, tzinfo=UTC)
HOURS = (0, 1, 6, 20, 48, 24 * 8, 24 * 16)  # the last is longer than ten working days of silence
CATEGORIES = ("minor", "normative", "oversight")
CHANNELS = {"requests": "counter", "complaints": "email"}
FILLED: Mapping[str, Any] = {
    "kind": "password_reset",
    "agency": "DINKES",
    "score": 4,
    "reason": "registered_in_error",  # of a void it must be one of these
}


@st.composite
def cases(draw: st.DrawFn) -> list[Row]:
    """The rows of a case that is led along whatever its aggregate allows."""
    service = draw(st.sampled_from(sorted(SERVICE_IMPORTS)))
    at = START + timedelta(hours=draw(st.integers(0, 200)))
    rows: list[Row] = []
    key, command = str(uuid4()), SERVICE_IMPORTS[service].receipt
    for step in range(draw(st.integers(1, 9))):
        category = CATEGORIES[[row.command for row in rows].count("classify") % 3]
        values = {**FILLED, "channel": CHANNELS[service], "category": category}
        rows.append(Row(step + 2, key, service, command, at, values))
        at += timedelta(hours=draw(st.sampled_from(HOURS)))
        possible = SERVICE_IMPORTS[service].commands.keys() & after(rows, at).allowed
        if at > NOW or not possible:
            break
        command = draw(st.sampled_from(sorted(possible)))
    return rows


def after(rows: Sequence[Row], at: datetime) -> Case:
    """The case as it stands then."""
    (case,) = by_case(rows)
    case.number = "PRM-0000-0000-0"
    found = decider(case.key.service, at).decide(case, ()).case
    assert found is not None
    return found


@pytest.fixture
async def offices(database: Callable[[str], Database]) -> AsyncIterator[tuple[Targets, Targets]]:
    """Two that have nothing in common but the master key."""
    async with AsyncExitStack() as opened:
        one, other = [await opened.enter_async_context(targets_of(database)) for _ in range(2)]
        yield one, other


@settings(
    max_examples=examples(10),
    deadline=None,  # the database may be busy with other tests
    # The offices are the same for all examples: each has cases of its own in them.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    histories=st.lists(cases(), min_size=1, max_size=4),
    cuts=st.lists(st.integers(0, 24 * 90), max_size=4),
)
async def test_pieces_are_the_whole(
    offices: tuple[Targets, Targets], histories: list[list[Row]], cuts: list[int]
) -> None:
    at_once, in_pieces = offices
    rows = [row for history in histories for row in history]
    ends = [START, *(START + timedelta(hours=hour) for hour in sorted(cuts)), NOW]

    await imported(at_once, by_case(rows), NOW)
    for begin, end in pairwise([datetime.min.replace(tzinfo=UTC), *ends]):
        piece = [row for row in rows if begin < row.at <= end]
        await imported(in_pieces, by_case(piece), end)
        await imported(in_pieces, by_case(row for row in rows if row.at <= end), end)
    await silences_end(in_pieces, rows)

    assert await told(in_pieces, rows) == await told(at_once, rows)


async def silences_end(targets: Targets, rows: Sequence[Row]) -> None:
    """As the service closes complaints, whose silence is full after their file is in."""
    log = targets["complaints"].log
    complaints = Complaints(
        log, standards=RULES.standards, calendar=RULES.calendar, now=lambda: NOW
    )
    for number in numbers(rows)["complaints"]:
        await complaints.close_if_silent(case_id(number))


async def told(targets: Targets, rows: Sequence[Row]) -> list[tuple[str, Any]]:
    """All that the log says of these cases, but where and when it was recorded."""
    found: list[tuple[str, Any]] = []
    for service, target in targets.items():
        for number, events in sorted((await target.past(numbers(rows)[service])).items()):
            found += [(number, (type(event).__name__, vars(event))) for event in events]
    return found


def numbers(rows: Sequence[Row]) -> Mapping[str, list[str]]:
    keys = {CaseKey(row.service, row.case) for row in rows}
    return {
        service.name: [
            SECRETS.candidates(key, service.prefix)[0]
            for key in keys
            if key.service == service.name
        ]
        for service in CASE_SERVICES.values()
    }

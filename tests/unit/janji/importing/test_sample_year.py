"""The invented year is a possible one, the same every time, and says of itself that it is none."""

from collections import Counter

import pytest

from janji.importing.cases import CaseRows, by_case
from janji.importing.sample_year import SAMPLE, sample_rows
from testbed.imports import RULES, Cells, decider, rows
from testbed.surface import NOW


@pytest.fixture(scope="module")
def year() -> list[Cells]:
    return sample_rows(NOW, RULES)


@pytest.fixture(scope="module")
def cases(year: list[Cells]) -> list[CaseRows]:
    return by_case(rows(year))


def test_demonstration_year_is_the_same_every_time(year: list[Cells]) -> None:
    assert sample_rows(NOW, RULES) == year


def test_no_rule_is_broken_and_everything_occurs(cases: list[CaseRows]) -> None:
    states: Counter[tuple[str, str]] = Counter()
    for case in cases:
        case.number = "PRM-0000-0000-0"
        decided = decider(case.key.service).decide(case, ()).case
        assert decided is not None
        today = decided.clock.reading(NOW.date(), RULES.calendar)
        states[case.key.service, today.state] += 1

    assert len(cases) > 1_000
    everything = {"running", "waiting", "overdue", "on_time", "late", "withdrawn"}
    assert {state for service, state in states if service == "requests"} == everything
    assert {"overdue", "on_time", "late", "forwarded"} <= {
        state for service, state in states if service == "complaints"
    }
    assert states["requests", "on_time"] > 10 * states["requests", "late"]


def test_every_text_says_that_it_is_invented(year: list[Cells]) -> None:
    texts = {row[column] for row in year for column in ("text", "reason") if column in row}

    assert texts == {SAMPLE}


def test_every_month_has_cases(cases: list[CaseRows]) -> None:
    months = {case.rows[0].at.strftime("%Y-%m") for case in cases}

    assert len(months) >= 12

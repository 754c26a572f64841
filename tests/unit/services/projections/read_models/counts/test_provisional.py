"""Due dates on days off that are not decreed yet, and what becomes of them when they are."""

from datetime import date
from typing import Any

import pytest

from services.projections.read_models.counts.keys import TallyRow
from services.projections.read_models.counts.year_counts import YearCounts
from services.projections.read_models.periods import read_period
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.read_models.statistics import of_complaints, of_requests
from services.projections.read_models.watermark import Watermark
from shared.promise.standard import load_standards
from shared.promise.working_days import Calendar, load_calendar
from tests.support.clocks.calendar_amendments import amended, begun, year_of

SHIPPED = load_calendar()
BEFORE_2022 = "2025.2+2026.1+2027.1"  # as releases without the past years named it
DUE_ON = date(2027, 1, 4)
STANDING = Watermark([], dict.fromkeys(("requests", "complaints"), date(2026, 12, 30)))


def decreed(*off: str) -> Calendar:
    """2027 by a decree that settles it, with these days off more."""
    return load_calendar(applied=[year_of(amended(2027, off=off))])


def figures(
    calendar: Calendar,
    *,
    cases: int = 1,
    decided: int = 1,
    version: str = SHIPPED.version,
    due_on: date = DUE_ON,
) -> dict[str, dict[str, Any]]:
    """Of a December in which 30 cases of each service were in time; so many are provisional."""
    standing = due_on.toordinal()
    measures = {
        ("", "", "on_time", 0): 30,
        ("provisional", version, "cases", standing): cases,
        ("provisional", version, "decided", standing): decided,
    }
    counts = [
        TallyRow(service, 12, *key, count)
        for service in ("requests", "complaints")
        for key, count in measures.items()
    ]
    period, office = read_period(f"{due_on.year - 1}-12"), RulesInForce(load_standards(), calendar)
    asked = period, YearCounts(counts), office, STANDING
    return {"requests": of_requests(*asked), "complaints": of_complaints(*asked)}


@pytest.mark.parametrize("service", ["requests", "complaints"])
def test_a_finished_case_on_undecreed_days_leaves_its_period_without_a_verdict(
    service: str,
) -> None:
    found = figures(SHIPPED)[service]

    assert (found["has_provisional"], found["target_met"]) == (True, None)
    assert (found["on_time"], found["on_time_rate"]) == (30, 1.0)


def test_an_open_case_on_undecreed_days_leaves_the_verdict_on_the_others() -> None:
    found = figures(SHIPPED, decided=0)["requests"]

    assert (found["provisional"], found["has_provisional"], found["target_met"]) == (1, True, True)


def test_a_verdict_on_complaints_does_not_tell_that_a_provisional_one_was_decided() -> None:
    """Only one category can be provisional, so the answer to one complaint would name it."""
    was_open, is_decided = (figures(SHIPPED, decided=each)["complaints"] for each in (0, 1))

    assert was_open == is_decided
    assert (was_open["has_provisional"], was_open["target_met"]) == (True, None)


def test_no_number_is_told_of_complaints() -> None:
    assert "provisional" not in figures(SHIPPED, cases=3)["complaints"]
    assert figures(SHIPPED, cases=3)["requests"]["provisional"] == 3


def test_a_year_that_its_decree_leaves_as_it_was_is_provisional_no_longer() -> None:
    found = figures(decreed())["requests"]

    assert (found["provisional"], found["has_provisional"], found["target_met"]) == (0, False, True)


def test_a_case_that_was_finished_by_other_days_than_the_decreed_stays_provisional() -> None:
    assert figures(decreed("2027-01-04"))["requests"]["has_provisional"]


def test_decree_after_the_due_date_leaves_nothing_provisional() -> None:
    assert not figures(decreed("2027-01-06"))["requests"]["has_provisional"]


def test_a_case_that_was_reckoned_without_any_calendar_of_its_year_stays_provisional() -> None:
    """As those of 2023 that an older release took in: nobody reckons them anew."""
    found = figures(SHIPPED, version=BEFORE_2022, due_on=date(2024, 1, 2))["requests"]

    assert (found["has_provisional"], found["target_met"]) == (True, None)


def test_a_version_that_is_not_known_yet_settles_nothing() -> None:
    newer = load_calendar(applied=[year_of(begun(2028))]).version

    assert figures(SHIPPED, version=newer)["requests"]["has_provisional"]

"""Complaints by category and channel, from counts to the rows of the JSON."""

from datetime import date
from typing import Any

from services.projections.read_models.breakdowns import breakdowns
from services.projections.read_models.counts import Count, YearCounts
from services.projections.read_models.periods import read_period
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar

TODAY, CALENDAR = date(2026, 12, 31), load_calendar()
STANDARD = load_standards().named("09/DISKOMINFO/2022")


def told(period: str, *counts: Count) -> dict[str, Any]:
    year = YearCounts(counts)
    return breakdowns(read_period(period), year, STANDARD, on=TODAY, calendar=CALENDAR)


def count(facet: str, member: str, state: str, counted: int, month: int = 11) -> Count:
    return Count("complaints", month, facet, member, state, 0, counted)


def test_a_month_has_none() -> None:
    assert told("2026-11", count("category", "minor", "on_time", 9)) == {
        "by_category": None,
        "by_channel": None,
    }


def test_a_row_says_what_was_kept_and_what_was_not() -> None:
    said = told(
        "2026-Q4",
        count("category", "minor", "on_time", 20),
        count("category", "minor", "late", 3),
        count("category", "minor", "overdue", 2),
        count("category", "minor", "running", 4),
    )

    assert said["by_category"]["minor"] == {
        "days_allowed": 5,
        "received": 29,
        "on_time": 20,
        "not_on_time": 5,
        "on_time_rate": 0.8,
    }


def test_a_row_with_a_hidden_cell_has_no_rate() -> None:
    said = told(
        "2026",
        count("category", "minor", "on_time", 25),
        count("category", "minor", "late", 3),
        count("category", "normative", "on_time", 12),
    )

    assert said["by_category"]["minor"] == {
        "days_allowed": 5,
        "received": 28,
        "on_time": None,
        "not_on_time": None,
        "on_time_rate": None,
        "suppressed": True,
    }


def test_members_come_in_the_order_of_the_standard() -> None:
    said = told("2026")

    assert list(said["by_category"]) == [*STANDARD.categories, "unclassified"]
    assert list(said["by_channel"]) == list(STANDARD.channels)


def test_what_only_an_older_standard_knew_is_shown_last() -> None:
    said = told("2026", count("channel", "fax", "on_time", 30))

    assert list(said["by_channel"])[-1] == "fax"
    assert said["by_channel"]["fax"]["received"] == 30
    assert "fax" not in told("2026")["by_channel"]


def test_a_category_of_no_standard_has_no_deadline_here() -> None:
    said = told("2026", count("category", "urgent", "on_time", 30))

    assert said["by_category"]["urgent"]["days_allowed"] is None


def test_long_cases_in_time_hide_with_all_others() -> None:
    """One that took 30 days and was on time is told by the histogram: it had 60."""
    said = told(
        "2026",
        count("category", "minor", "on_time", 20),
        count("category", "oversight", "on_time", 1),
        Count("complaints", 11, "", "", "on_time", 0, 21),
        Count("complaints", 11, "", "", "days_used", 2, 20),
        Count("complaints", 11, "", "", "days_used", 30, 1),
    )

    assert said["by_category"]["minor"]["suppressed"] is True


def test_one_that_still_runs_after_months_hides_with_all_others() -> None:
    """With 5 or 14 days it would be overdue, so it had 60."""
    said = told(
        "2026",
        count("category", "minor", "on_time", 20),
        count("category", "oversight", "running", 1),
        Count("complaints", 11, "", "", "on_time", 0, 20),
        Count("complaints", 11, "", "", "running", 0, 1),
    )

    assert said["by_category"]["minor"]["suppressed"] is True


def test_one_that_was_paused_may_have_had_any_deadline() -> None:
    said = told(
        "2026",
        count("category", "minor", "on_time", 20),
        count("category", "oversight", "running", 1),
        Count("complaints", 11, "", "", "on_time", 0, 20),
        Count("complaints", 11, "", "", "running", 0, 1),
        Count("complaints", 11, "", "", "waited", 0, 1),
    )

    assert said["by_category"]["minor"]["received"] == 20

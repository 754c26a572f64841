"""The figures, from counts that are written down here."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.projections.read_models.counts.keys import TallyRow
from services.projections.read_models.counts.year_counts import YearCounts, nearest_rank, spread
from services.projections.read_models.periods import read_period
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.read_models.statistics import of_requests
from services.projections.read_models.watermark import Watermark
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from tests.support.messaging.source_positions import applied_position

OFFICE = RulesInForce(load_standards(), load_calendar())
TODAY = date(2026, 11, 24)
STANDING = Watermark(sources=[], figures_on={"requests": TODAY, "complaints": TODAY})
NOVEMBER = read_period("2026-11")


def requests(**counted: int) -> dict[str, Any]:
    """The figures of a November in which so many requests were in each state or measure."""
    counts = [TallyRow("requests", 11, "", "", name, 0, count) for name, count in counted.items()]
    return of_requests(NOVEMBER, YearCounts(counts), OFFICE, STANDING)


def days(measure: str, **values: int) -> list[TallyRow]:
    return [TallyRow("requests", 11, "", "", measure, int(d[1:]), n) for d, n in values.items()]


@pytest.mark.parametrize(
    ("histogram", "median", "p90"),
    [
        pytest.param({}, None, None, id="nothing"),
        pytest.param({3: 1}, 3, 3, id="one"),
        pytest.param({0: 1, 9: 1}, 0, 9, id="of two, the median is the lower"),
        pytest.param({0: 1, 1: 1, 9: 1}, 1, 9, id="of three, the middle one"),
        pytest.param({0: 9, 7: 1}, 0, 0, id="nine of ten"),
        pytest.param({0: 8, 7: 2}, 0, 7, id="eight of ten"),
        pytest.param({0: 10, 1: 10, 2: 10}, 1, 2, id="thirds"),
        pytest.param({0: 50, 1: 40, 2: 10}, 0, 1, id="just half, just nine of ten"),
        pytest.param({0: 100, 1: 102}, 1, 1, id="two less than half"),
        pytest.param({5: 1_000_000, 6: 1_000_000}, 5, 6, id="halves of a million"),
    ],
)
def test_percentiles_are_days_that_occurred(
    histogram: dict[int, int], median: int | None, p90: int | None
) -> None:
    assert (nearest_rank(histogram, 50), nearest_rank(histogram, 90)) == (median, p90)
    assert spread(histogram) == {"median": median, "p90": p90, "max": max(histogram, default=None)}


def test_the_rate_is_of_what_is_decided() -> None:
    said = requests(on_time=110, late=3, overdue=2, running=3, waiting=1, withdrawn=1)

    assert said["received"] == 120
    assert said["on_time_rate"] == 0.9565
    assert (said["target_rate"], said["target_met"]) == (1.0, False)


def test_open_and_withdrawn_cases_say_nothing_of_the_promise() -> None:
    said = requests(running=3, waiting=1, withdrawn=1, forwarded=1)

    assert said["received"] == 6
    assert said["on_time_rate"] is None
    assert said["target_met"] is None


def test_the_target_is_met_by_every_case_and_by_nothing_less() -> None:
    assert requests(on_time=42)["target_met"] is True
    assert requests(on_time=41, overdue=1)["target_met"] is False


def test_the_target_is_not_met_by_rounding() -> None:
    said = requests(on_time=99_999, late=1)

    assert said["on_time_rate"] == 1.0
    assert said["target_met"] is False


def test_ages_are_working_days_since_the_oldest() -> None:
    since = {"d" + str(date(2026, 11, 12).toordinal()): 1, "d" + str(TODAY.toordinal()): 2}
    counts = [*days("overdue_since", **since), *days("waiting_since", **since)]

    said = of_requests(NOVEMBER, YearCounts(counts), OFFICE, STANDING)

    assert said["oldest_overdue_days"] == said["oldest_waiting_days"] == 8


def test_a_month_counts_its_own_cases_only() -> None:
    counts = YearCounts(
        [
            TallyRow("requests", 10, "", "", "on_time", 0, 5),
            TallyRow("requests", 11, "", "", "on_time", 0, 7),
            TallyRow("complaints", 11, "", "", "on_time", 0, 9),
        ]
    )

    received = [
        of_requests(read_period(text), counts, OFFICE, STANDING)["received"]
        for text in ("2026-10", "2026-11", "2026-12", "2026-Q4", "2026-Q3", "2026")
    ]

    assert received == [5, 7, 0, 12, 0, 12]


def test_every_kind_has_its_identity() -> None:
    counts = [
        TallyRow("requests", 11, "kind", "password_reset", "on_time", 0, 75),
        TallyRow("requests", 11, "kind", "password_reset", "late", 0, 3),
        TallyRow("requests", 11, "kind", "password_reset", "waiting", 0, 2),
    ]

    by_kind = of_requests(NOVEMBER, YearCounts(counts), OFFICE, STANDING)["by_kind"]

    assert by_kind["password_reset"] == {
        "received": 80,
        "on_time": 75,
        "late": 3,
        "overdue": 0,
        "running": 0,
        "waiting": 2,
        "withdrawn": 0,
        "forwarded": 0,
        "on_time_rate": 0.9615,
    }
    assert list(by_kind) == ["account_creation", "account_change", "password_reset"]


def test_the_months_of_a_quarter_add_up_to_it_and_a_month_has_none() -> None:
    counts = [TallyRow("requests", month, "", "", "on_time", 0, month) for month in (10, 12)]
    year = YearCounts([*counts, TallyRow("requests", 12, "", "", "late", 0, 1)])

    quarter = of_requests(read_period("2026-Q4"), year, OFFICE, STANDING)

    by_month = quarter["by_month"]
    assert list(by_month) == ["2026-10", "2026-11", "2026-12"]
    assert [each["received"] for each in by_month.values()] == [10, 0, 13]
    assert by_month["2026-12"]["on_time_rate"] == 0.9231
    assert quarter["received"] == 23
    assert of_requests(NOVEMBER, year, OFFICE, STANDING)["by_month"] is None


def test_case_before_the_first_standard_is_measured_by_todays() -> None:
    assert OFFICE.standard(read_period("1999"), TODAY).decree == "09/DISKOMINFO/2022"


@pytest.mark.parametrize(
    ("recorded_at", "as_of"),
    [
        pytest.param(None, datetime(2026, 11, 23, 17, tzinfo=UTC), id="nothing yet: 00:00"),
        pytest.param(
            datetime(2026, 11, 24, 3, tzinfo=UTC),
            datetime(2026, 11, 24, 3, tzinfo=UTC),
            id="the last event, today",
        ),
        pytest.param(
            datetime(2026, 11, 20, 3, tzinfo=UTC),
            datetime(2026, 11, 23, 17, tzinfo=UTC),
            id="the last event was days ago: 00:00",
        ),
    ],
)
def test_figures_speak_of_the_last_event_or_of_midnight(
    recorded_at: datetime | None, as_of: datetime
) -> None:
    standing = Watermark(
        sources=[applied_position("requests", quarantined=2, recorded_at=recorded_at)],
        figures_on={"requests": TODAY},
    )

    assert standing.as_of == as_of
    assert standing.held == 2

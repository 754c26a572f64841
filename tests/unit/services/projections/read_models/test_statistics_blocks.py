"""All that is said of a period, from counts that are written down here: every name and number."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from services.projections.read_models.counts.keys import TallyRow
from services.projections.read_models.counts.year_counts import YearCounts
from services.projections.read_models.periods import read_period
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.read_models.statistics import figures
from services.projections.read_models.watermark import Watermark
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar
from tests.support.messaging.source_positions import EPOCH, applied_position

OFFICE = RulesInForce(load_standards(), load_calendar())
FRIDAY, MONDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)
LONG_AGO = date(2026, 11, 12)

STATES = {"on_time": 110, "late": 3, "overdue": 2, "running": 3, "waiting": 1, "withdrawn": 1}
HAPPENED = {
    "rejected": 4,
    "waited": 9,
    "reopened": 5,
    "reopenings": 6,
    "reclassified": 7,
    "backdated": 9,
    "voided": 10,
    "voided_overdue": 2,
}
DUE_IN_2027 = date(2027, 1, 4).toordinal()
PROVISIONAL = {"cases": 8, "decided": 2}
DAYS = {
    "overdue_since": {LONG_AGO.toordinal(): 1, FRIDAY.toordinal(): 1},
    "waiting_since": {FRIDAY.toordinal(): 1},
    "days_used": {0: 60, 1: 50, 2: 4, 4: 1},
    "days_elapsed": {1: 60, 3: 54, 9: 1},
    "imported": {FRIDAY.toordinal(): 4, LONG_AGO.toordinal(): 7},
}
IDENTITY = {
    "received": 120,
    **STATES,
    "forwarded": 0,
    "on_time_rate": 0.9565,
}
BLOCK = {
    "standard": "09/DISKOMINFO/2022",
    **IDENTITY,
    "target_rate": 1.0,
    "target_met": None,
    **HAPPENED,
    "imported": 11,
    "imported_on": "2026-11-20",
    "has_provisional": True,
    "oldest_waiting_days": 2,
    "days_used": {
        "median": 0,
        "p90": 1,
        "max": 4,
        "histogram": {"0": 60, "1": 50, "2": 4, "4": 1},
    },
    "days_elapsed": {"median": 1, "p90": 3, "max": 9},
}
NOTHING = {**dict.fromkeys(IDENTITY, 0), "on_time_rate": None}


def counted(service: str, month: int = 11) -> Iterator[TallyRow]:
    for measure, count in (STATES | HAPPENED).items():
        yield TallyRow(service, month, "", "", measure, 0, count)
    for measure, count in PROVISIONAL.items():
        version = OFFICE.calendar.version
        yield TallyRow(service, month, "provisional", version, measure, DUE_IN_2027, count)
    for measure, values in DAYS.items():
        for value, count in values.items():
            yield TallyRow(service, month, "", "", measure, value, count)


DETAIL = (
    "released_at",
    "days_used",
    "days_elapsed",
    "further_clocks",
    "by_category",
    "by_channel",
    "rating",
)
REQUESTS = [
    *counted("requests"),
    TallyRow("requests", 11, "kind", "password_reset", "on_time", 0, 3),
    TallyRow("requests", 11, "kind", "password_reset", "late", 0, 1),
    TallyRow("requests", 11, "kind", "abolished", "running", 0, 2),
]
COMPLAINTS = [
    *counted("complaints"),
    TallyRow("complaints", 11, "", "", "rating", 4, 3),
]


# The complaints' figures haven't reached today: midnight was a moment ago.
STANDING = Watermark(
    sources=[
        applied_position("requests", quarantined=2),
        applied_position("complaints", quarantined=1, applied=7),
    ],
    figures_on={"requests": TUESDAY, "complaints": MONDAY},
)


def said(period: str, *counts: TallyRow, stands: Watermark = STANDING) -> dict[str, Any]:
    return figures(read_period(period), YearCounts(counts), OFFICE, stands, stale=True)


def test_month_says_all_that_the_api_names() -> None:
    found = said("2026-11", *REQUESTS, *COMPLAINTS)

    services = found.pop("services")
    assert found == {
        "period": {"id": "2026-11", "from": "2026-11-01", "to": "2026-11-30", "complete": False},
        "as_of": "2026-11-23T03:10:00Z",
        "calendar": OFFICE.calendar.version,
        "stale": True,
        "held": 3,
        "log": {
            "requests": {"epoch": EPOCH, "position": 1042, "hash": "abcd"},
            "complaints": {"epoch": EPOCH, "position": 7, "hash": "abcd"},
        },
    }
    assert list(services) == ["requests", "complaints"]


def test_requests_are_told_by_every_kind_even_one_without_a_standard() -> None:
    block = said("2026-11", *REQUESTS, *COMPLAINTS)["services"]["requests"]

    assert block == {
        **BLOCK,
        "days_allowed": 1,
        "provisional": 8,
        "oldest_overdue_days": 8,
        "by_month": None,
        "further_clocks": {},
        "by_kind": {
            "account_creation": NOTHING,
            "account_change": NOTHING,
            "password_reset": NOTHING
            | {"received": 4, "on_time": 3, "late": 1, "on_time_rate": 0.75},
            "abolished": NOTHING | {"received": 2, "running": 2},
        },
    }
    assert list(block["by_kind"])[-1] == "abolished"


def test_complaints_are_told_as_of_their_own_day_and_in_no_detail() -> None:
    block = said("2026-11", *REQUESTS, *COMPLAINTS)["services"]["complaints"]

    assert block == {
        **{name: BLOCK[name] for name in BLOCK if not name.startswith("days_")},
        "days_allowed": None,
        "oldest_overdue_days": 7,
        "oldest_waiting_days": 1,
        "by_month": None,
        **dict.fromkeys(DETAIL),
    }


def test_months_are_of_the_whole_quarter_and_of_it_alone() -> None:
    rest = [*counted("requests", 9), *counted("complaints", 9)]
    services = said("2026-Q4", *REQUESTS, *COMPLAINTS, *rest)["services"]

    for block in services.values():
        assert block["by_month"] == {"2026-10": NOTHING, "2026-11": IDENTITY, "2026-12": NOTHING}
        assert IDENTITY.items() <= block.items()


def test_nothing_is_known_before_the_first_event() -> None:
    nothing = Watermark(
        sources=[applied_position("requests", applied=0, epoch="", hash=b"", recorded_at=None)],
        figures_on={"requests": TUESDAY, "complaints": TUESDAY},
    )

    found = said("2026", stands=nothing)

    assert found["log"] == {"requests": {"epoch": None, "position": 0, "hash": None}}
    assert found["as_of"] == "2026-11-23T17:00:00Z"
    assert found["services"]["requests"]["days_used"]["max"] is None
    assert found["services"]["complaints"]["rating"] is None

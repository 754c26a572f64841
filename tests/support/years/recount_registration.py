"""Whether a case was imported, backdated or voided: a part of `recount.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tests.support.clocks.slow_clock import DAY, OFFICE, days, works

if TYPE_CHECKING:
    from tests.support.years.recount import CountedCase


def registered(cases: Sequence[CountedCase]) -> dict[str, Any]:
    """What is said of cases, voided ones among them."""
    voided = [case for case in cases if case.state == "voided"]
    brought = [case for case in not_voided(cases) if is_imported(case)]
    return {
        "backdated": len([case for case in not_voided(cases) if is_backdated(case)]),
        "voided": len(voided),
        "voided_overdue": len([case for case in voided if was_overdue(case)]),
        "imported": len(brought),
        "imported_on": max(map(last_imported, brought)).isoformat() if brought else None,
    }


def not_voided(cases: Sequence[CountedCase]) -> list[CountedCase]:
    return [case for case in cases if case.state != "voided"]


def is_backdated(case: CountedCase) -> bool:
    """Recorded more than one working day after its receipt."""
    first = case.events[0].body["data"]
    received, recorded = day_of(first["received_at"]), day_of(first["recorded_at"])
    return sum(works(day, case.off[0]) for day in days(received + DAY, recorded)) > 1


def is_imported(case: CountedCase) -> bool:
    return bool(case.events[0].body["data"]["by"] == "import")


def last_imported(case: CountedCase) -> date:
    said = [event.body["data"] for event in case.events]
    return max(day_of(each["recorded_at"]) for each in said if each["by"] == "import")


def was_overdue(case: CountedCase) -> bool:
    """Its due date had passed on the day on which it was voided."""
    due_on = case.reading["due_on"]
    voided_on = day_of(case.data("voided")[0]["occurred_at"])
    return due_on is not None and voided_on > date.fromisoformat(due_on)


def day_of(instant: str) -> date:
    return datetime.fromisoformat(instant).astimezone(OFFICE).date()

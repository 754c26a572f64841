"""A second count of everything, from the events alone: slow, plain, sharing no code with ours.

Each case is followed event by event on a slow clock (`slow_clock.py`), then looked at on the day;
each figure goes through all cases again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shared.messaging.subscription import Incoming
from tests.support.clocks.slow_clock import (
    ALLOWED,
    DAY,
    DAYS_OFF,
    OFFICE,
    SlowClock,
    counts_as_of,
    days,
    works,
)
from tests.support.years.recount_registration import not_voided, registered

CATEGORY_DAYS = ALLOWED
DEADLINES: dict[str, tuple[int, bool, set[str], set[str]]] = {
    "verification": (3, True, {"classified", "rejected", "forwarded"}, set()),
    "response": (
        14,
        False,
        {"responded", "clarification_requested", "resolved", "rejected", "forwarded"},
        set(),
    ),
    "decision": (60, False, {"resolved", "rejected"}, {"forwarded"}),
}
"""Days, whether working ones, the events that end it, and those that make it another's."""

KINDS = ["account_creation", "account_change", "password_reset"]
DECIDED = ["on_time", "late", "overdue"]
STATES = [*DECIDED, "running", "waiting", "withdrawn", "forwarded"]

HAPPENS = {
    "returned": "returned",
    "clarification_requested": "returned",
    "resubmitted": "resubmitted",
    "clarified": "resubmitted",
    "resumed": "resubmitted",
    "confirmed": "confirmed",
    "rejected": "confirmed",
    "resolved": "confirmed",
    "withdrawn": "withdrawn",
    "forwarded": "forwarded",
    "reopened": "reopened",
}


@dataclass(frozen=True)
class Decrees:
    """Which days are off: `before` an instant, and since; `years` are settled."""

    newest: frozenset[date] = DAYS_OFF
    before: frozenset[date] = DAYS_OFF
    amended_at: datetime | None = None
    years: Sequence[int] = (2022, 2023, 2024, 2025, 2026)

    def at(self, instant: datetime) -> frozenset[date]:
        is_old = self.amended_at is not None and instant < self.amended_at
        return self.before if is_old else self.newest


SHIPPED = Decrees()


@dataclass
class CountedCase:
    """One case, as its events tell it and as it stands on the day."""

    service: str
    events: list[Incoming] = field(default_factory=list)
    decrees: Decrees = SHIPPED
    reading: dict[str, Any] = field(default_factory=dict)
    waiting_since: date | None = None
    off: list[frozenset[date]] = field(default_factory=list)  # after each event

    def data(self, name: str) -> list[dict[str, Any]]:
        return [event.body["data"] for event in self.events if event.type == name]

    def look(self, on: date) -> None:
        first = self.events[0].body["data"]
        received_at = datetime.fromisoformat(first["received_at"])
        decreed = self.decrees.at(received_at)
        allowed = 1 if self.service == "requests" else 5
        clock = SlowClock(received_at, allowed, off=decreed, decreed=decreed)
        self.off = [clock.off]
        for event in self.events[1:]:
            at = datetime.fromisoformat(event.body["data"]["occurred_at"])
            what = event.body["data"].get("category") or HAPPENS.get(event.type, event.type)
            clock.happen(what, at, self.decrees.at(at))
            self.off.append(clock.off)
        self.reading = clock.reading(on)
        if self.state == "waiting":
            self.waiting_since = clock.waits[-1][0].astimezone(OFFICE).date()

    @property
    def state(self) -> str:
        return str(self.reading["state"])

    @property
    def received_on(self) -> date:
        return date.fromisoformat(str(self.reading["received_on"]))

    @property
    def category(self) -> str:
        classified = self.data("classified")
        return str(classified[-1]["category"]) if classified else "unclassified"

    @property
    def status(self) -> str:
        return str(self.events[-1].body["data"]["status"])


def follow(events: Iterable[Incoming], on: date, decrees: Decrees = SHIPPED) -> list[CountedCase]:
    cases: dict[str, CountedCase] = {}
    for event in events:
        number = event.body["data"]["number"]
        cases.setdefault(number, CountedCase(event.source, decrees=decrees)).events.append(event)
    for case in cases.values():
        case.look(on)
    return list(cases.values())


def recount(
    cases: Sequence[CountedCase],
    service: str,
    first: date,
    last: date,
    on: date,
    decrees: Decrees = SHIPPED,
) -> Any:
    """What the statistics say of a service and a period, but for what is released of complaints."""
    every = [c for c in cases if c.service == service and first <= c.received_on <= last]
    mine = not_voided(every)
    decided = [c for c in mine if c.state in DECIDED]
    overdue = [date.fromisoformat(c.reading["due_on"]) for c in mine if c.state == "overdue"]
    waiting = [c.waiting_since for c in mine if c.waiting_since is not None]
    unsettled = [c for c in mine if is_provisional(c, decrees)]
    no_verdict = not decided or any(c in unsettled for c in decided)
    figures: dict[str, Any] = {
        **identity(mine),
        "target_met": None if no_verdict else all(c.state == "on_time" for c in decided),
        **happened(mine),
        **registered(every),
        "has_provisional": unsettled != [],
        "oldest_overdue_days": oldest(overdue, on, decrees.newest),
        "oldest_waiting_days": oldest(waiting, on, decrees.newest),
        "by_month": by_month(mine, first, last),
    }
    if service == "requests":
        figures |= {**days_taken(mine), **of_requests(mine, unsettled)}
    return figures


def days_taken(cases: Sequence[CountedCase]) -> dict[str, Any]:
    """Of those that are decided."""
    decided = [c for c in cases if c.state in DECIDED]
    used = [c.reading["days_used"] for c in decided]
    return {
        "days_used": {**spread(used), "histogram": {str(n): used.count(n) for n in set(used)}},
        "days_elapsed": spread([c.reading["days_elapsed"] for c in decided]),
    }


def happened(cases: Sequence[CountedCase]) -> dict[str, int]:
    """What an office could hide behind."""
    return {
        "rejected": how_many(cases, lambda c: c.status == "rejected"),
        "waited": how_many(
            cases, lambda c: bool(c.data("returned") or c.data("clarification_requested"))
        ),
        "reopened": how_many(cases, lambda c: bool(c.data("reopened"))),
        "reopenings": sum(len(c.data("reopened")) for c in cases),
        "reclassified": how_many(cases, lambda c: len(c.data("classified")) > 1),
    }


def by_month(cases: Sequence[CountedCase], first: date, last: date) -> dict[str, Any] | None:
    if first.month == last.month:
        return None
    months = [date(first.year, number, 1) for number in range(first.month, last.month + 1)]
    return {
        f"{month:%Y-%m}": identity([c for c in cases if c.received_on.replace(day=1) == month])
        for month in months
    }


def further_clocks(complaints: Sequence[CountedCase], on: date) -> dict[str, Any]:
    """By clock: how many started, and how many of them were kept, missed or still run."""
    counted: dict[str, Any] = {}
    for name in DEADLINES:
        said = [deadline(case, name, on) for case in not_voided(complaints)]
        states = {state: said.count(state) for state in ("kept", "missed", "running")}
        counted[name] = {"started": sum(states.values()), **states}
    return counted


def deadline(case: CountedCase, name: str, on: date) -> str | None:
    """How that further clock of a complaint stands; None if another office took it over."""
    allowed, working, done, gone = DEADLINES[name]
    received_at = datetime.fromisoformat(case.events[0].body["data"]["received_at"])
    due = runs_until(received_at, allowed, case.off[0] if working else None)
    for event, off in zip(case.events[1:], case.off[1:], strict=True):
        at = datetime.fromisoformat(event.body["data"]["occurred_at"]).astimezone(OFFICE)
        if at.date() > due:
            return "missed"
        due = runs_until(received_at, allowed, off if working else None)
        if event.type in done:
            return "kept"
        if event.type in gone:
            return None
    return "running" if on <= due else "missed"


def runs_until(start: datetime, allowed: int, off: frozenset[date] | None) -> date:
    """The n-th day after it: a working one, or of the calendar if `off` is None."""
    due = start.astimezone(OFFICE).date() if off is None else counts_as_of(start, off)
    for _ in range(allowed):
        due += DAY
        while off is not None and not works(due, off):
            due += DAY
    return due


def of_requests(
    requests: Sequence[CountedCase], unsettled: Sequence[CountedCase]
) -> dict[str, Any]:
    return {
        "provisional": len(unsettled),
        "by_kind": {
            kind: identity([c for c in requests if c.events[0].body["data"]["kind"] == kind])
            for kind in KINDS
        },
    }


def identity(cases: Sequence[CountedCase]) -> dict[str, Any]:
    counted = {state: [case.state for case in cases].count(state) for state in STATES}
    decided = sum(counted[state] for state in DECIDED)
    rate = round(counted["on_time"] / decided, 4) if decided else None
    return {"received": len(cases), **counted, "on_time_rate": rate}


def how_many(cases: Sequence[CountedCase], is_one: Callable[[CountedCase], bool]) -> int:
    return len([case for case in cases if is_one(case)])


def is_provisional(case: CountedCase, decrees: Decrees) -> bool:
    """Whether it is counted through a year of which not all is settled."""
    due_on = str(case.reading["due_on"] or "")
    if not due_on:
        return False
    years = range(case.received_on.year, int(due_on[:4]) + 1)
    return any(year not in decrees.years for year in years)


def oldest(since: Sequence[date], on: date, off: frozenset[date]) -> int | None:
    if not since:
        return None
    return len([day for day in days(min(since) + DAY, on) if works(day, off)])


def spread(values: list[int]) -> dict[str, int | None]:
    """By nearest rank."""
    if not values:
        return {"median": None, "p90": None, "max": None}
    return {"median": least(values, 50), "p90": least(values, 90), "max": max(values)}


def least(values: list[int], percent: int) -> int:
    """The least value that so many percent of them don't exceed."""
    return min(
        value
        for value in set(values)
        if len([each for each in values if each <= value]) * 100 >= percent * len(values)
    )

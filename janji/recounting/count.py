"""The figures of requests, counted row by row.

They have the names of the statistics in JSON. Percentiles are by nearest rank, and a case that was
registered by mistake (`voided`) is only in the counts of voided cases.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeAlias

from janji.recounting.table import AGES, DAYS, FLAGS, CsvRow

DECIDED = ("on_time", "late", "overdue")
OPEN = ("overdue", "running", "waiting")
STATES = (*DECIDED, "running", "waiting", "withdrawn", "forwarded")
VOIDED = "voided"
NEVER = ("reopened", "reopenings", "reclassified")  # what happens to complaints alone
DAYS_OFF_MAX = timedelta(days=31)  # far more than ever followed each other
PERIOD = re.compile(r"[1-9]\d{3}(-Q[1-4]|-0[1-9]|-1[0-2])?", re.ASCII)

Figures: TypeAlias = dict[str, Any]


@dataclass
class Recount:
    """The running counts; `states` of all cases, of each kind and of each month.

    Its memory grows only with the ids.
    """

    period: str = ""
    as_of: str = ""
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    days: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    ages: dict[str, int] = field(default_factory=dict)
    imported_on: date | None = None
    ids: set[str] = field(default_factory=set)

    def add(self, row: CsvRow) -> None:
        """Raises Refused."""
        self._check_whose(row)
        state, kind = check_state(row), row.text("kind")
        flags = [flag for flag in FLAGS if row.truth(flag)]
        row.given("imported_on", only_if="imported" in flags, what="`imported`")
        imported_on = row.day("imported_on") if "imported" in flags else date.min
        check_days(row)
        used = {name: row.number(name) for name in DAYS}
        if state == VOIDED:
            self.happened.update(["voided", *(["voided_overdue"] if ended_late(row) else [])])
            return
        self.states.update((of, state) for of in ("", kind, row.cells["received_on"][:7]))
        self.happened.update(flags)
        if state in DECIDED:
            self.happened.update(["undecreed"] if "provisional" in flags else [])
            for name, days in used.items():
                self.days[name][days] += 1
        if age := AGES.get(state):
            self.ages[age] = max(self.ages.get(age, 0), row.number(age))
        if "imported" in flags:
            self.imported_on = max(self.imported_on or date.min, imported_on)

    def _check_whose(self, row: CsvRow) -> None:
        """Each case occurs once, and all rows are of one period and one instant."""
        if row.text("id") in self.ids:
            row.refuse("id", "stands twice")
        self.ids.add(row.cells["id"])
        self.period, self.as_of = self.period or row.text("period"), self.as_of or row.text("as_of")
        if row.cells["period"] != self.period or not PERIOD.fullmatch(self.period):
            row.refuse("period", f"is another period than {self.period}")
        if row.cells["as_of"] != self.as_of:
            row.refuse("as_of", f"is another instant than {self.as_of}")
        if f"{row.day('received_on'):%Y-%m}" not in months_of(self.period):
            row.refuse("received_on", f"lies outside of {self.period}")

    def figures(self) -> Figures:
        """The figures of the statistics, except those that depend on the target."""
        months = months_of(self.period)
        kinds = sorted({of for of, _ in self.states}.difference(["", *months]))
        spreads = {name: spread(self.days[name]) for name in DAYS}
        used = sorted(self.days["days_used"].items())
        spreads["days_used"]["histogram"] = {str(days): cases for days, cases in used}
        happened = (*FLAGS, *NEVER, "voided", "voided_overdue")
        return {
            **self.identity(""),
            **{name: self.happened[name] for name in happened},
            "has_provisional": self.happened["provisional"] > 0,
            "imported_on": self.imported_on and self.imported_on.isoformat(),
            **{f"oldest_{age}": self.ages.get(age) for age in AGES.values()},
            **spreads,
            "by_month": {each: self.identity(each) for each in months} if months[1:] else None,
            "by_kind": {kind: self.identity(kind) for kind in kinds},
        }

    def identity(self, of: str) -> Figures:
        states = {state: self.states[of, state] for state in STATES}
        decided = sum(states[state] for state in DECIDED)
        rate = round(states["on_time"] / decided, 4) if decided else None
        return {"received": sum(states.values()), **states, "on_time_rate": rate}

    def target_met(self, rate: float) -> bool | None:
        """None if a due date depends on a calendar that is not decreed yet."""
        decided = sum(self.states["", state] for state in DECIDED)
        if not decided or self.happened["undecreed"]:
            return None
        return self.states["", "on_time"] >= rate * decided


def check_state(row: CsvRow) -> str:
    """The state, checked against the other cells."""
    state = row.text("state")
    if state not in (*STATES, VOIDED):
        row.refuse("state", "is no state")
    row.given("ended_on", only_if=state not in OPEN, what=f"the state {state}")
    for column in ("due_on", "ended_on"):
        if row.cells[column]:
            row.day(column)
    for other, age in AGES.items():
        row.given(age, only_if=state == other, what=f"the state {state}")
    if (state in DECIDED and not row.cells["due_on"]) or (
        state in ("on_time", "late") and ended_late(row) != (state == "late")
    ):
        row.refuse("due_on", f"doesn't fit the state {state}")
    return state


def check_days(row: CsvRow) -> None:
    """What no figure would show: no day before its cause, no more working days than days.

    A case may have ended before `received_on`, which is a working day.
    """
    as_of, received = row.day_of_instant("as_of"), row.day("received_on")
    ended = row.day("ended_on") if row.cells["ended_on"] else as_of
    if row.cells["due_on"] and row.day("due_on") < received:
        row.refuse("due_on", f"lies before the receipt on {received}")
    if ended < received - DAYS_OFF_MAX:
        row.refuse("ended_on", f"lies before the receipt on {received}")
    for column in ("ended_on", "imported_on"):
        if row.cells[column] and row.day(column) > as_of:
            row.refuse(column, f"lies after {as_of}")
    used, elapsed = (row.number(name) for name in DAYS)
    if row.cells["state"] not in DECIDED:
        if used > elapsed:
            row.refuse("days_used", f"is more than the {elapsed} days that went by")
        if elapsed > max((ended - received).days, 0) + 1:
            row.refuse("days_elapsed", f"is more than there were from {received} to {ended}")
    if row.cells["overdue_days"]:
        late = (as_of - row.day("due_on")).days
        if not 0 < row.number("overdue_days") <= late:
            row.refuse("overdue_days", f"doesn't fit a due date {late} days ago")


def ended_late(row: CsvRow) -> bool:
    return row.cells["due_on"] != "" and row.day("ended_on") > row.day("due_on")


@cache
def months_of(period: str) -> Sequence[str]:
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        return [f"{year}-{3 * int(part[1]) - 2 + number:02}" for number in range(3)]
    return [period] if part else [f"{year}-{number:02}" for number in range(1, 13)]


def spread(values: Counter[int]) -> Figures:
    ranked = {"median": nearest_rank(values, 50), "p90": nearest_rank(values, 90)}
    return {**ranked, "max": max(values, default=None)}


def nearest_rank(values: Counter[int], percent: int) -> int | None:
    """The least value that this percentage of the cases doesn't exceed."""
    rank = -(-percent * sum(values.values()) // 100)
    for value, cases in sorted(values.items()):
        rank -= cases
        if rank <= 0:
            return value
    return None

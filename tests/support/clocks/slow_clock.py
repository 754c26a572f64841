"""The eight rules of the clock, day by day, without any of the product's arithmetic.

Slow and plain on purpose: every question goes through all days and all waits. It reads the days
off from the data files itself.
"""

import tomllib
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.support.cases.histories import History

OFFICE = ZoneInfo("Asia/Pontianak")
DATA = Path(__file__).parents[3] / "shared/promise/data/calendar"
DAY = timedelta(days=1)
FAR = 400 * DAY  # no allowance of the histories reaches farther

ALLOWED = {"minor": 5, "normative": 5, "non_oversight": 14, "oversight": 60}
STOPS = {"confirmed": "answered", "withdrawn": "withdrawn", "forwarded": "forwarded"}

DAYS_OFF = frozenset(
    entry["date"]
    for path in DATA.glob("*.toml")
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["days_off"]
    if "until" not in entry  # a decree took it away
)


def works(on: date, off: Set[date] = DAYS_OFF) -> bool:
    return on.weekday() < 5 and on not in off


def close(on: date) -> datetime:
    return datetime.combine(on, time(16, 30) if on.weekday() == 4 else time(16), OFFICE)


def days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def counts_as_of(instant: datetime, off: Set[date] = DAYS_OFF) -> date:
    """Rule 2."""
    on = instant.astimezone(OFFICE).date()
    while not works(on, off) or instant >= close(on):
        on, instant = on + DAY, datetime.combine(on + DAY, time(), OFFICE)
    return on


@dataclass
class SlowClock:
    """A case as it stands after its steps; `fixed` is a due date that was missed on the way.

    `off` are the days that are off for this case, `decreed` those of the decree that it goes by.
    `never` are days that didn't count when a decree came, and that don't count after it either.
    """

    received_at: datetime
    allowed: int
    waits: list[list[datetime]] = field(default_factory=list)  # [from] or [from, until]
    stopped_at: datetime | None = None
    outcome: str | None = None
    fixed: date | None = None
    off: frozenset[date] = DAYS_OFF
    decreed: frozenset[date] = DAYS_OFF
    never: frozenset[date] = frozenset()

    @classmethod
    def after(cls, history: History) -> "SlowClock":
        clock = cls(history.received_at, history.days_allowed)
        for what, when in history.steps:
            clock.happen(what, when)
        return clock

    def miss(self, when: datetime) -> None:
        """Rule 7."""
        due = self.due()
        if self.stopped_at is None and due and when.astimezone(OFFICE).date() > due:
            self.fixed = due

    def amend(self, decreed: frozenset[date], when: datetime) -> None:
        """An open case goes on under a decree that has come; no day off is taken from it."""
        if self.stopped_at is None and decreed != self.decreed:
            self.miss(when)
            self._go_by(decreed, when)

    def _go_by(self, decreed: frozenset[date], when: datetime) -> None:
        if decreed == self.decreed:
            return
        past = days(self.received_on + DAY, counts_as_of(when, self.off))
        uncounted = [each for each in past if not self.is_counted(each)]
        self.off, self.decreed = self.off | decreed, decreed
        self.never |= {each for each in uncounted if self.is_counted(each)}

    def happen(self, what: str, when: datetime, decreed: frozenset[date] | None = None) -> None:
        self.amend(decreed or self.decreed, when)
        self.miss(when)
        if what == "returned":
            self.waits.append([when])
        elif what == "resubmitted":
            self.waits[-1].append(when)
        elif what == "reopened":
            assert self.stopped_at
            stopped_at, self.stopped_at, self.outcome = self.stopped_at, None, None
            self._go_by(decreed or self.decreed, when)
            self.waits.append([stopped_at, when])
        elif what in ALLOWED:
            self.allowed = self.allowed if self.fixed else ALLOWED[what]
        elif what == "voided":
            self.stopped_at, self.outcome = self.stopped_at or when, what
        elif what in STOPS:
            self.stopped_at = when
            self.outcome = STOPS[what]

    @property
    def received_on(self) -> date:
        return counts_as_of(self.received_at, self.off)

    @property
    def waits_still(self) -> bool:
        return bool(self.waits) and len(self.waits[-1]) == 1

    def ended_waits(self) -> list[tuple[datetime, datetime]]:
        never = datetime(9000, 1, 1, tzinfo=UTC)
        return [(each[0], each[1] if each[1:] else self.stopped_at or never) for each in self.waits]

    def is_counted(self, on: date) -> bool:
        """Rule 3, of a day after the one of receipt."""
        if not works(on, self.off) or on in self.never:
            return False
        for start, end in self.ended_waits():
            if start <= close(on) <= end:
                return False
            if end.year == 9000:
                continue
            touched = days(start.astimezone(OFFICE).date(), end.astimezone(OFFICE).date())
            over_a_close = any(
                start <= close(each) <= end for each in touched if works(each, self.off)
            )
            if over_a_close and on == counts_as_of(end, self.off):
                return False
        return True

    def used(self, on: date) -> int:
        """Rule 6."""
        until = self.stopped_at.astimezone(OFFICE).date() if self.stopped_at else on
        return sum(map(self.is_counted, days(self.received_on + DAY, until)))

    def elapsed(self, on: date) -> int:
        """Rule 8."""
        until = self.stopped_at.astimezone(OFFICE).date() if self.stopped_at else on
        return sum(works(each, self.off) for each in days(self.received_on + DAY, until))

    def due(self) -> date | None:
        """Rule 4."""
        if self.fixed:
            return self.fixed
        if self.stopped_at and self.waits_still and self.used(date.max) < self.allowed:
            return None
        left, on = self.allowed, self.received_on
        while left:
            on += DAY
            left -= self.is_counted(on)
            if on - self.received_on > FAR:
                return None
        return on

    def state(self, on: date) -> str:
        """Rule 5."""
        due = self.due()
        if self.outcome == "voided":
            return self.outcome
        if self.stopped_at:
            missed = due is not None and self.stopped_at.astimezone(OFFICE).date() > due
            kept = "on_time" if self.outcome == "answered" else str(self.outcome)
            return "late" if missed else kept
        if due is not None and on > due:
            return "overdue"
        return "waiting" if self.waits_still else "running"

    def reading(self, on: date) -> dict[str, object]:
        """What the API calls `clock`, but for calendar and provisional."""
        due, left, state = self.due(), self.allowed - self.used(on), self.state(on)
        return {
            "received_on": self.received_on.isoformat(),
            "days_allowed": self.allowed,
            "due_on": due and due.isoformat(),
            "days_left": None if self.stopped_at else left,
            "days_used": self.used(on),
            "days_elapsed": self.elapsed(on),
            "state": state,
            "due_soon": state == "running" and (due == on or left < self.allowed / 5),
        }

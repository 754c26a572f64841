"""Random histories of cases: instants at and beside the close and midnight, over days off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from shared.office_time import PONTIANAK
from shared.promise.reading import Reading
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import Calendar
from tests.support.clocks.case_clocks import CALENDAR, Step, played

STARTS = [
    date(2025, 8, 11),  # before the collective leave of 18 August
    date(2025, 12, 19),  # Christmas with collective leave on both sides of a weekend
    date(2026, 3, 11),  # Nyepi and Idul Fitri
    date(2026, 10, 30),  # nothing but weekends
    date(2026, 12, 17),  # Christmas, New Year, Isra Mikraj, from one year into the next
]
MADE_UP_YEAR = date(2026, 10, 30)  # where made-up days off lie

TIMES = [
    time(0),
    time(7, 30),
    time(12),
    time(15, 59, 59, 999999),
    time(16),
    time(16, 0, 0, 1),
    time(16, 29, 59, 999999),
    time(16, 30),
    time(16, 30, 1),
    time(23, 59, 59, 999999),
]
DAYS_ALLOWED = [1, 2, 5, 14]

NEXT = {  # what may happen to a case, by what happened last
    "running": [
        "returned",
        "returned",
        "confirmed",
        "withdrawn",
        "forwarded",
        "minor",
        "oversight",
    ],
    "returned": ["resubmitted", "resubmitted", "resubmitted", "withdrawn"],
    "confirmed": ["reopened"],
    "withdrawn": [],
    "forwarded": [],
}


@dataclass(frozen=True)
class History:
    """A case: when it came in, what it was promised, and what happened."""

    received_at: datetime
    days_allowed: int
    steps: tuple[Step, ...]

    def clock(self, by: Calendar = CALENDAR) -> SlaClock:
        return played(SlaClock.start(self.received_at, self.days_allowed, by), self.steps, by)

    def readings(self) -> list[Reading]:
        """What the clock said at the receipt and after each step, on that day."""
        stages = [replace(self, steps=self.steps[:n]) for n in range(len(self.steps) + 1)]
        return [each.clock().reading(each.last_at.date(), CALENDAR) for each in stages]

    @property
    def last_at(self) -> datetime:
        return self.steps[-1][1] if self.steps else self.received_at

    def still_open(self) -> "History":
        """The same, before what ended it."""
        has_ended = self.steps and self.steps[-1][0] in ("confirmed", "withdrawn", "forwarded")
        return replace(self, steps=self.steps[:-1]) if has_ended else self

    def finished(self, when: datetime) -> "History":
        """The same, confirmed then."""
        return replace(self, steps=(*self.steps, ("confirmed", when)))


@st.composite
def instants(draw: st.DrawFn, start: date, within_days: int = 25) -> datetime:
    on = start + timedelta(days=draw(st.integers(0, within_days)))
    return datetime.combine(on, draw(st.sampled_from(TIMES)), PONTIANAK)


@st.composite
def histories(
    draw: st.DrawFn,
    *,
    without: Collection[str] = (),
    starts: Sequence[date] = STARTS,
    steps_max: int = 8,
) -> History:
    """Cases of up to eight steps in four weeks, a step at the same instant as the last included."""
    start = draw(st.sampled_from(starts))
    whens = sorted(draw(st.lists(instants(start), min_size=1, max_size=steps_max + 1)))
    steps: list[Step] = []
    state = "running"
    for when in whens[1:]:
        possible = [what for what in NEXT[state] if what not in without]
        if not possible:
            break
        what = draw(st.sampled_from(possible))
        steps.append((what, when))
        state = what if what in NEXT else "running"
    return History(whens[0], draw(st.sampled_from(DAYS_ALLOWED)), tuple(steps))


def days_off(start: date = MADE_UP_YEAR) -> st.SearchStrategy[frozenset[date]]:
    """Made-up days off in the two months after `start`."""
    return st.frozensets(st.integers(0, 60).map(lambda n: start + timedelta(days=n)), max_size=12)

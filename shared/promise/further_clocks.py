"""Further clocks: deadlines of law and practice, which run beside the promise and don't change it.

The standard's file defines them: the events that start and end them, the number of working or
calendar days, and their legal basis. This module knows no event by name. Where the sources leave a
doubt, these rules are this product's decision.

1. A clock starts with the first `starts_with` of a case. Of working days the first is the one
   after the day on which that counts as received, as for the promise; of calendar days, the one
   after its date. A due date that is a day off stays where it is: the law moves none.
2. It ends with the first of `ends_with`: kept until the end of the due date, missed from 00:00 on.
   Later events, a reopening too, change nothing.
3. The first of `lapses_with` releases this office from it. Unless it was missed by then, it is
   counted as if it had never started.
4. It doesn't pause. UU 25/2009 counts from one event to another: article 44 gives the complainant
   30 days of their own to complete a complaint, and names no wait that stops the office's days.
5. While it runs, working days are counted by the calendar of the case's promise, so an amendment
   makes no due date earlier and changes none that has passed.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from shared.office_time import local_date
from shared.promise.clock_definition import ClockDefinition, Unit
from shared.promise.working_days import Calendar

State = Literal["running", "kept", "missed"]


class CaseCalendar(NamedTuple):
    """The calendar version of a case's promise, as its clock names it."""

    version: str
    kept_days_off: tuple[dt.date, ...] = ()

    def out_of(self, calendar: Calendar) -> Calendar:
        """That calendar, from one that knows its version. Raises UnknownCalendar."""
        return calendar.as_of(self.version).keeping(self.kept_days_off)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The facts of one further clock of one case. It is immutable: each step returns a new one."""

    clock: str
    days: int
    unit: Unit
    started_on: dt.date
    due_on: dt.date
    by: CaseCalendar
    ended_on: dt.date | None = None

    @classmethod
    def start(
        cls, clock: ClockDefinition, at: dt.datetime, by: CaseCalendar, calendar: Calendar
    ) -> "Deadline":
        """The clock starts [1]."""
        if clock.unit == "working_days":
            started_on = by.out_of(calendar).received_on(at)
        else:
            started_on = local_date(at)
        deadline = cls(clock.code, clock.days, clock.unit, started_on, started_on, by)
        return deadline._due(calendar)

    def end(self, at: dt.datetime) -> "Deadline":
        """The clock ends [2]."""
        return replace(self, ended_on=local_date(at))

    def amend(self, at: dt.datetime, by: CaseCalendar, calendar: Calendar) -> "Deadline":
        """The clock continues under the calendar of the promise since that instant [5]."""
        if by == self.by or self.unit == "calendar_days" or self.has_passed(local_date(at)):
            return self
        started_on = by.out_of(calendar).working_day_from(self.started_on)
        return replace(self, started_on=started_on, by=by)._due(calendar)

    def has_passed(self, on: dt.date) -> bool:
        """Whether it was missed by that day."""
        return (self.ended_on or on) > self.due_on

    def state(self, on: dt.date) -> State:
        """Its state on that day; the state of an ended clock is the same on every day [2]."""
        if self.has_passed(on):
            return "missed"
        return "running" if self.ended_on is None else "kept"

    def _due(self, calendar: Calendar) -> "Deadline":
        """The deadline, due on the n-th day after its start."""
        if self.unit == "calendar_days":
            return replace(self, due_on=self.started_on + dt.timedelta(days=self.days))
        own = self.by.out_of(calendar)
        return replace(self, due_on=own.working_day(own.rank(self.started_on) + self.days))


def deadlines_after(
    event: str,
    deadlines: Iterable[Deadline],
    clocks: Sequence[ClockDefinition],
    *,
    at: dt.datetime,
    by: CaseCalendar,
    calendar: Calendar,
) -> tuple[Deadline, ...]:
    """The further clocks of a case after one of its events, in the order of the standard.

    `by` is the calendar of its promise after that event; `calendar` must know its version.
    """
    standing = {deadline.clock: deadline for deadline in deadlines}
    now_standing: list[Deadline] = []
    for clock in clocks:
        deadline = standing.get(clock.code)
        if deadline is None:
            if event == clock.starts_with:
                now_standing.append(Deadline.start(clock, at, by, calendar))
        elif deadline.ended_on is not None:
            now_standing.append(deadline)
        elif event in clock.ends_with:
            now_standing.append(deadline.amend(at, by, calendar).end(at))
        elif event not in clock.lapses_with or deadline.has_passed(local_date(at)):
            now_standing.append(deadline.amend(at, by, calendar))
    return tuple(now_standing)

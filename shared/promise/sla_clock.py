"""The SLA clock: how many of the promised working days the office has used.

It counts dates, not minutes: the law counts working days, and a citizen must be able to count them
on a wall calendar. Where the service standard leaves a doubt, these rules are this product's
decision; the public method page shows them. The code refers to them as [1] to [8].

1. A working day is Monday to Friday less the days off of the calendar in force.
2. A case is received on the day of its receipt, or on the next working day.
3. A later working day counts if the office has the case at its close, except for the day of an
   answer after a wait over a close (`counted_days.py`). A day off has no close.
4. The case is due on the n-th counted day. While it waits with fewer counted, that is unknown.
5. A case finished by then is on time, finished later it is late, open later it is overdue.
6. Days used are the counted days up to the day of finishing, or today, inclusive.
7. Late stays late: once a due date has passed, nothing moves it.
8. Days elapsed are all working days, waiting or not: the applicant's view.

A clock holds facts only and is immutable: each step returns a new one. Instants are aware
datetimes, days are dates of Asia/Pontianak, counts are working days. A step that the case's state
doesn't allow is a bug of the caller, not a refusal: the aggregates decide that before.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.office_time import local_date
from shared.promise.counted_days import CountedDays, Day, TakenOut, WaitPeriod
from shared.promise.reading import Outcome, Reading, State
from shared.promise.working_days import Calendar


@dataclass(frozen=True, slots=True)
class SlaClock:
    """The facts from which the promise of one case is computed."""

    received_at: dt.datetime
    received_on: dt.date
    days_allowed: int
    calendar: str  # the version that counts its days
    waits: tuple[WaitPeriod, ...] = ()
    stopped_at: dt.datetime | None = None
    outcome: Outcome | None = None
    fixed_due_on: dt.date | None = None  # the due date that has passed [7]
    kept_days_off: tuple[dt.date, ...] = ()  # off for this case, though no longer for others
    taken_out: tuple[TakenOut, ...] = ()  # by waits before those that `waits` still holds
    uncounted_days: tuple[dt.date, ...] = ()  # worked, but not counted by an older calendar

    # The steps of a case. Each step first moves to the calendar in force.

    @classmethod
    def start(cls, received_at: dt.datetime, days_allowed: int, calendar: Calendar) -> "SlaClock":
        """The case is received [2]."""
        received_on = calendar.received_on(received_at)
        return cls(_utc(received_at), received_on, days_allowed, calendar.version)

    def wait(self, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """The case waits for the applicant: returned, or asked for clarification."""
        assert self.stopped_at is None, "a finished case waits for nobody"
        assert not self.waits_now, "it waits already"
        clock = self.amend(calendar, at)
        return replace(clock, waits=(*clock.waits, WaitPeriod(_utc(at), None)))

    def answer(self, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """The wait ends: resubmitted, clarified, or resumed without an answer."""
        assert self.waits_now, "nothing was asked"
        clock = self.amend(calendar, at)
        *before, last = clock.waits
        return replace(clock, waits=(*before, WaitPeriod(last.from_at, _utc(at))))

    def stop(self, at: dt.datetime, calendar: Calendar, outcome: Outcome) -> "SlaClock":
        """The case is finished. A case given up while it waits keeps its wait open."""
        assert self.stopped_at is None, "it is finished already"
        assert outcome != "answered" or not self.waits_now, "it waits: resume it first"
        return replace(self.amend(calendar, at), stopped_at=_utc(at), outcome=outcome)

    def void(self, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """The case is void. An open one ends now; a finished one keeps its end."""
        if self.stopped_at is not None:
            return replace(self, outcome="voided")
        return self.stop(at, calendar, "voided")

    def reopen(self, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """The case is reopened. Since its answer it waited for the complainant [3]."""
        assert self.stopped_at is not None, "it is open already"
        assert self.outcome == "answered", "what was given up is not taken up again"
        clock = replace(self, stopped_at=None, outcome=None)._moved_to(calendar, at)
        return replace(clock, waits=(*clock.waits, WaitPeriod(self.stopped_at, _utc(at))))

    def allow(self, days: int, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """Change the days allowed, from the day of receipt; no change after a breach [7]."""
        clock = self.amend(calendar, at)
        return clock if clock.fixed_due_on else replace(clock, days_allowed=days)

    def missed_if_allowed(self, days: int, at: dt.datetime, calendar: Calendar) -> dt.date | None:
        """The due date that the case would have missed with those days allowed; None if none.

        None as well after a breach, which stands whatever the days allowed.
        """
        clock = self.allow(days, at, calendar)
        return None if clock.fixed_due_on else clock._with_breach_fixed(at, calendar).fixed_due_on

    def amend(self, calendar: Calendar, at: dt.datetime) -> "SlaClock":
        """Move the case to the calendar in force, without another step.

        The case keeps the days off of its promise and gains the new ones, so its due date never
        becomes earlier. A due date that has passed is fixed first. A finished case doesn't change.
        """
        if self.stopped_at is not None:
            return self
        return (
            self._with_breach_fixed(at, calendar)
            ._moved_to(calendar, at)
            ._with_past_waits_settled(calendar)
        )

    # Readings

    @property
    def waits_now(self) -> bool:
        return self.stopped_at is None and self._wait_is_open

    def reading(self, on: dt.date, calendar: Calendar) -> Reading:
        """The state on that day; the state of a finished case is the same on every day.

        The reading uses the calendar version of the last step, which `calendar` must know
        (UnknownCalendar otherwise): an amendment takes effect by `amend`, never by a reading.
        """
        calendar = self._calendar_of_case(calendar)
        days = self._counted_days(calendar)
        until = local_date(self.stopped_at) if self.stopped_at else on
        used = days.until(until)
        due_on = self._due_on(days, used)
        state = self._state(due_on, until)
        left = self.days_allowed - used
        return Reading(
            received_on=self.received_on,
            days_allowed=self.days_allowed,
            due_on=due_on,
            days_left=left if self.stopped_at is None else None,
            days_used=used,
            days_elapsed=calendar.working_days_between(self.received_on, until),
            state=state,
            due_soon=state == "running" and (due_on == on or left * 5 < self.days_allowed),
            provisional=due_on is not None
            and calendar.reaches_provisional(self.received_on, due_on),
            calendar=calendar.version,
        )

    def day_by_day(self, on: dt.date, calendar: Calendar) -> list[Day]:
        """Every day from *received on* to that day, or to the day of finishing, and why it counts.

        For a future day it tells which days will count if there is no further step.
        """
        last_on = min(on, local_date(self.stopped_at)) if self.stopped_at else on
        return list(self._counted_days(self._calendar_of_case(calendar)).day_by_day(last_on))

    # Computation

    @property
    def _wait_is_open(self) -> bool:
        return bool(self.waits) and self.waits[-1].until_at is None

    def _counted_days(self, calendar: Calendar) -> CountedDays:
        """The counted days [3]. Giving up a waiting case ends the wait as an answer does."""
        waits = self.waits
        if self.stopped_at is not None and self._wait_is_open:
            waits = (*waits[:-1], WaitPeriod(waits[-1].from_at, self.stopped_at))
        return CountedDays(self.received_on, waits, calendar, self.taken_out, self.uncounted_days)

    def _due_on(self, days: CountedDays, used: int) -> dt.date | None:
        """The n-th counted day [4]; None for ever if the case was given up while it waited."""
        if self.fixed_due_on is not None:
            return self.fixed_due_on
        if self.stopped_at is not None and self._wait_is_open and used < self.days_allowed:
            return None
        return days.nth(self.days_allowed)

    def _state(self, due_on: dt.date | None, until: dt.date) -> State:
        """The state by rule 5. A case given up after its due date is late too [7]."""
        if self.outcome == "voided":
            return self.outcome
        has_passed = due_on is not None and until > due_on
        if self.outcome is None:
            return "overdue" if has_passed else "waiting" if self.waits_now else "running"
        if has_passed:
            return "late"
        return "on_time" if self.outcome == "answered" else self.outcome

    def _with_breach_fixed(self, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """Fix the due date if it has passed at that instant [7]."""
        if self.fixed_due_on is not None:
            return self
        reading = self.reading(local_date(at), calendar)
        return replace(self, fixed_due_on=reading.due_on) if reading.state == "overdue" else self

    def _calendar_of_case(self, calendar: Calendar) -> Calendar:
        """The calendar of this case, from the given one."""
        return calendar.as_of(self.calendar).keeping(self.kept_days_off)

    def _moved_to(self, calendar: Calendar, at: dt.datetime) -> "SlaClock":
        """Move to another calendar version. A day that the old one didn't count isn't counted now.

        Such days are the old days off. Where a wait lasted over the close of a day that is off now,
        or that closes at another hour, they are the days that this wait took out.
        """
        if self.calendar == calendar.version:
            return self
        old = self._calendar_of_case(calendar)
        kept_days_off = tuple(sorted(old.days_off - calendar.days_off))
        own = calendar.keeping(kept_days_off)
        clock = replace(
            self,
            received_on=own.working_day_from(self.received_on),  # if it has become a day off [2]
            calendar=calendar.version,
            kept_days_off=kept_days_off,
            taken_out=tuple(days.moved_on(own) for days in self.taken_out),
        )
        until = old.received_on(at)  # an answer before `at` decides on no later day
        now_counted = clock._counted_until(until, calendar) - self._counted_until(until, calendar)
        if not now_counted:
            return clock
        return replace(clock, uncounted_days=tuple(sorted({*self.uncounted_days, *now_counted})))

    def _with_past_waits_settled(self, calendar: Calendar) -> "SlaClock":
        """Keep the last wait, and of those before it only the days that they took out."""
        if len(self.waits) < 2:
            return self
        *ended, last = self.waits
        days = CountedDays(
            self.received_on, ended, self._calendar_of_case(calendar), self.taken_out
        )
        return replace(self, waits=(last,), taken_out=days.taken_out())

    def _counted_until(self, on: dt.date, calendar: Calendar) -> set[dt.date]:
        return {day.date for day in self.day_by_day(on, calendar) if day.counted is not None}

    # Stored form

    def to_dict(self) -> dict[str, Any]:
        """The object `basis` of every event."""
        days_out = {
            "taken_out": [[day.isoformat() for day in days] for days in self.taken_out],
            "uncounted_days": [day.isoformat() for day in self.uncounted_days],
        }
        return {
            "received_at": self.received_at.isoformat(),
            "received_on": self.received_on.isoformat(),
            "days_allowed": self.days_allowed,
            "calendar": self.calendar,
            "waits": [wait.to_dict() for wait in self.waits],
            "stopped_at": self.stopped_at and self.stopped_at.isoformat(),
            "outcome": self.outcome,
            "fixed_due_on": self.fixed_due_on and self.fixed_due_on.isoformat(),
            "kept_days_off": [day.isoformat() for day in self.kept_days_off],
        } | {name: days for name, days in days_out.items() if days}

    @classmethod
    def from_dict(cls, basis: Mapping[str, Any]) -> "SlaClock":
        stopped_at, fixed_due_on = basis["stopped_at"], basis["fixed_due_on"]
        return cls(
            received_at=dt.datetime.fromisoformat(basis["received_at"]),
            received_on=dt.date.fromisoformat(basis["received_on"]),
            days_allowed=basis["days_allowed"],
            calendar=basis["calendar"],
            waits=tuple(map(WaitPeriod.from_dict, basis["waits"])),
            stopped_at=stopped_at and dt.datetime.fromisoformat(stopped_at),
            outcome=basis["outcome"],
            fixed_due_on=fixed_due_on and dt.date.fromisoformat(fixed_due_on),
            kept_days_off=tuple(map(dt.date.fromisoformat, basis["kept_days_off"])),
            taken_out=tuple(
                TakenOut(*map(dt.date.fromisoformat, days)) for days in basis.get("taken_out", ())
            ),
            uncounted_days=tuple(map(dt.date.fromisoformat, basis.get("uncounted_days", ()))),
        )


def _utc(instant: dt.datetime) -> dt.datetime:
    assert instant.tzinfo is not None, "an instant needs its offset"
    return instant.astimezone(dt.UTC)

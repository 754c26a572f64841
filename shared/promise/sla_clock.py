"""The SLA clock: how many working days the office has used of those it promised.

Dates, not minutes: the law counts working days, and so must a citizen be able to, on a wall
calendar. The eight rules are this product's reading of the promise; the public method page shows
them, and each stands below where it is kept, as [1] to [8].

1. A working day is Monday to Friday less the days off of the calendar in force.
2. A case is received on the day of its receipt, or on the next working day.
3. Counted are the working days after that at whose close the office has the case. While it waits
   for the applicant nothing counts, nor does the day of his answer if the wait lasted over a close.
4. It is due on the n-th counted day.
5. On time is what is finished by then; late what is finished later; overdue what is open later.
6. Used are the counted days up to and with the day of finishing, or today.
7. Late stays late: once a due date has passed, nothing moves it.
8. Elapsed are all working days, waiting or not: the applicant's view.

A clock holds the facts only and never changes: every step gives a new one. Instants are aware
`datetime`s, days are dates of Asia/Pontianak, counts are working days.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from shared.promise.standard import Text
from shared.promise.working_days import DAY, SATURDAY, Calendar, local_date

Outcome = Literal["answered", "withdrawn", "forwarded"]
State = Literal["running", "waiting", "overdue", "on_time", "late", "withdrawn", "forwarded"]
Why = Literal["received", "counted", "weekend", "day_off", "with_applicant", "answer_received"]

UNENDING = 10**9  # the rank of a working day that never comes


@dataclass(frozen=True, slots=True)
class Wait:
    """A time in which the ball was with the applicant; it lasts if `until_at` is None."""

    from_at: dt.datetime
    until_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock says on one day."""

    received_on: dt.date
    days_allowed: int
    due_on: dt.date | None
    days_left: int | None
    days_used: int
    days_elapsed: int
    state: State
    due_soon: bool
    provisional: bool
    calendar: str

    def to_dict(self) -> dict[str, Any]:
        """The object `clock` of the API and of every event."""
        return {
            "received_on": self.received_on.isoformat(),
            "days_allowed": self.days_allowed,
            "due_on": self.due_on and self.due_on.isoformat(),
            "days_left": self.days_left,
            "days_used": self.days_used,
            "days_elapsed": self.days_elapsed,
            "state": self.state,
            "due_soon": self.due_soon,
            "provisional": self.provisional,
            "calendar": self.calendar,
        }


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a case and why it counts or doesn't; `counted` is its number if it does."""

    date: dt.date
    counted: int | None
    why: Why
    name: Text | None
    decree: str | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "date": self.date.isoformat(),
            "counted": self.counted,
            "why": self.why,
            "name": self.name and {"id": self.name.id, "en": self.name.en},
            "decree": self.decree,
        }


@dataclass(frozen=True, slots=True)
class SlaClock:
    """The facts that the promise of one case is reckoned from."""

    received_at: dt.datetime
    received_on: dt.date
    days_allowed: int
    calendar: str  # the version under which the last event was recorded
    waits: tuple[Wait, ...] = ()  # in order of time
    stopped_at: dt.datetime | None = None
    outcome: Outcome | None = None
    fixed_due_on: dt.date | None = None  # the due date that was missed [7]
    kept_days_off: tuple[dt.date, ...] = ()  # off for this case, though no longer for others

    # What happens to a case

    @classmethod
    def start(cls, received_at: dt.datetime, days_allowed: int, calendar: Calendar) -> "SlaClock":
        """The case came in at that instant [2]."""
        return cls(
            received_at=received_at.astimezone(dt.UTC),
            received_on=calendar.received_on(received_at),
            days_allowed=days_allowed,
            calendar=calendar.version,
        )

    def wait(self, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """The ball goes to the applicant: returned, or asked for clarification."""
        assert self.stopped_at is None, "a finished case waits for nobody"
        assert not self.waits_now, "it waits already"
        clock = self.amend(calendar, at)
        return replace(clock, waits=(*clock.waits, Wait(at.astimezone(dt.UTC), None)))

    def answer(self, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """The ball comes back: resubmitted, clarified, or resumed without an answer."""
        assert self.waits_now, "nothing was asked"
        clock = self.amend(calendar, at)
        answered = replace(clock.waits[-1], until_at=at.astimezone(dt.UTC))
        return replace(clock, waits=(*clock.waits[:-1], answered))

    def stop(self, at: dt.datetime, calendar: Calendar, outcome: Outcome) -> "SlaClock":
        """The case is finished. If it waits, it waits to the end: the answer never came."""
        assert self.stopped_at is None, "it is finished already"
        return replace(self.amend(calendar, at), stopped_at=at.astimezone(dt.UTC), outcome=outcome)

    def reopen(self, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """The answer didn't do. From it until now the ball was with the complainant [3]."""
        assert self.stopped_at is not None, "it is open already"
        waited = Wait(self.stopped_at, at.astimezone(dt.UTC))
        clock = replace(self, waits=(*self.waits, waited), stopped_at=None, outcome=None)
        return clock._under(calendar)

    def allow(self, days: int, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """Another allowance, reckoned from the day of receipt; too late after a breach [7]."""
        clock = self.amend(calendar, at)
        return clock if clock.fixed_due_on else replace(clock, days_allowed=days)

    def overdue_if_allowed(self, days: int, at: dt.datetime, calendar: Calendar) -> dt.date | None:
        """The due date that such an allowance would have missed already; None if it wouldn't.

        None as well if the due date has passed under the present allowance: that breach stands,
        the new one makes nothing worse.
        """
        if self.amend(calendar, at).fixed_due_on:
            return None
        return self.allow(days, at, calendar)._late_stays_late(at, calendar).fixed_due_on

    def amend(self, calendar: Calendar, at: dt.datetime) -> "SlaClock":
        """Go on under the calendar in force at `at`; a finished case is left as it was.

        A due date that has passed under the old calendar is past for ever, so that comes first.
        """
        if self.stopped_at is not None:
            return self
        return self._late_stays_late(at, calendar)._under(calendar)

    # What it says

    @property
    def waits_now(self) -> bool:
        return self.stopped_at is None and bool(self.waits) and self.waits[-1].until_at is None

    def reading(self, on: dt.date, calendar: Calendar) -> Reading:
        """What the clock says on that day. A finished case says the same on every day."""
        calendar = self._own(calendar)
        away = self._away(calendar)
        finished_on = local_date(self.stopped_at) if self.stopped_at else None
        until = finished_on or on
        used = self._counted(until, calendar, away)
        due_on = self._due_on(used, calendar, away)
        state = self._state(due_on, until)
        left = None if finished_on else self.days_allowed - used
        return Reading(
            received_on=self.received_on,
            days_allowed=self.days_allowed,
            due_on=due_on,
            days_left=left,
            days_used=used,
            days_elapsed=calendar.working_days_between(self.received_on, until),
            state=state,
            due_soon=state == "running"
            and left is not None
            and (due_on == on or left * 5 < self.days_allowed),
            provisional=due_on is not None and calendar.is_provisional(due_on),
            calendar=calendar.version,
        )

    def day_by_day(self, on: dt.date, calendar: Calendar) -> list[Day]:
        """Every day from *received on* to `on`, or to the day of finishing, and why it counts."""
        calendar = self._own(calendar)
        away = self._away(calendar)
        end = min(on, local_date(self.stopped_at)) if self.stopped_at else on
        days = [Day(self.received_on, None, "received", None, None)]
        counted = 0
        for ordinal in range(self.received_on.toordinal() + 1, end.toordinal() + 1):
            date = dt.date.fromordinal(ordinal)
            why = self._why(date, calendar, away)
            counted += why == "counted"
            off = calendar.day_off(date)
            days.append(
                Day(
                    date,
                    counted if why == "counted" else None,
                    why,
                    off.name if off else None,
                    off.decree if off else None,
                )
            )
        return days

    def _why(self, date: dt.date, calendar: Calendar, away: list[tuple[int, int]]) -> Why:
        if date.weekday() >= SATURDAY:
            return "weekend"
        if not calendar.is_working_day(date):
            return "day_off"
        rank = calendar.rank(date)
        if not any(first <= rank <= last for first, last in away):
            return "counted"
        close = calendar.closes_at(date)
        for wait in self.waits:
            until_at = wait.until_at or self.stopped_at
            if wait.from_at <= close and (until_at is None or close <= until_at):
                return "with_applicant"
        return "answer_received"

    # How it is reckoned

    def _away(self, calendar: Calendar) -> list[tuple[int, int]]:
        """The ranks of the working days that don't count, as spans in order, apart [3].

        A wait takes out the working days from its first close up to and with the day on which
        the answer counts as received, unless it lasts over no close at all. Weekends have no
        close, but days off do: without that, a wait over a day off would last over no close, and
        a day off decreed later could make a due date earlier.
        """
        spans: list[tuple[int, int]] = []
        after = calendar.rank(self.received_on)
        for wait in self.waits:
            first_close = calendar.first_close(wait.from_at)
            until_at = wait.until_at or self.stopped_at
            if until_at is None:
                last = UNENDING
            elif first_close <= calendar.last_close(until_at):
                last = calendar.rank(calendar.received_on(until_at))
            else:
                continue
            first = max(calendar.rank(first_close - DAY), after) + 1
            if first <= last:
                spans.append((first, last))
                after = last
        return spans

    def _counted(self, until: dt.date, calendar: Calendar, away: list[tuple[int, int]]) -> int:
        """How many counted days there are up to and with that day [6]."""
        received = calendar.rank(self.received_on)
        last_rank = max(received, calendar.rank(until))
        uncounted = sum(
            min(last, last_rank) - first + 1 for first, last in away if first <= last_rank
        )
        return last_rank - received - uncounted

    def _due_on(self, used: int, calendar: Calendar, away: list[tuple[int, int]]) -> dt.date | None:
        """The n-th counted day [4]; None while it is unknown."""
        if self.fixed_due_on:
            return self.fixed_due_on
        withdrawn_waiting = self.stopped_at and self.waits and self.waits[-1].until_at is None
        if withdrawn_waiting and used < self.days_allowed:
            return None
        rank = calendar.rank(self.received_on) + self.days_allowed
        for first, last in away:
            if rank < first:
                break
            if last == UNENDING:
                return None
            rank += last - first + 1
        return calendar.working_day(rank)

    def _state(self, due_on: dt.date | None, until: dt.date) -> State:
        """By rule 5; whatever is finished after its due date is late, also if given up [7]."""
        missed = due_on is not None and until > due_on
        match self.outcome:
            case None if missed:
                return "overdue"
            case None:
                return "waiting" if self.waits_now else "running"
            case _ if missed:
                return "late"
            case "answered":
                return "on_time"
            case outcome:
                return outcome

    def _late_stays_late(self, at: dt.datetime, calendar: Calendar) -> "SlaClock":
        """Fix the due date if it has passed at that instant [7]."""
        if self.fixed_due_on:
            return self
        reading = self.reading(local_date(at), calendar)
        return replace(self, fixed_due_on=reading.due_on) if reading.state == "overdue" else self

    def _own(self, calendar: Calendar) -> Calendar:
        """The calendar that this case is reckoned by."""
        if self.calendar != calendar.version:
            calendar = calendar.as_of(self.calendar)
        return calendar.keeping(self.kept_days_off)

    def _under(self, calendar: Calendar) -> "SlaClock":
        """Take over the calendar in force; days off that it no longer has stay off."""
        if self.calendar == calendar.version:
            return self
        old = self._own(calendar)
        kept = tuple(sorted(old.days_off - calendar.days_off))
        own = calendar.keeping(kept)
        received_on = max(self.received_on, own.received_on(self.received_at))
        return replace(self, calendar=calendar.version, kept_days_off=kept, received_on=received_on)

    # The facts as they are stored

    def to_dict(self) -> dict[str, Any]:
        """The object `basis` of every event."""
        return {
            "received_at": self.received_at.isoformat(),
            "received_on": self.received_on.isoformat(),
            "days_allowed": self.days_allowed,
            "calendar": self.calendar,
            "waits": [
                [wait.from_at.isoformat(), wait.until_at and wait.until_at.isoformat()]
                for wait in self.waits
            ],
            "stopped_at": self.stopped_at and self.stopped_at.isoformat(),
            "outcome": self.outcome,
            "fixed_due_on": self.fixed_due_on and self.fixed_due_on.isoformat(),
            "kept_days_off": [day.isoformat() for day in self.kept_days_off],
        }

    @classmethod
    def from_dict(cls, basis: Mapping[str, Any]) -> "SlaClock":
        stopped_at, fixed_due_on = basis["stopped_at"], basis["fixed_due_on"]
        return cls(
            received_at=dt.datetime.fromisoformat(basis["received_at"]),
            received_on=dt.date.fromisoformat(basis["received_on"]),
            days_allowed=basis["days_allowed"],
            calendar=basis["calendar"],
            waits=tuple(
                Wait(
                    dt.datetime.fromisoformat(from_at),
                    dt.datetime.fromisoformat(until_at) if until_at else None,
                )
                for from_at, until_at in basis["waits"]
            ),
            stopped_at=dt.datetime.fromisoformat(stopped_at) if stopped_at else None,
            outcome=basis["outcome"],
            fixed_due_on=dt.date.fromisoformat(fixed_due_on) if fixed_due_on else None,
            kept_days_off=tuple(map(dt.date.fromisoformat, basis["kept_days_off"])),
        )

"""Counting: which days of a case count against the promise, and why the others don't.

Counted are the working days after *received on* at whose close of office hours the case is in
the office's hands. A day that closes with the ball at the applicant doesn't count; nor does the
day on which the answer comes back, if the wait lasted over at least one close: it is a day of
receipt like the first. So a wait takes out the working days from its first close up to and with
the day on which its answer counts as received. A pause within one day takes out none, so that
ping-pong buys no time; nor does one between two closes with days off in between, since a day off
has none.

What a wait that has ended took out is settled once another begins, and from then on only the days
are known, not the instants. So a case remembers no more than the calendar has days, however often
it goes to and fro; and no amendment of office hours asks again how an old wait ended.

A decree that makes a day off takes its close away afterwards. What a case has been told not to
count stays uncounted then: those days come with the case (`uncounted`).
"""

import datetime as dt
from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from shared.promise.working_days import SATURDAY, Calendar
from shared.text import Text

Why = Literal["received", "counted", "weekend", "day_off", "with_applicant", "answer_received"]

NEVER = 10**9  # the rank of the working day on which an answer comes that hasn't come


@dataclass(frozen=True, slots=True)
class WaitPeriod:
    """A time in which the ball is with the applicant; it lasts if `until_at` is None."""

    from_at: dt.datetime
    until_at: dt.datetime | None

    def to_dict(self) -> dict[str, str | None]:
        return {
            "from_at": self.from_at.isoformat(),
            "until_at": self.until_at.isoformat() if self.until_at else None,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "WaitPeriod":
        until_at = stored["until_at"]
        return cls(
            from_at=dt.datetime.fromisoformat(stored["from_at"]),
            until_at=dt.datetime.fromisoformat(until_at) if until_at else None,
        )


class TakenOut(NamedTuple):
    """Days that waits took out: from the first of their closes to the day of the answer."""

    first_on: dt.date
    last_on: dt.date

    def moved_on(self, calendar: Calendar) -> "TakenOut":
        """The same, its answer received on the next working day if that day is off now [2].

        Without a working day before the answer, no wait lasted over a close: none is lost to it.
        """
        if calendar.rank_from(self.last_on) <= calendar.rank_from(self.first_on):
            return self
        return TakenOut(self.first_on, calendar.working_day_from(self.last_on))


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a case, as on a wall calendar; `counted` is its number if it counts."""

    date: dt.date
    counted: int | None
    why: Why
    name: Text | None = None
    decree: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "date": self.date.isoformat(),
            "counted": self.counted,
            "why": self.why,
            "name": self.name and {"id": self.name.id, "en": self.name.en},
            "decree": self.decree,
        }


class CountedDays:
    """The counted days of one case by one calendar; what took some out is in order of time."""

    __slots__ = ("_away", "_calendar", "_received", "_received_on", "_spans")

    def __init__(
        self,
        received_on: dt.date,
        waits: Sequence[WaitPeriod],
        calendar: Calendar,
        taken_out: Sequence[TakenOut] = (),
        uncounted: Sequence[dt.date] = (),
    ) -> None:
        self._received_on = received_on
        self._received = calendar.rank(received_on)
        self._calendar = calendar
        self._spans = self._spans_away(waits, taken_out) if waits or taken_out else []
        self._away = [
            (max(first, self._received + 1), last)
            for first, last in self._spans
            if last > self._received
        ]
        for day in uncounted:
            self._leave_out(day)

    def taken_out(self) -> tuple[TakenOut, ...]:
        """What the waits took out, if they have ended."""
        day = self._calendar.working_day
        return tuple(TakenOut(day(first), day(last)) for first, last in self._spans)

    def until(self, day: dt.date) -> int:
        """How many there are up to and with `day`."""
        last_rank = max(self._received, self._calendar.rank(day))
        away = sum(min(last, last_rank) - first + 1 for first, last in self._away_until(last_rank))
        return last_rank - self._received - away

    def nth(self, n: int) -> dt.date | None:
        """The n-th of them; None while a wait lasts that began before it."""
        rank = self._received + n
        for first, last in self._away:
            if rank < first:
                break
            if last == NEVER:
                return None
            rank += last - first + 1
        return self._calendar.working_day(rank)

    def day_by_day(self, last_on: dt.date) -> Iterator[Day]:
        """Every day from *received on* up to and with `last_on`, and why it counts or doesn't."""
        yield Day(self._received_on, None, "received")
        counted = 0
        for ordinal in range(self._received_on.toordinal() + 1, last_on.toordinal() + 1):
            date = dt.date.fromordinal(ordinal)
            why = self._why(date)
            counted += why == "counted"
            off = self._calendar.day_off(date)
            yield Day(
                date=date,
                counted=counted if why == "counted" else None,
                why=why,
                name=off.name if off else None,
                decree=off.decree if off else None,
            )

    def _why(self, date: dt.date) -> Why:
        if date.weekday() >= SATURDAY:
            return "weekend"
        if not self._calendar.is_working_day(date):
            return "day_off"
        rank = self._calendar.rank(date)
        index = bisect_right(self._away, rank, key=itemgetter(0)) - 1
        if index < 0 or self._away[index][1] < rank:
            return "counted"
        return "with_applicant" if rank < self._away[index][1] else "answer_received"

    def _away_until(self, rank: int) -> Iterator[tuple[int, int]]:
        return (span for span in self._away if span[0] <= rank)

    def _spans_away(
        self, waits: Sequence[WaitPeriod], taken_out: Sequence[TakenOut]
    ) -> list[tuple[int, int]]:
        """Ranks of the first and the last working day that waits take out, in order and apart.

        The last is the day of the answer; with a wait that begins before its close, there's none.

        A wait ends before its first close if that is the close of the day on which its answer
        counts as received, or a later one.
        """
        calendar = self._calendar
        found = [(calendar.rank_from(first), calendar.rank(last)) for first, last in taken_out]
        for wait in waits:
            first = calendar.rank(calendar.first_close(wait.from_at))
            if wait.until_at is None:
                last = NEVER
            else:
                last = calendar.rank(calendar.received_on(wait.until_at))
                if first >= last:
                    continue
            found.append((first, last))
        return _joined(found)

    def _leave_out(self, day: dt.date) -> None:
        """Take this day out as well, if it would count."""
        rank = self._calendar.rank(day)
        if self._why(day) == "counted" and rank > self._received:
            insort(self._away, (rank, rank))


def _joined(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that share a day as one; what is empty is left out."""
    spans: list[tuple[int, int]] = []
    for first, last in found:
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        elif first <= last:
            spans.append((first, last))
    return spans

"""Counting: which days of a case count against the promise, and why the others don't.

A working day after *received on* counts if the case is with the office at the close of office
hours. A day at whose close the case waits for the applicant doesn't count. Neither does the day of
the applicant's answer, if the wait lasted over at least one close: it is a day of receipt like the
first. So a wait takes out the working days from its first close to the day on which its answer
counts as received, inclusive. A wait within one day takes out none, so that going to and fro gains
no time. A wait between two closes with only days off in between takes out none either, because a
day off has no close.

The days that an ended wait took out are settled once another wait begins; from then on the case
holds the days, not the instants. So a case holds no more days than the calendar has, however often
it goes to and fro, and an amendment of office hours doesn't change how an old wait ended.

A decree that declares a day off removes its close later. Days that a case didn't count before stay
uncounted then: the case holds them (`uncounted`).
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

NEVER = 10**9  # the rank of the day of an answer that hasn't come


@dataclass(frozen=True, slots=True)
class WaitPeriod:
    """A period of waiting for the applicant; None as `until_at`: it lasts."""

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
    """The days that waits took out: from their first close to the day of the answer."""

    first_on: dt.date
    last_on: dt.date

    def moved_on(self, calendar: Calendar) -> "TakenOut":
        """The days with the answer on the next working day, if its day is off now [2].

        Without a working day before the answer, no wait lasted over a close, so nothing moves.
        """
        if calendar.rank_from(self.last_on) <= calendar.rank_from(self.first_on):
            return self
        return TakenOut(self.first_on, calendar.working_day_from(self.last_on))


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day of a case; `counted` is its number if it counts."""

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
    """The counted days of one case by one calendar; waits come in order of time."""

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
        """The days that the waits took out; all of them must have ended."""
        day = self._calendar.working_day
        return tuple(TakenOut(day(first), day(last)) for first, last in self._spans)

    def until(self, day: dt.date) -> int:
        """The number of counted days up to and including `day`."""
        last_rank = max(self._received, self._calendar.rank(day))
        away = sum(min(last, last_rank) - first + 1 for first, last in self._away_until(last_rank))
        return last_rank - self._received - away

    def nth(self, n: int) -> dt.date | None:
        """The n-th counted day; None while a wait lasts that began before it."""
        rank = self._received + n
        for first, last in self._away:
            if rank < first:
                break
            if last == NEVER:
                return None
            rank += last - first + 1
        return self._calendar.working_day(rank)

    def day_by_day(self, last_on: dt.date) -> Iterator[Day]:
        """Every day from *received on* to `last_on` inclusive, and why it counts or doesn't."""
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
        """The ranks of the first and last working days that waits take out, in order and disjoint.

        The last is the day of the answer. A wait takes out nothing if its first close is that of
        the day on which its answer counts as received, or a later one.
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
        """Take out this day as well, if it would count."""
        rank = self._calendar.rank(day)
        if self._why(day) == "counted" and rank > self._received:
            insort(self._away, (rank, rank))


def _joined(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that share a day become one; empty spans are left out."""
    spans: list[tuple[int, int]] = []
    for first, last in found:
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        elif first <= last:
            spans.append((first, last))
    return spans

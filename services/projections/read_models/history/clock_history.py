"""What was known when of the further clocks? The changes of their counts, by day.

As in `count_history.py`, and in the same table: an event's change under the day on which it was
recorded, a clock that expires under the day after its due date. A clock that has ended doesn't
change any more.

Next: `deadlines.py`, which follows the clocks.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from services.projections.read_models.events import CaseEvent
from services.projections.read_models.history.count_history import DAY, Changes, store
from shared.postgres.connection import Connection
from shared.promise.further_clocks import Deadline

FACET = "clock"
WHY = "clock"

Deadlines: TypeAlias = tuple[dt.date, tuple["Deadline", ...]]
"""The month that a case is counted in, and its further clocks."""


class ClockHistory:
    """Collects the changes of a batch of one service's events; `on` is the day of the figures.

    known_on: by case, the day on which its last event before the batch was recorded.
    """

    def __init__(self, on: dt.date, known_on: Mapping[str, dt.date]) -> None:
        self._on = on
        self._known_on = dict(known_on)
        self._found = frozenset(known_on)
        self._by: Changes = Counter()

    def event(self, event: CaseEvent, before: Deadlines | None, after: Deadlines) -> None:
        """One event is applied to a case."""
        number, day, part = event.payload.number, event.known_on, event.part
        month, deadlines = before or (dt.date.min, ())
        for deadline in deadlines:
            was_recorded = number in self._found and self._expires(deadline, number, self._on)
            has_expired = self._expires(deadline, number, day)
            self.expire(month, deadline.clock, deadline.due_on, has_expired - was_recorded)
        self._count(day, part, month, deadlines, -1)
        self._count(day, part, *after, 1)
        self._known_on[number] = day
        self._found -= {number}

    def finish(self, standing: Mapping[str, Deadlines]) -> None:
        """After the last event: record clocks that expire up to the day of the figures."""
        for number, (month, deadlines) in standing.items():
            for deadline in deadlines:
                if self._expires(deadline, number, self._on):
                    self.expire(month, deadline.clock, deadline.due_on, 1)

    def expire(self, month: dt.date, clock: str, due_on: dt.date, clocks: int) -> None:
        """Record that so many clocks expired when that day was over."""
        self._by[due_on + DAY, 0, WHY, (month, FACET, clock, "running", 0)] -= clocks
        self._by[due_on + DAY, 0, WHY, (month, FACET, clock, "missed", 0)] += clocks

    async def store(self, connection: Connection, service: str) -> None:
        await store(connection, service, self._by)

    def _expires(self, deadline: Deadline, number: str, until: dt.date) -> bool:
        """Whether it expires after the day of the case's last event, and by that day."""
        is_open = deadline.ended_on is None
        return is_open and self._known_on[number] <= deadline.due_on < until

    def _count(
        self, day: dt.date, part: int, month: dt.date, deadlines: Iterable[Deadline], by: int
    ) -> None:
        for deadline in deadlines:
            self._by[day, part, WHY, (month, FACET, deadline.clock, deadline.state(day), 0)] += by

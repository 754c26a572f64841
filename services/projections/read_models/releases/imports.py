"""When did imports of complaints end? An import that has brought enough is released at once.

Imported events follow each other within seconds: so many seconds without one, by the log's clock,
and the import is over. It ends a part of its day, so that what was known at its end can be told
from what the same day brought later (`history.py`). It depends on the events alone.

Next: `releases.py`, which releases what they brought.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from services.projections.read_models.events import CaseEvent
from services.projections.store.generations import Connection

SOURCE = "complaints"
GAP = dt.timedelta(seconds=3)

_OF_DAYS = """
select known_on, last_at, last_position
from import_end
where known_on = any($1::date[])
order by known_on, part
"""

# Twice is harmless: it says the same again.
_RECORD = """
insert into import_end (known_on, part, last_at, last_position)
select * from unnest($1::date[], $2::int[], $3::timestamptz[], $4::bigint[])
on conflict (known_on, part) do update
set last_at = excluded.last_at, last_position = excluded.last_position
"""


class Imports:
    """The imports of some days, each with its last event so far."""

    def __init__(self, ends: dict[dt.date, list[tuple[dt.datetime, int]]]) -> None:
        self._ends = ends
        self._moved: set[tuple[dt.date, int]] = set()

    @classmethod
    async def of_days(cls, connection: Connection, days: Collection[dt.date]) -> Imports:
        ends: dict[dt.date, list[tuple[dt.datetime, int]]] = {day: [] for day in days}
        for day, *last in await connection.fetch(_OF_DAYS, list(days)):
            ends[day].append((last[0], last[1]))
        return cls(ends)

    def part(self, event: CaseEvent) -> int:
        """The part of its day in which the event was recorded: after so many imports."""
        ends, at = self._ends[event.known_on], event.payload.recorded_at
        part = sum(last_at + GAP < at for last_at, _ in ends)
        if event.is_imported:
            ends[part : part + 1] = [max([(at, event.position), *ends[part : part + 1]])]
            self._moved.add((event.known_on, part))
        return part

    async def store(self, connection: Connection) -> None:
        rows = [(day, part, *self._ends[day][part]) for day, part in sorted(self._moved)]
        if rows:
            await connection.execute(_RECORD, *zip(*rows, strict=True))


def is_over(
    last_at: dt.datetime, recorded_at: dt.datetime | None, at_head_at: dt.datetime | None
) -> bool:
    """Whether no event can come any more that belongs to that import.

    Something later is applied, or the log's end was seen when that time had passed.
    """
    return any(seen is not None and seen > last_at + GAP for seen in (recorded_at, at_head_at))

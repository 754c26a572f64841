"""When did imports of complaints end? The details of a large import are released at once.

Imported events follow each other within seconds: an import is over after a few seconds without one,
by the log's clock. Its end is the end of a part of the day, so that the counts of that instant can
be read apart from the rest of the day (`history/count_history.py`). It depends on the events alone.

Next: `releases.py`, which releases the details.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from services.projections.read_models.events import CaseEvent
from shared.postgres.connection import Connection

SOURCE = "complaints"
GAP = dt.timedelta(seconds=3)

_OF_DAYS = """
select known_on, last_at, last_position
from import_end
where known_on = any($1::date[])
order by known_on, part
"""

# Idempotent.
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
        """The part of its day in which the event was recorded: the number of imports before."""
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
    """Whether no further event can belong to that import.

    A later event is applied, or a head check found the log's end after that time.
    """
    return any(seen is not None and seen > last_at + GAP for seen in (recorded_at, at_head_at))

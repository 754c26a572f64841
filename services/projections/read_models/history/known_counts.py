"""The counts as they were known at the end of a day, or of an import.

They contain the events that the logs had recorded by then, with clocks read as of that day, like a
replay that stops there. The cost depends on the calendar, not on the number of cases: a few changes
a day are added up (`count_history.py`), and clocks are read only of cases that were overdue then.

Next: `as_of.py` and `releases/releases.py`, which make figures of them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import NamedTuple

import msgspec

from services.projections.read_models.counts.keys import ALL, TallyRow
from shared.calendars.store import applied_years
from shared.postgres.connection import Connection
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import Calendar, load_calendar

LAST_PART = 2**31 - 1
ROWS_AT_ONCE = 500


class Cutoff(NamedTuple):
    """The end of a part of a day; without a part, of the day."""

    day: dt.date
    part: int = LAST_PART


_CHANGES = """
select service, extract(month from month)::int, facet, member, measure, value, sum(by)::bigint
from tally_change
where service = $1 and month between make_date($2, 1, 1) and make_date($2, 12, 1)
    and (known_on, part) <= ($3, $4)
group by service, month, facet, member, measure, value
having sum(by) <> 0
"""


async def counts_known(
    connection: Connection, service: str, year: int, then: Cutoff, calendar: Calendar
) -> list[TallyRow]:
    """The counts of a service's year, as `tally` would have held them."""
    rows = await connection.fetch(_CHANGES, service, year, *then)
    overdue = await _days_of_overdue(connection, service, year, then, calendar)
    return [*(TallyRow(*row) for row in rows), *overdue]


_OVERDUE = """
select received_on, basis
from overdue_spell
where service = $1 and (since, since_part) <= ($3, $4) and (until, until_part) > ($3, $4)
    and received_on between make_date($2, 1, 1) and make_date($2, 12, 31)
union all
select received_on, basis
from cases
where service = $1 and basis is not null and coalesce(due_on, 'infinity') < $3
    and (known_on, known_part) <= ($3, $4)
    and received_on between make_date($2, 1, 1) and make_date($2, 12, 31)
"""


async def _days_of_overdue(
    connection: Connection, service: str, year: int, then: Cutoff, calendar: Calendar
) -> list[TallyRow]:
    """The days used by the cases that were overdue then."""
    counted: Counter[tuple[int, str, int]] = Counter()
    async for row in connection.cursor(_OVERDUE, service, year, *then, prefetch=ROWS_AT_ONCE):
        clock = SlaClock.from_dict(msgspec.json.decode(row["basis"]))
        if not calendar.knows(clock.calendar):  # it was amended a moment ago and isn't loaded yet
            calendar = load_calendar(applied=await applied_years(connection))
        reading = clock.reading(then.day, calendar)
        month = row["received_on"].month
        counted[month, "days_used", reading.days_used] += 1
        counted[month, "days_elapsed", reading.days_elapsed] += 1
    return [
        TallyRow(service, month, *ALL, measure, value, cases)
        for (month, measure, value), cases in counted.items()
    ]

"""Which requests are the figures made of? One row a request, so that anybody can count again.

A row identifies nobody: it has no number, no agency, no name. Its id is derived from the number and
a key that only this service's database has, and the rows are in the order of their ids. So two
files can be compared case by case, but no row can be matched with what a reader knows of a case.

Next: `api/downloads/case_files.py`, which keeps the files; `janji recount` counts them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Coroutine
from typing import Any

from services.projections.read_models.periods import Period
from services.projections.read_models.watermark import Watermark
from services.projections.store.checkpoints import SourcePosition
from shared.postgres.connection import Connection
from shared.promise.working_days import Calendar

SERVICE = "requests"

# The database writes the rows itself: they cost this process nothing.
_ROWS = """
select left(encode(sha256(k.key || convert_to(c.number, 'UTF8')), 'hex'), 24) collate "C" as id,
       c.kind, c.received_on, c.due_on, c.ended_on, c.state, c.days_used, c.days_elapsed,
       c.waited::text as waited, (c.status = 'rejected')::text as rejected,
       c.backdated::text as backdated, (c.imported_on is not null)::text as imported,
       c.imported_on,
       (c.provisional and not exists (
           select from unnest($7::text[], $8::date[], $9::date[]) as settled (version, month, due)
           where version = c.calendar and month = date_trunc('month', c.received_on)::date
               and due = c.due_on
       ))::text as provisional,
       case when c.state = 'overdue' then late.days end as overdue_days, waits.days as waiting_days,
       $3::text as period, $4::text as as_of
from cases c
cross join public.case_id_key k
left join unnest($5::date[], $6::int[]) as late (since, days) on late.since = c.due_on
left join unnest($5::date[], $6::int[]) as waits (since, days) on waits.since = c.waiting_since
where c.service = 'requests' and c.received_on between $1::date and $2::date
order by id
"""

_DAYS = """
select distinct since
from cases
cross join unnest(array[case when state = 'overdue' then due_on end, waiting_since]) as since
where service = 'requests' and basis is not null and since is not null
"""


_PROVISIONAL = """
select distinct calendar, date_trunc('month', received_on)::date as month, due_on
from cases
where service = 'requests' and provisional and received_on between $1 and $2
"""


async def write(
    connection: Connection,
    period: Period,
    watermark: Watermark,
    calendar: Calendar,
    output: Callable[[bytes], Coroutine[Any, Any, None]],
) -> None:
    """All requests of a period as CSV, to `output` piece by piece; `watermark` is `of_requests`.

    The connection is `generations.live`'s.
    """
    since = [row["since"] for row in await connection.fetch(_DAYS)]
    ages = [calendar.working_days_between(day, watermark.today) for day in since]
    settled = [
        tuple(row)
        for row in await connection.fetch(_PROVISIONAL, period.first_day, period.last_day)
        if calendar.has_settled(*row)
    ]
    columns = [[row[column] for row in settled] for column in range(3)]
    of = (period.first_day, period.last_day, period.id, as_of(watermark))
    await connection.copy_from_query(
        _ROWS, *of, since, ages, *columns, output=output, format="csv", header=True
    )


def of_requests(watermark: Watermark) -> tuple[SourcePosition, Watermark]:
    """The position of the requests, and the watermark of their figures alone."""
    source = next(each for each in watermark.sources if each.source == SERVICE)
    return source, Watermark([source], {SERVICE: watermark.figures_on[SERVICE]})


def as_of(watermark: Watermark) -> str:
    """In the format of the statistics."""
    return watermark.as_of.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")

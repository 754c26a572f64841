"""What was known at the end of a day: its figures, as they would have been published then.

Known is what the logs had recorded by the end of that day, and clocks are read as of that day. So
the answer is what a replay would give that stops there, and it doesn't change any more once the
day is over and all of it is applied. Breakdowns of complaints are told of the present only: what
an old one and a new one differ by could tell on somebody.

The cost is bounded by the calendar, not by the cases: changes are added up, a few a day
(`history.py`), and only of cases that were overdue on that day the clocks are read.

Next: `public_api.py`, which does one of these at a time.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from services.projections.log_heads import LogHead, heads_at
from services.projections.positions import STALE_AFTER, SourcePosition, is_stale
from services.projections.read_models.counts import Count, YearCounts
from services.projections.read_models.statistics import Standing, figures, standing
from services.projections.read_models.tally import ALL
from shared.calendars.store import applied_years
from shared.promise.sla_clock import SlaClock
from shared.promise.working_days import PONTIANAK, load_calendar

if TYPE_CHECKING:
    from services.projections.generations import Connection
    from services.projections.read_models.periods import Period
    from services.projections.read_models.statistics import Office
    from shared.promise.working_days import Calendar

DAY = dt.timedelta(days=1)
ROWS_AT_ONCE = 500
NOT_TOLD = {"by_category": None, "by_channel": None, "further_clocks": None}


@dataclass(frozen=True, slots=True)
class Known:
    """The figures of a day of the past; `is_final`: they will never be others."""

    figures: dict[str, Any]
    is_final: bool


async def statistics_as_of(
    connection: Connection, period: Period, office: Office, day: dt.date, *, now: dt.datetime
) -> Known:
    """The figures of a period as they were known at the end of `day`, which is not in the future.

    The connection is `generations.live`'s. Where the read models have not reached that day, the
    figures are those of the day that they have, and stale.
    """
    stands = await standing(connection)
    ends = dt.datetime.combine(day + DAY, dt.time(), PONTIANAK)
    is_final = all(_has_passed(source, ends) for source in stands.sources)
    then = await _then(connection, stands, day)
    year = YearCounts(await _counts(connection, period.year, then, office.calendar))
    stale = not is_final and is_stale(stands.sources, now)
    found = figures(period, year, office, then, stale=stale)
    found["services"]["complaints"] |= NOT_TOLD
    return Known(found, is_final and not stands.held)


def _has_passed(source: SourcePosition, instant: dt.datetime) -> bool:
    """Whether nothing can come any more that was recorded before that instant.

    So if something recorded later is applied already; or if the log ended where we stand when its
    clock and ours, however far apart, had both passed it, and so had every commit under way.
    """
    if source.recorded_at and source.recorded_at >= instant:
        return True
    return source.at_head_at is not None and source.at_head_at >= instant + STALE_AFTER


_HELD_AT = """
select source, count(distinct aggregate) as held
from quarantine
where position <= (select max(position) from log_head h where h.source = quarantine.source
                   and h.day <= $1)
group by source
"""


async def _then(connection: Connection, stands: Standing, day: dt.date) -> Standing:
    """As of when the figures speak: where the logs ended that day, who was held by then."""
    heads = await heads_at(connection, day)
    held = {row["source"]: row["held"] for row in await connection.fetch(_HELD_AT, day)}
    return Standing(
        sources=[
            _cut(source, heads.get(source.source), held.get(source.source, 0))
            for source in stands.sources
        ],
        figures_on={source: min(day, on) for source, on in stands.figures_on.items()},
    )


def _cut(source: SourcePosition, head: LogHead | None, held: int) -> SourcePosition:
    if head is None:
        return replace(source, applied=0, epoch="", hash=b"", recorded_at=None, quarantined=held)
    return replace(
        source,
        applied=head.position,
        epoch=head.epoch,
        hash=head.hash,
        recorded_at=head.recorded_at,
        quarantined=held,
    )


_CHANGES = """
select service, extract(month from month)::int, facet, member, measure, value, sum(by)::bigint
from tally_change
where service = $1 and month between make_date($2, 1, 1) and make_date($2, 12, 1)
    and known_on <= $3
group by service, month, facet, member, measure, value
having sum(by) <> 0
"""


async def _counts(
    connection: Connection, year: int, then: Standing, calendar: Calendar
) -> list[Count]:
    counts: list[Count] = []
    for service, on in then.figures_on.items():
        counts += [Count(*row) for row in await connection.fetch(_CHANGES, service, year, on)]
        counts += await _days_of_overdue(connection, service, year, on, calendar)
    return counts


_OVERDUE = """
select received_on, basis
from overdue_spell
where service = $1 and since <= $3 and until > $3
    and received_on between make_date($2, 1, 1) and make_date($2, 12, 31)
union all
select received_on, basis
from cases
where service = $1 and basis is not null and coalesce(due_on, 'infinity') < $3 and known_on <= $3
    and received_on between make_date($2, 1, 1) and make_date($2, 12, 31)
"""


async def _days_of_overdue(
    connection: Connection, service: str, year: int, on: dt.date, calendar: Calendar
) -> list[Count]:
    """How long the cases had taken that were overdue at the end of that day."""
    counted: Counter[tuple[int, str, int]] = Counter()
    async for row in connection.cursor(_OVERDUE, service, year, on, prefetch=ROWS_AT_ONCE):
        clock = SlaClock.from_dict(msgspec.json.decode(row["basis"]))
        if not calendar.knows(clock.calendar):  # amended a moment ago, and not known here yet
            calendar = load_calendar(applied=await applied_years(connection))
        reading = clock.reading(on, calendar)
        month = row["received_on"].month
        counted[month, "days_used", reading.days_used] += 1
        counted[month, "days_elapsed", reading.days_elapsed] += 1
    return [
        Count(service, month, *ALL, measure, value, cases)
        for (month, measure, value), cases in counted.items()
    ]

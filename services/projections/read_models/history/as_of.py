"""The figures as they were known at the end of a day, as they would have been published then.

They contain the events that the logs had recorded by the end of that day, with clocks read as of
that day, like a replay that stops there (`known_counts.py`). They don't change any more once the
day is over and all its events are applied. Complaints have no details here: those are released and
never change (`releases/`).

Next: `web/as_of_cache.py`, which computes one of these at a time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from services.projections.read_models.counts.keys import TallyRow
from services.projections.read_models.counts.year_counts import YearCounts
from services.projections.read_models.history.known_counts import Cutoff, counts_known
from services.projections.read_models.periods import Period
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.read_models.statistics import figures
from services.projections.read_models.watermark import Watermark, read_watermark
from services.projections.store.checkpoints import SourcePosition, is_stale
from services.projections.store.log_heads import DailyLogCheckpoint, heads_at
from shared.office_time import PONTIANAK
from shared.postgres.connection import Connection

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StatisticsAsOf:
    """The figures of a past day; `is_final`: they will never change."""

    figures: dict[str, Any]
    is_final: bool


async def statistics_as_of(
    connection: Connection, period: Period, rules: RulesInForce, day: dt.date, *, now: dt.datetime
) -> StatisticsAsOf:
    """The figures of a period as they were known at the end of `day`, which is not in the future.

    The connection is `generations.live`'s. If the read models have not reached that day, the
    figures are those of the day that they have reached, and stale.
    """
    watermark = await read_watermark(connection)
    ends = dt.datetime.combine(day + DAY, dt.time(), PONTIANAK)
    is_final = all(source.has_passed(ends) for source in watermark.sources)
    then = await _watermark_at(connection, watermark, day)
    counts: list[TallyRow] = []
    for service, on in then.figures_on.items():
        counts += await counts_known(connection, service, period.year, Cutoff(on), rules.calendar)
    forked = any(source.forked_at is not None for source in watermark.sources)
    stale = forked or (not is_final and is_stale(watermark.sources, now))
    found = figures(period, YearCounts(counts), rules, then, stale=stale)
    return StatisticsAsOf(found, is_final and not watermark.held and not forked)


_HELD_AT = """
select source, count(distinct aggregate) as held
from quarantine
where position <= (select max(position) from log_head h where h.source = quarantine.source
                   and h.day <= $1)
group by source
"""


async def _watermark_at(connection: Connection, watermark: Watermark, day: dt.date) -> Watermark:
    """The watermark of that day: the logs' last events, and the cases held by then."""
    heads = await heads_at(connection, day)
    held = {row["source"]: row["held"] for row in await connection.fetch(_HELD_AT, day)}
    return Watermark(
        sources=[
            _source_at(source, heads.get(source.source), held.get(source.source, 0))
            for source in watermark.sources
        ],
        figures_on={source: min(day, on) for source, on in watermark.figures_on.items()},
    )


def _source_at(
    source: SourcePosition, head: DailyLogCheckpoint | None, held: int
) -> SourcePosition:
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

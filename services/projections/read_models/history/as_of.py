"""What was known at the end of a day: its figures, as they would have been published then.

Known is what the logs had recorded by the end of that day, and clocks are read as of that day. So
the answer is what a replay would give that stops there (`known.py`), and it doesn't change any more
once the day is over and all of it is applied. Of complaints there is no detail: that is released,
each time for good (`releases.py`).

Next: `public_api.py`, which does one of these at a time.
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
from services.projections.store.generations import Connection
from services.projections.store.log_heads import DailyLogCheckpoint, heads_at
from shared.office_time import PONTIANAK

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StatisticsAsOf:
    """The figures of a day of the past; `is_final`: they will never be others."""

    figures: dict[str, Any]
    is_final: bool


async def statistics_as_of(
    connection: Connection, period: Period, rules: RulesInForce, day: dt.date, *, now: dt.datetime
) -> StatisticsAsOf:
    """The figures of a period as they were known at the end of `day`, which is not in the future.

    The connection is `generations.live`'s. Where the read models have not reached that day, the
    figures are those of the day that they have, and stale.
    """
    watermark = await read_watermark(connection)
    ends = dt.datetime.combine(day + DAY, dt.time(), PONTIANAK)
    is_final = all(source.has_passed(ends) for source in watermark.sources)
    then = await _watermark_at(connection, watermark, day)
    counts: list[TallyRow] = []
    for service, on in then.figures_on.items():
        counts += await counts_known(connection, service, period.year, Cutoff(on), rules.calendar)
    stale = not is_final and is_stale(watermark.sources, now)
    found = figures(period, YearCounts(counts), rules, then, stale=stale)
    return StatisticsAsOf(found, is_final and not watermark.held)


_HELD_AT = """
select source, count(distinct aggregate) as held
from quarantine
where position <= (select max(position) from log_head h where h.source = quarantine.source
                   and h.day <= $1)
group by source
"""


async def _watermark_at(connection: Connection, watermark: Watermark, day: dt.date) -> Watermark:
    """As of when the figures speak: where the logs ended that day, who was held by then."""
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

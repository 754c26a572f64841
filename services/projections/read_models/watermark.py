"""Up to where the read models have processed their sources: the figures' as-of instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.projections.store.checkpoints import SourcePosition, positions
from shared.office_time import PONTIANAK
from shared.postgres.connection import Connection


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far each source is applied, and the day of its figures."""

    sources: Sequence[SourcePosition]
    figures_on: Mapping[str, dt.date]

    @property
    def today(self) -> dt.date:
        """The day of the oldest figures."""
        return min(self.figures_on.values())

    @property
    def as_of(self) -> dt.datetime:
        """The later of the last applied event's time and 00:00 of the day."""
        midnight = dt.datetime.combine(self.today, dt.time(), PONTIANAK)
        recorded = [source.recorded_at for source in self.sources if source.recorded_at]
        return max([midnight, *recorded]).astimezone(dt.UTC)

    @property
    def held(self) -> int:
        """Cases held for checking, not counted."""
        return sum(source.quarantined for source in self.sources)


_FIGURES_ON = "select source, figures_on from projection_position"


async def read_watermark(connection: Connection) -> Watermark:
    rows = await connection.fetch(_FIGURES_ON)
    return Watermark(
        sources=await positions(connection),
        figures_on={row["source"]: row["figures_on"] for row in rows},
    )

"""Cases that were published and that a restored log no longer holds, for those who tell people."""

from __future__ import annotations

from collections.abc import Sequence

from services.projections.store import generations
from shared.postgres.pool import Pool

_LOST = """
select l.source, l.number
from public.lost_case l
where not exists (select from cases c where c.number = l.number)
order by l.source, l.number
"""


async def lost_cases(pool: Pool) -> Sequence[tuple[str, str]]:
    """Source and number of each, as rebuilds found them (see `record_lost_cases_v1`)."""
    async with generations.live(pool) as connection:
        return [(row["source"], row["number"]) for row in await connection.fetch(_LOST)]

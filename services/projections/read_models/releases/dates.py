"""At which instants are details of complaints released?

At 00:00 on the first day of each quarter, and at the end of each import of enough complaints. An
instant counts once no event can still arrive that was recorded before it, and no case of that time
is held for checking: so a release never changes. The same events give the same instants.

Next: `releases.py`, which computes what was known then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from services.projections.read_models.events import IMPORT
from services.projections.read_models.history.known_counts import Cutoff
from services.projections.read_models.releases.imports import SOURCE, is_over
from services.projections.read_models.states import STATES
from services.projections.read_models.watermark import Watermark
from shared.office_time import PONTIANAK, local_date
from shared.postgres.connection import Connection

IMPORTED_MIN = 20  # complaints; the details of a smaller import wait for the end of the quarter

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReleaseInstant:
    """An instant of release, and the cutoff of what was known then.

    months: those that an import has changed; None: all that are over. place: the ordinal of the
    release on its date.
    """

    released_at: dt.datetime
    known: Cutoff
    position: int  # in the log of complaints, up to which all of it must be counted
    months: frozenset[dt.date] | None = None
    place: int = 1

    @property
    def date(self) -> dt.date:
        return local_date(self.released_at)

    def concerns(self, year: int) -> bool:
        """Whether details of cases received in that year may be released."""
        if self.months is None:
            return dt.date(year, 1, 1) < self.date
        return any(month.year == year for month in self.months)

    @property
    def written(self) -> str:
        return self.released_at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def quarter_begins_at(today: dt.date) -> dt.datetime:
    """When the quarter of that day began."""
    month = (today.month - 1) // 3 * 3 + 1
    return dt.datetime.combine(dt.date(today.year, month, 1), dt.time(), PONTIANAK)


_QUARTERS = """
select first::date as day,
       (select max(position) from log_head where source = $1 and day < first) as position
from generate_series(
    (select date_trunc('quarter', min(day)::timestamp) + interval '3 months'
     from log_head where source = $1),
    $2::date, interval '3 months') as first
"""

_IMPORTS = """
with brought as (
    select known_on, part, month, sum(by) as cases
    from tally_change
    where why = $1 and service = $2 and facet = '' and measure = any($3)
    group by known_on, part, month
    having sum(by) > 0
)
select known_on, part, last_at, last_position, array_agg(month) as months
from import_end
join brought using (known_on, part)
group by known_on, part, last_at, last_position
having sum(cases) >= $4
"""

_HELD = "select min(position) from quarantine where source = $1"


async def release_instants(
    connection: Connection, watermark: Watermark
) -> Sequence[ReleaseInstant]:
    """All past instants, the oldest first. The connection is `generations.live`'s."""
    source = next(each for each in watermark.sources if each.source == SOURCE)
    held = await connection.fetchval(_HELD, SOURCE)
    found = []
    for row in await connection.fetch(_QUARTERS, SOURCE, watermark.figures_on[SOURCE]):
        midnight = dt.datetime.combine(row["day"], dt.time(), PONTIANAK)
        if source.has_passed(midnight):
            found.append(ReleaseInstant(midnight, Cutoff(row["day"] - DAY), row["position"]))
    for row in await connection.fetch(_IMPORTS, IMPORT, SOURCE, list(STATES), IMPORTED_MIN):
        if is_over(row["last_at"], source.recorded_at, source.at_head_at):
            known = Cutoff(row["known_on"], row["part"])
            months = frozenset(row["months"])
            found.append(ReleaseInstant(row["last_at"], known, row["last_position"], months))
    whole = [each for each in found if held is None or each.position < held]
    return list(_numbered(sorted(whole, key=lambda each: each.known)))


def _numbered(of: Sequence[ReleaseInstant]) -> Iterator[ReleaseInstant]:
    for _, same in groupby(of, key=lambda each: each.date):
        yield from (replace(each, place=place) for place, each in enumerate(same, 1))

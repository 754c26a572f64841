"""Which figures of a past period have changed since it ended: from what to what, when, and why?

Revisions are of the counts of requests and of complaints, for requests by kind too, and of their
on-time rates. A revision has one day and one reason, so everything that an import changed on a day
is one. Details of complaints have none: a release never changes.

They are computed backwards, from the present counts and their changes (`count_history.py`); so the
cost depends on the days since the period ended, not on its cases.

Next: `api/history.py` and the page, which list them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, TypeAlias, get_args

import asyncpg

from services.projections.read_models.counts.year_counts import decided, received, share
from services.projections.read_models.history.reasons import Reason
from services.projections.read_models.periods import Period
from services.projections.read_models.states import STATES
from shared.postgres.connection import Connection

HAPPENED = (
    "rejected",
    "waited",
    "reopened",
    "reopenings",
    "reclassified",
    "backdated",
    "voided",
    "voided_overdue",
)
FIGURES = ("received", *STATES, "on_time_rate", *HAPPENED)
"""In the order of the statistics."""

REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why a figure may have changed. Of one day, the due dates that had passed come first: they did so
at 00:00; the others' order says nothing."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A figure of a period that changed after its end; `kind`: of these requests only."""

    revised_on: dt.date
    service: str
    kind: str | None
    figure: str
    old: float | None
    new: float | None
    why: str


class RevisionOrder(NamedTuple):
    """The newest first; of one day and reason by service and kind, in the order of statistics."""

    day: int
    why: int
    service: str
    kind: str
    figure: int


def order_of(revision: Revision) -> RevisionOrder:
    return RevisionOrder(
        -revision.revised_on.toordinal(),
        -REASONS.index(revision.why),
        revision.service,
        revision.kind or "",
        FIGURES.index(revision.figure),
    )


class _Group(NamedTuple):
    service: str
    kind: str


Counts: TypeAlias = Counter[str]


class _Step(NamedTuple):
    """The change of a measure on a day, for one reason."""

    known_on: dt.date
    why: str
    whose: _Group
    measure: str
    by: int


_NOW = """
select service, member, measure, sum(counted)::bigint as counted
from tally
where month between $1 and $2 and facet in ('', 'kind') and measure = any($3)
group by service, member, measure
"""

_SINCE = """
select known_on, why, service, member, measure, sum(by)::bigint as by
from tally_change
where month between $1 and $2 and facet in ('', 'kind') and measure = any($3) and known_on > $2
group by known_on, why, service, member, measure
having sum(by) <> 0
"""


async def revisions(connection: Connection, period: Period) -> Sequence[Revision]:
    """All of a period's, the newest first; of one day and reason in the order of the statistics.

    None of a period that hasn't ended. The connection is `generations.live`'s.
    """
    asked = period.first_day, period.last_day, [*STATES, *HAPPENED]
    steps = [
        _Step(row["known_on"], row["why"], _group_of(row), row["measure"], row["by"])
        for row in await connection.fetch(_SINCE, *asked)
    ]
    if not steps:
        return []
    counts: defaultdict[_Group, Counts] = defaultdict(Counter)
    for row in await connection.fetch(_NOW, *asked):
        counts[_group_of(row)][row["measure"]] = row["counted"]
    return list(_backwards(steps, counts))


def _group_of(row: asyncpg.Record) -> _Group:
    return _Group(row["service"], row["member"])


def _backwards(steps: Sequence[_Step], counts: defaultdict[_Group, Counts]) -> Iterator[Revision]:
    """Take back one change after the other, the newest first; `counts` are the present ones."""
    for (known_on, why, whose), group in groupby(sorted(steps, key=_newest_first), key=_revision):
        now = counts[whose]
        new = _figures(now)
        now.subtract({step.measure: step.by for step in group})
        old = _figures(now)
        for figure in FIGURES:
            if old[figure] != new[figure]:
                yield Revision(
                    known_on,
                    whose.service,
                    whose.kind or None,
                    figure,
                    old[figure],
                    new[figure],
                    why,
                )


def _newest_first(step: _Step) -> tuple[int, int, _Group]:
    return -step.known_on.toordinal(), -REASONS.index(step.why), step.whose


def _revision(step: _Step) -> tuple[dt.date, str, _Group]:
    return step.known_on, step.why, step.whose


def _figures(counts: Counts) -> Mapping[str, float | None]:
    states: dict[str, int] = {state: counts[state] for state in STATES}
    return {
        "received": received(states),
        **states,
        "on_time_rate": share(counts["on_time"], decided(states)),
        **{measure: counts[measure] for measure in HAPPENED},
    }

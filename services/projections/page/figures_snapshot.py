"""Everything that the figures' page shows, read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.projections.page.sentences import Service
from services.projections.read_models.history.revisions import Revision, revisions
from services.projections.read_models.periods import Period
from services.projections.read_models.releases.releases import ReleaseCache
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.read_models.statistics import statistics
from services.projections.store.checkpoints import positions
from shared.office_time import local_date
from shared.postgres.connection import Connection
from shared.promise.standard import Standard


@dataclass(frozen=True, slots=True)
class FiguresSnapshot:
    """The figures of a period as in the JSON, and the other data of the page.

    `day`: the figures as known at its end; None: now.
    """

    period: Period
    standard: Standard
    statistics: Mapping[str, Any]
    periods: Sequence[Period]
    held_since: datetime | None
    revisions: Sequence[Revision]
    day: date | None = None

    @property
    def as_of(self) -> datetime:
        return datetime.fromisoformat(self.statistics["as_of"])

    @property
    def today(self) -> date:
        """The day of the figures."""
        return local_date(self.as_of)

    @property
    def services(self) -> Mapping[Service, Mapping[str, Any]]:
        found: Mapping[Service, Mapping[str, Any]] = self.statistics["services"]
        return found


async def read_snapshot(
    connection: Connection,
    period: Period,
    rules: RulesInForce,
    releases: ReleaseCache,
    known: Sequence[Period],
    *,
    now: datetime,
) -> FiguresSnapshot:
    """The connection is `generations.live`'s: all is read in one transaction."""
    return FiguresSnapshot(
        period,
        rules.standard(period, local_date(now)),
        await statistics(connection, period, rules, releases, now=now),
        known,
        await held_for_checking_since(connection),
        await revisions(connection, period),
    )


async def read_past_snapshot(
    connection: Connection,
    period: Period,
    rules: RulesInForce,
    known: Sequence[Period],
    *,
    day: date,
    then: Mapping[str, Any],
) -> FiguresSnapshot:
    """The same as known at the end of that day; `then` are the figures of that time."""
    revised = await revisions(connection, period)
    return FiguresSnapshot(
        period,
        rules.standard(period, day),
        then,
        [each for each in known if each.has_begun(day) or each == period],
        await held_for_checking_since(connection),
        [each for each in revised if each.revised_on <= day],
        day,
    )


async def held_for_checking_since(connection: Connection) -> datetime | None:
    """When the first of the held cases was held."""
    since = [each.held_since for each in await positions(connection) if each.held_since]
    return min(since, default=None)

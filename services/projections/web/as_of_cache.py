"""Caches the public figures of past days; one is computed at a time, and final ones are kept.

The figures of a day that is over don't change any more. Cached ones belong to one generation and
one version of the calendar: after a rebuild, or an amendment, they are computed anew.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, datetime
from typing import Any, NamedTuple

from services.projections.read_models.history.as_of import statistics_as_of
from services.projections.read_models.periods import Period
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.store import generations
from services.projections.web.fair_line import FairLine, LineIsFull
from shared.postgres.connection import Connection
from shared.postgres.pool import Pool
from shared.text import Text
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import UNAVAILABLE
from shared.web.security.client_network import current_scope, network_of
from shared.web.security.security_log import note_refusal

KEPT_MAX = 500  # of some kilobytes each
WAITING_MAX = 60  # callers, for a computation of some tens of milliseconds; networks take turns
RETRY_AFTER_SECONDS = 5

TOO_MANY = Text(
    id="Terlalu banyak permintaan angka hari lampau sekaligus; ulangi sebentar lagi.",
    en="Too many ask for figures of past days at once; repeat in a moment.",
)


class _StatisticsKey(NamedTuple):
    schema: str  # of the generation
    calendar: str
    period: str
    day: date


class AsOfStatisticsCache:
    """For any number of callers; after a cancellation the next caller goes on."""

    def __init__(self, pool: Pool, rules: RulesInForce, *, proxies: int = 0) -> None:
        """`proxies` is the number of our own proxies in front."""
        self._pool = pool
        self._rules = rules
        self._proxies = proxies
        self._line = FairLine(WAITING_MAX)
        self._kept: OrderedDict[_StatisticsKey, dict[str, Any]] = OrderedDict()

    async def of_day(self, period: Period, day: date, *, now: datetime) -> dict[str, Any]:
        """The figures of a period as they were known at the end of that day.

        Raises Problem if too many callers are waiting already.
        """
        scope = current_scope.get()
        try:
            async with (
                self._line.turn(network_of(scope, self._proxies)),
                generations.live(self._pool) as connection,
            ):
                return await self._cached_or_computed(connection, period, day, now)
        except LineIsFull:
            note_refusal(scope, "past_days_crowded")
            raise Problem(
                UNAVAILABLE, detail=TOO_MANY, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
            ) from None

    async def _cached_or_computed(
        self, connection: Connection, period: Period, day: date, now: datetime
    ) -> dict[str, Any]:
        schema = await connection.fetchval("select current_schema()")
        key = _StatisticsKey(schema, self._rules.calendar.version, period.id, day)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        known = await statistics_as_of(connection, period, self._rules, day, now=now)
        if known.is_final:
            self._kept[key] = known.figures
            if len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        return known.figures

"""Read models in a database of their own, applied to as the consumer does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from services.projections.ingest.ordering import Forked
from services.projections.ingest.projector import Projection
from services.projections.read_models import deadlines
from services.projections.read_models.batch import CaseReadModels
from services.projections.read_models.counts.year_counts import Counts, YearCounts, days, received
from services.projections.read_models.history.as_of import StatisticsAsOf, statistics_as_of
from services.projections.read_models.history.known_counts import Cutoff, counts_known
from services.projections.read_models.periods import read_period
from services.projections.read_models.releases.releases import ReleaseCache
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.read_models.statistics import statistics
from services.projections.store import generations
from shared.messaging.subscription import Incoming
from shared.office_time import PONTIANAK
from shared.postgres.connection import Connection
from shared.postgres.pool import Pool
from shared.promise.standard import Standards, load_standards
from shared.promise.working_days import Calendar, load_calendar

SOURCES = ("complaints", "requests")

TABLES = {
    "cases": "select to_jsonb(c)::text from cases c order by number",
    "timeline": "select to_jsonb(t)::text from timeline t order by number, version",
    "deadline": "select to_jsonb(d)::text from deadline d order by number, clock",
    "tally": """
        select to_jsonb(t)::text from tally t
        order by service, month, facet, member, measure, value
    """,
    "tally_change": """
        select to_jsonb(t)::text from tally_change t
        order by service, month, known_on, part, why, facet, member, measure, value
    """,
    "log_head": "select to_jsonb(h)::text from log_head h order by source, day",
    "import_end": "select to_jsonb(i)::text from import_end i order by known_on, part",
    "overdue_spell": "select to_jsonb(s)::text from overdue_spell s order by number, version",
}


@dataclass
class Projected:
    """The read models of a test; `today` is what the office's wall calendar says."""

    pool: Any
    today: date
    calendar: Calendar = field(default_factory=load_calendar)
    clock: datetime | None = None  # what it shows; else it is noon

    @cached_property
    def rules(self) -> RulesInForce:
        return RulesInForce(load_standards(), self.calendar)

    @cached_property
    def releases(self) -> ReleaseCache:
        return ReleaseCache(self.rules)

    async def begin(self) -> None:
        """An empty generation goes live."""
        models = CaseReadModels(self.calendar, load_standards())
        async with self.pool.acquire() as connection, connection.transaction():
            await generations.block_consumers(connection)
            made = await generations.create(
                connection, models.schema_sql, sources=SOURCES, on=self.today, at=self.now()
            )
            await generations.switch(connection, made, at=self.now())

    def now(self) -> datetime:
        return self.clock or datetime.combine(self.today, time(12), PONTIANAK)

    async def apply(self, events: Sequence[Incoming]) -> None:
        """Events of any source, each source's in order; none may be held."""
        for source in SOURCES:
            mine = [event for event in events if event.source == source]
            result = await self._projection(source).apply_batch(mine, from_feed=True)
            assert result.in_order

    async def roll(self, on: date) -> None:
        """It has become that day."""
        self.today = on
        for source in SOURCES:
            await self._projection(source).roll()

    async def at_the_head(self) -> None:
        """A head check just found everything applied."""
        for source in SOURCES:
            place = await self._projection(source).checkpoint()
            await self._projection(source).record_head(place.position, place.position)

    async def forked(self, source: str) -> None:
        """A head check just found another event where the figures of this source stand."""
        place = await self._projection(source).checkpoint()
        await self._projection(source).record_fork(Forked(place.position, head=place.position))

    def _projection(self, source: str) -> Projection:
        models = CaseReadModels(self.calendar, load_standards())
        return Projection(self.pool, models, source, now=self.now, today=lambda: self.today)

    async def statistics(self, period: str) -> dict[str, Any]:
        async with self.reading() as connection:
            return await statistics(
                connection, read_period(period), self.rules, self.releases, now=self.now()
            )

    async def in_detail(
        self, period: str, moment: Cutoff | None = None, standards: Standards | None = None
    ) -> dict[str, Any]:
        """What is counted of complaints to be released, as of then, or of the end of today."""
        of, standards = read_period(period), standards or load_standards()
        then = moment or Cutoff(self.today)
        async with self.reading() as connection:
            year = YearCounts(
                await counts_known(connection, "complaints", of.year, then, self.calendar)
            )
        counts = year.of("complaints", range(of.first_month, of.first_month + of.months))
        clocks = deadlines.figures(
            counts, "complaints", standards.in_force(date(2026, 1, 1)), standards
        )
        return {
            **days(counts),
            "further_clocks": {
                code: {name: clock[name] for name in ("started", *deadlines.ORDER)}
                for code, clock in clocks.items()
            },
            "by_category": _rows(counts, "category"),
            "by_channel": _rows(counts, "channel"),
            "rating": [
                score for score, times in counts.histogram("rating").items() for _ in range(times)
            ],
        }

    async def known(self, period: str, day: date) -> StatisticsAsOf:
        """The figures as they were known at the end of that day."""
        async with self.reading() as connection:
            return await statistics_as_of(
                connection, read_period(period), self.rules, day, now=self.now()
            )

    async def rows(self) -> dict[str, list[str]]:
        """Every row of every table, as text."""
        async with self.reading() as connection:
            return {
                table: [row[0] for row in await connection.fetch(query)]
                for table, query in TABLES.items()
            }

    async def held(self) -> int:
        async with self.reading() as connection:
            return int(await connection.fetchval("select count(*) from quarantine"))

    async def reasons(self) -> set[str]:
        """Why any figure has ever changed."""
        async with self.reading() as connection:
            rows = await connection.fetch("select distinct why from tally_change")
        return {row["why"] for row in rows}

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        async with generations.live(self.pool) as connection:
            yield connection


def _rows(counts: Counts, facet: str) -> dict[str, dict[str, int]]:
    rows = {}
    for member in counts.members(facet):
        states = counts.states(facet, member)
        not_on_time = states["late"] + states["overdue"]
        rows[member] = {
            "on_time": states["on_time"],
            "not_on_time": not_on_time,
            "received": received(states),
        }
    return rows


@asynccontextmanager
async def projected(
    database_url: str, today: date, calendar: Calendar | None = None
) -> AsyncIterator[Projected]:
    """Reckoned by that calendar, or the shipped one."""
    async with Pool(
        database_url, name="figures", size_max=4, settings={"synchronous_commit": "off"}
    ) as pool:
        made = Projected(pool, today, calendar or load_calendar())
        await made.begin()
        yield made

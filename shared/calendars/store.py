"""The amended years and the sweeps in one service's database."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from shared.eventstore import database
from shared.eventstore.reader import recorded_from
from shared.eventstore.records import Recorded
from shared.promise.calendar_year import Year, year_in
from shared.promise.standard import DATA
from shared.promise.working_days import Calendar, load_calendar

NEWEST = """
    select distinct on (year) year, content
    from public.calendar_years
    order by year, number desc
"""
NUMBERS = "select year, max(number) from public.calendar_years group by year order by year"
APPLY = "select apply_calendar_year_v1($1, $2, $3)"
APPLIED = "select content from calendar_years where year = $1 and number = $2"

# A sweep that is there is read and not written: a service asks every two seconds. Where another
# replica begins it at the same time, the update that changes nothing gives its row.
BEGIN_SWEEP = """
    with begun as (
        insert into calendar_sweeps (calendar, first_position)
        select $1, coalesce(max(notification_id), 0) from stored_events
        having not exists (select from calendar_sweeps where calendar = $1)
        on conflict (calendar) do update set calendar = excluded.calendar
        returning calendar, first_position, position, begun_at, finished_at
    )
    select * from begun
    union all
    select calendar, first_position, position, begun_at, finished_at
    from calendar_sweeps
    where calendar = $1
"""
SWEEPS = """
    select calendar, first_position, position, begun_at, finished_at
    from calendar_sweeps
    order by begun_at desc
"""
# Never backwards, whichever of the replicas comes last.
MOVE_SWEEP = """
    update calendar_sweeps
    set position = greatest(position, $2),
        finished_at = coalesce(finished_at, case when $3 then clock_timestamp() end)
    where calendar = $1
"""
# The page is cut before its events are looked at; whether one is its case's last costs a look into
# an index. What says that it is reckoned by this calendar already stays in the database: after a
# sweep that is everything. One row comes even if none is left: it says where the page ends.
PAGE = """
    with page as materialized (
        select * from stored_events
        where notification_id > $1
        order by notification_id
        limit $2
    )
    select (select max(notification_id) from page) as page_end,
        (select count(*) from page) as page_size,
        event.*
    from (values (1)) as always
    left join (
        select * from page
        where position($3::bytea in page.state) = 0 and not exists (
            select from stored_events later
            where later.originator_id = page.originator_id
                and later.originator_version > page.originator_version
        )
    ) event on true
    order by event.notification_id
"""


@dataclass(frozen=True, slots=True)
class SweepPlace:
    """How far the cases were gone through for a calendar; see the table."""

    calendar: str
    first_position: int
    position: int
    begun_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """A run of the log: where it ends, and of its events those that are their case's last.

    Left out are those that are surely reckoned by the calendar that was asked for.
    """

    end: int
    last_events: Sequence[Recorded]
    is_full: bool


class CalendarStore:
    """Open, it is safe for any number of tasks. Every method raises LogUnavailable."""

    def __init__(self, database_url: str, *, name: str = "calendar") -> None:
        self._database_url = database_url
        self._name = name
        self._pool: database.Pool | None = None

    async def __aenter__(self) -> Self:
        self._pool = await database.open_pool(self._database_url, name=f"{self._name} calendar")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            await database.close_pool(self._pool)

    # The years.

    async def years(self) -> list[Year]:
        """The newest version of each year that was amended here. Raises WrongData."""
        async with self._connection() as connection:
            return await applied_years(connection)

    async def calendar(self, data: Path = DATA) -> Calendar:
        """The one in force here: of shipped and applied years. Raises WrongData."""
        return load_calendar(data, await self.years())

    async def numbers(self) -> dict[int, int]:
        """The number of each; cheaper, to find out whether there is anything new."""
        async with self._connection() as connection:
            return {row[0]: row[1] for row in await connection.fetch(NUMBERS)}

    async def apply(self, year: Year, content: str) -> bool:
        """Put this version in force, or find it in force; False: another one has its number."""
        async with self._connection() as connection:
            in_force = await connection.fetchval(APPLY, year.year, year.newest.number, content)
        return bool(in_force == content)

    async def content(self, year: Year) -> str | None:
        """The file that was applied as this version, if one was."""
        async with self._connection() as connection:
            content: str | None = await connection.fetchval(APPLIED, year.year, year.newest.number)
        return content

    # The sweeps.

    async def begin_sweep(self, calendar: str) -> SweepPlace:
        """Where the sweep by this calendar stands; it begins if none has. Twice is harmless."""
        async with self._connection() as connection:
            row = await connection.fetchrow(BEGIN_SWEEP, calendar)
        assert row is not None, "one that was begun, or is there"
        return SweepPlace(*row)

    async def sweeps(self) -> list[SweepPlace]:
        """All that there were, the latest first: for whoever shows them."""
        async with self._connection() as connection:
            return [SweepPlace(*row) for row in await connection.fetch(SWEEPS)]

    async def move_sweep(self, calendar: str, position: int, *, at_head: bool) -> None:
        """Everything up to this position was looked at."""
        async with self._connection() as connection:
            await connection.execute(MOVE_SWEEP, calendar, position, at_head)

    async def page(self, after: int, limit: int, *, calendar: str) -> LogPage:
        """The next so many events after a position, as far as they are of interest to a sweep."""
        reckoned_by_it = f'"calendar":"{calendar}"'.encode()  # as in every state that is stored
        async with self._connection() as connection:
            rows = await connection.fetch(PAGE, after, limit, reckoned_by_it)
        return LogPage(
            end=rows[0]["page_end"] or after,
            last_events=[recorded_from(row) for row in rows if row["notification_id"]],
            is_full=rows[0]["page_size"] == limit,
        )

    def _connection(self) -> AbstractAsyncContextManager[database.PooledConnection]:
        assert self._pool is not None, "open the store first: async with store"
        return database.borrowed(self._pool)


async def applied_years(connection: database.AnyConnection) -> list[Year]:
    """The same, on a connection that is somebody else's. Raises WrongData."""
    rows = await connection.fetch(NEWEST)
    return [year_in(f"{row['year']}.toml", row["content"].encode()) for row in rows]

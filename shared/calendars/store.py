"""The amended years and the progress of the sweeps in one service's database."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from shared.eventstore import database
from shared.eventstore.records import Recorded, recorded_from
from shared.postgres.connection import Connection
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
MAY_APPLY = """
    select has_function_privilege('apply_calendar_year_v1(integer, integer, text)', 'execute')
"""
APPLIED = "select content from calendar_years where year = $1 and number = $2"

# An existing sweep is read without a write, because a service asks every two seconds. When another
# replica begins it at the same time, the update without effect returns its row.
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
# `greatest` keeps the position from moving backwards, whichever replica writes last.
MOVE_SWEEP = """
    update calendar_sweeps
    set position = greatest(position, $2),
        finished_at = coalesce(finished_at, case when $3 then clock_timestamp() end)
    where calendar = $1
"""
# The page is cut before its events are filtered; finding out whether an event is its case's last
# costs an index lookup. Events whose state names this calendar are not returned: after a sweep
# those are all. One row is returned even without events: it tells where the page ends.
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
class SweepProgress:
    """The progress of the sweep for one calendar version; see the table."""

    calendar: str
    first_position: int
    position: int
    begun_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log: its end, and those of its events that are the last of their case.

    Events that certainly stand on the given calendar are left out.
    """

    end: int
    last_events: Sequence[Recorded]
    is_full: bool


class CalendarStore:
    """Once open, it is safe for any number of tasks. Every method raises LogUnavailable."""

    def __init__(self, database_url: str, *, name: str = "calendar") -> None:
        self._pool = database.read_pool(database_url, name=f"{name} calendar")

    async def __aenter__(self) -> Self:
        with database.as_log_unavailable():
            await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)

    # The years.

    async def years(self) -> list[Year]:
        """The newest version of each year that was amended here. Raises WrongData."""
        async with self._connection() as connection:
            return await applied_years(connection)

    async def calendar(self, data: Path = DATA) -> Calendar:
        """The calendar in force: the shipped years and the applied ones. Raises WrongData."""
        return load_calendar(data, await self.years())

    async def numbers(self) -> dict[int, int]:
        """The newest version number of each year: a cheap way to detect a new version."""
        async with self._connection() as connection:
            return {row[0]: row[1] for row in await connection.fetch(NUMBERS)}

    async def may_apply(self) -> bool:
        """Whether this is the database's owner."""
        async with self._connection() as connection:
            return bool(await connection.fetchval(MAY_APPLY))

    async def apply(self, year: Year, content: str) -> bool:
        """Put this version in force; True if it is now, False if another content has its number."""
        async with self._connection() as connection:
            in_force = await connection.fetchval(APPLY, year.year, year.newest.number, content)
        return bool(in_force == content)

    async def content(self, year: Year) -> str | None:
        """The content of the file that was applied as this version, if there is one."""
        async with self._connection() as connection:
            content: str | None = await connection.fetchval(APPLIED, year.year, year.newest.number)
        return content

    # The sweeps.

    async def begin_sweep(self, calendar: str) -> SweepProgress:
        """The progress of the sweep for this calendar; begins one if there is none. Idempotent."""
        async with self._connection() as connection:
            row = await connection.fetchrow(BEGIN_SWEEP, calendar)
        assert row is not None, "the statement returns the new or the existing row"
        return SweepProgress(*row)

    async def sweeps(self) -> list[SweepProgress]:
        """All sweeps, the latest first."""
        async with self._connection() as connection:
            return [SweepProgress(*row) for row in await connection.fetch(SWEEPS)]

    async def move_sweep(self, calendar: str, position: int, *, at_head: bool) -> None:
        """Record that every event up to this position was visited."""
        async with self._connection() as connection:
            await connection.execute(MOVE_SWEEP, calendar, position, at_head)

    async def page(self, after: int, limit: int, *, calendar: str) -> LogPage:
        """The next page after a position, reduced to the events that a sweep needs."""
        calendar_in_state = f'"calendar":"{calendar}"'.encode()  # as in every state that is stored
        async with self._connection() as connection:
            rows = await connection.fetch(PAGE, after, limit, calendar_in_state)
        return LogPage(
            end=rows[0]["page_end"] or after,
            last_events=[recorded_from(row) for row in rows if row["notification_id"]],
            is_full=rows[0]["page_size"] == limit,
        )

    def _connection(self) -> AbstractAsyncContextManager[Connection]:
        return database.borrowed(self._pool)


async def applied_years(connection: Connection) -> list[Year]:
    """The newest version of each amended year, on a given connection. Raises WrongData."""
    rows = await connection.fetch(NEWEST)
    return [year_in(f"{row['year']}.toml", row["content"].encode()) for row in rows]

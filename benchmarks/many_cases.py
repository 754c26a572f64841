"""Read models that hold a thousand cases, or a million of the same kinds.

A thousand cases are published and applied like any other. The million are copies of those inside
the database, with their counts: the same distribution, made in a minute instead of an hour.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from benchmarks.servers import Servers
from services.projections.store import generations
from shared.office_time import PONTIANAK, local_date
from shared.postgres.connection import Connection
from shared.postgres.pool import Pool
from testbed.databases import clone, drop
from testbed.event_factory import STANDARD, EventFactory
from testbed.projected import SOURCES, projected

THOUSAND = 1_000
MILLION = 1_000_000
DAYS = 240  # the days on which the cases came
COPIED_AT_ONCE = 50  # times a thousand: a statement of some seconds


class Filled(NamedTuple):
    """A database of read models, and the year in which most of its cases came."""

    url: str
    year: int


@asynccontextmanager
async def filled(servers: Servers, cases: int) -> AsyncIterator[Filled]:
    """A database with so many cases, a multiple of a thousand; dropped after the block."""
    database = await clone(servers.postgres_url, "projections")
    now = datetime.now(UTC)
    try:
        async with projected(database.app_url, local_date(now)) as figures:
            await figures.apply(_thousand(now).events)
            async with figures.pool.acquire() as connection:
                await _multiply(connection, cases // THOUSAND)
                await _stays_fresh(connection)
        yield Filled(database.app_url, (now - timedelta(days=DAYS // 2)).year)
    finally:
        await drop(servers.postgres_url, database)


def _thousand(now: datetime) -> EventFactory:
    """Seven requests to three complaints, most of them answered in time, some late, some open."""
    office, today = EventFactory(), local_date(now)
    for nth in range(THOUSAND):
        day = today - timedelta(days=3 + (THOUSAND - nth) * DAYS // THOUSAND)
        at = datetime.combine(day, time(8 + nth % 7, nth % 60), PONTIANAK)
        if nth % 10 < 7:
            _request(office, nth, at, now)
        else:
            _complaint(office, nth, at, now)
    return office


def _request(office: EventFactory, nth: int, at: datetime, now: datetime) -> None:
    request = office.request(at, kind=tuple(STANDARD.kinds)[nth % len(STANDARD.kinds)])
    if nth % 13 == 0:
        request.then("returned", at + timedelta(hours=1), missing=["letter_stamp"])
        request.then("resubmitted", at + timedelta(days=1))
    if nth % 41 == 0:
        request.then("withdrawn", at + timedelta(days=1))
    elif nth % 97:  # one in a hundred stays open
        request.then("confirmed", min(at + _until_its_end(nth), now), letter_number="1")


def _complaint(office: EventFactory, nth: int, at: datetime, now: datetime) -> None:
    channels, categories = tuple(STANDARD.channels), tuple(STANDARD.complaint_days)
    complaint = office.complaint(at, channel=channels[nth // 10 % len(channels)])
    category = categories[nth // 7 % len(categories)]
    complaint.then("classified", at + timedelta(hours=2), category=category)
    if nth % 89:
        complaint.then("resolved", min(at + _until_its_end(nth), now))
        complaint.then("rated", now, score=1 + nth % 5)


def _until_its_end(nth: int) -> timedelta:
    """Some hours, or up to a month."""
    return timedelta(days=nth % 30 if nth % 11 == 0 else nth % 2, hours=3)


# A row for each case: copied under numbers of their own.
_COPY = """
insert into {table}
select copied.* from {table} original
cross join generate_series($1::int, $2) n
cross join jsonb_build_object('number', original.number || '-' || n) as own
cross join jsonb_populate_record(original, own) as copied
where original.number not like '%-%-%-%-%'
"""

_COUNTED = ("update tally set counted = counted * $1", "update tally_change set by = by * $1")


async def _multiply(connection: Connection, times: int) -> None:
    """As if each case had come so many times. Statistics on it, as autovacuum would have them."""
    if times == 1:
        return
    async with connection.transaction():
        await generations.enter_live(connection)
        for table in await _tables_of_cases(connection):
            for first in range(2, times + 1, COPIED_AT_ONCE):
                last = min(first + COPIED_AT_ONCE - 1, times)
                await connection.execute(_COPY.format(table=table), first, last, timeout=600)
        for statement in _COUNTED:
            await connection.execute(statement, times)
    async with connection.transaction():
        await generations.enter_live(connection)
        await connection.execute("analyze")


_TABLES_OF_CASES = """
select table_name from information_schema.columns
where table_schema = current_schema() and column_name = 'number' and table_name <> 'quarantine'
order by table_name
"""


async def _tables_of_cases(connection: Connection) -> Sequence[str]:
    return [row["table_name"] for row in await connection.fetch(_TABLES_OF_CASES)]


_FRESH = """
insert into public.projection_source (source, head, checked_at, at_head_at)
select source, 0, now(), now() + interval '1 day' from unnest($1::text[]) as source
"""


async def _stays_fresh(connection: Connection) -> None:
    """No source runs beside the benchmark, and a page that isn't stale is what is measured."""
    await connection.execute(_FRESH, list(SOURCES))


async def counted(url: str) -> int:
    """How many cases the figures tell of."""
    states = ("on_time", "late", "overdue", "running", "waiting", "withdrawn", "forwarded")
    query = "select sum(counted) from tally where facet = '' and measure = any($1)"
    async with (
        Pool(url, name="benchmark", size_max=1) as pool,
        generations.live(pool) as connection,
    ):
        return int(await connection.fetchval(query, states))

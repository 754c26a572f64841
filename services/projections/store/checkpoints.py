"""How far the read models are: for `/v1/positions`, staleness, and reading one's own writes.

A head check that finds a busy source a few events ahead proves no lag. So the read models count as
up to date as of a check once they contain all events that the log had at that moment, as found by
the check itself or by the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.projections.store import generations
from shared.postgres.connection import Connection
from shared.postgres.pool import Pool

STALE_AFTER = timedelta(minutes=5)

WAIT_SECONDS_MAX = 5.0
POSITION_CHARACTERS_MAX = 200  # a position of each source, and room for more sources
_DIGITS_MAX = 18  # any number of so many digits is a bigint
_POLL_SECONDS_MIN = 0.01  # an event usually takes so long from its log to the page
_POLL_SECONDS_MAX = 0.2  # many waiting callers must not outweigh the readers


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """One source's read models, as of the last head check."""

    source: str
    applied: int  # the last position that was applied, or held in quarantine
    head: int  # the log's last position
    lag_events: int
    lag_seconds: float  # since when no head check has found `applied` at the head; 0: it is there
    quarantined: int  # cases held for checking, not counted in the figures
    held_since: datetime | None
    at_head_at: datetime | None  # when a head check last found the read models at the head
    forked_at: int | None  # the log holds another event at this position; a rebuild is under way
    unknown: Mapping[str, int]  # events left out because their type is unknown here
    epoch: str  # of the event applied last, like hash and time below
    hash: bytes
    recorded_at: datetime | None
    figures_on: date  # the day of the figures

    def has_passed(self, instant: datetime) -> bool:
        """Whether no event can still arrive that was recorded before that instant."""
        return has_passed(instant, self.recorded_at, self.at_head_at)


class MalformedPosition(ValueError):
    """A `min_position` reads `<source>:<position>`, several with commas between."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no position: it reads like requests:1234")


_POSITIONS = """
select p.source, p.position as applied,
       case when s.forked_at is null then greatest(s.head, p.position) else s.head end as head,
       greatest(s.head - p.position, 0) as lag_events,
       case when s.head > p.position
            then coalesce(extract(epoch from s.checked_at - s.behind_since), 0)::float8
            else 0 end as lag_seconds,
       (select count(distinct q.aggregate) from quarantine q where q.source = p.source)
           as quarantined,
       (select min(q.held_at) from quarantine q where q.source = p.source) as held_since,
       s.at_head_at, s.forked_at,
       array(select u.type from unknown_event u where u.source = p.source order by u.type)
           as unknown_types,
       array(select u.events from unknown_event u where u.source = p.source order by u.type)
           as unknown_events,
       p.epoch, p.hash, p.recorded_at, p.figures_on
from projection_position p
left join public.projection_source s using (source)
order by p.source
"""


async def positions(connection: Connection) -> Sequence[SourcePosition]:
    """Every source's position, sorted by its name; the connection is `generations.live`'s."""
    return [
        SourcePosition(
            source=row["source"],
            applied=row["applied"],
            head=row["head"],
            lag_events=row["lag_events"] or 0,
            lag_seconds=row["lag_seconds"],
            quarantined=row["quarantined"],
            held_since=row["held_since"],
            at_head_at=row["at_head_at"],
            forked_at=row["forked_at"],
            unknown=dict(zip(row["unknown_types"], row["unknown_events"], strict=True)),
            epoch=row["epoch"],
            hash=row["hash"],
            recorded_at=row["recorded_at"],
            figures_on=row["figures_on"],
        )
        for row in await connection.fetch(_POSITIONS)
    ]


# `s.head` is still the head that the check before this one has found.
_RECORD_HEAD = """
with found (source, head, applied, at) as (
    values ($1::text, $2::bigint, $3::bigint, $4::timestamptz)
)
insert into public.projection_source as s (source, head, checked_at, at_head_at, behind_since)
select source, head, at, case when applied >= head then at end,
       case when applied < head then at end
from found
on conflict (source) do update
set head = $2,
    checked_at = $4,
    at_head_at = case when $3 >= $2 then $4
                      when $3 >= s.head then s.checked_at
                      else s.at_head_at end,
    behind_since = case when $3 < least($2, s.head) then coalesce(s.behind_since, s.checked_at) end,
    forked_at = null
"""


async def record_head(pool: Pool, source: str, *, head: int, applied: int, at: datetime) -> None:
    """A head check found the log's end at `head`, and our event at `applied`."""
    async with pool.acquire() as connection:
        await connection.execute(_RECORD_HEAD, source, head, applied, at)


_RECORD_FORK = """
insert into public.projection_source as s (source, head, checked_at, forked_at)
values ($1, $2, $3, $4)
on conflict (source) do update set head = $2, checked_at = $3, forked_at = $4
"""


async def record_fork(pool: Pool, source: str, *, head: int, forked_at: int, at: datetime) -> None:
    """A head check found another event where we stand. The figures are stale from now on."""
    async with pool.acquire() as connection:
        await connection.execute(_RECORD_FORK, source, head, at, forked_at)


def is_stale(sources: Sequence[SourcePosition], now: datetime) -> bool:
    """Some source's read models contain lost history, or weren't at the head for five minutes."""
    return any(is_source_stale(source.at_head_at, source.forked_at, now) for source in sources)


def is_source_stale(at_head_at: datetime | None, forked_at: int | None, now: datetime) -> bool:
    return forked_at is not None or at_head_at is None or now - at_head_at > STALE_AFTER


def has_passed(
    instant: datetime, recorded_at: datetime | None, at_head_at: datetime | None
) -> bool:
    """Whether no event can still arrive that was recorded before that instant.

    This holds if a later event is applied already. It also holds if the log ended at the checkpoint
    so long after the instant that both clocks, however far apart, and every commit under way must
    have passed it.
    """
    if recorded_at is not None and recorded_at >= instant:
        return True
    return at_head_at is not None and at_head_at >= instant + STALE_AFTER


async def wait_until_applied(
    pool: Pool, wanted: Mapping[str, int], *, timeout_seconds: float = WAIT_SECONDS_MAX
) -> bool:
    """Wait until the read models contain the events up to these positions. False: a timeout.

    No connection is held between two polls.
    """
    pause_seconds = _POLL_SECONDS_MIN
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    while not await _is_applied(pool, wanted):
        if asyncio.get_running_loop().time() + pause_seconds > deadline:
            return False
        await asyncio.sleep(pause_seconds)
        pause_seconds = min(pause_seconds * 2, _POLL_SECONDS_MAX)
    return True


def reaches(applied: Mapping[str, int], wanted: Mapping[str, int]) -> bool:
    """Whether each wanted position is applied; of an unknown source none is."""
    return all(applied.get(source, -1) >= position for source, position in wanted.items())


def parse_positions(text: str) -> Mapping[str, int]:
    """The wanted position of each source: "requests:1234,complaints:56".

    Raises `MalformedPosition`.
    """
    if len(text) > POSITION_CHARACTERS_MAX:
        raise MalformedPosition(text)
    wanted: dict[str, int] = {}
    for part in text.split(","):
        source, colon, position = part.strip().partition(":")
        is_number = position.isascii() and position.isdigit() and len(position) <= _DIGITS_MAX
        if not (source and colon and is_number):
            raise MalformedPosition(text)
        wanted[source] = int(position)
    return wanted


_APPLIED = "select source, position from projection_position where source = any($1)"


async def _is_applied(pool: Pool, wanted: Mapping[str, int]) -> bool:
    async with generations.live(pool) as connection:
        rows = await connection.fetch(_APPLIED, list(wanted))
    return reaches({row["source"]: row["position"] for row in rows}, wanted)

"""Daily log checkpoints: position and hash of each day's last event in each source's log.

Like the signed tree heads of certificate transparency they prove later whether history was
rewritten (`janji verify --heads`). They also say which prefix of the logs a past day knew. They are
made of all events: applied, held in quarantine, or of an unknown type.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shared.messaging.subscription import Incoming
from shared.office_time import local_date
from shared.postgres.connection import Connection


class DailyLogCheckpoint(NamedTuple):
    """A row of `log_head`."""

    source: str
    day: dt.date
    position: int
    epoch: str
    hash: bytes
    recorded_at: dt.datetime


# Idempotent. A day's later events come after its earlier ones.
_RECORD = """
insert into log_head (source, day, position, epoch, hash, recorded_at)
select * from unnest(
    $1::text[], $2::date[], $3::bigint[], $4::text[], $5::bytea[], $6::timestamptz[])
on conflict (source, day) do update set
    position = excluded.position, epoch = excluded.epoch, hash = excluded.hash,
    recorded_at = excluded.recorded_at
"""


async def record(connection: Connection, events: Sequence[Incoming]) -> None:
    """Record the checkpoints of the days on which these events of one source were recorded."""
    heads: dict[dt.date, DailyLogCheckpoint] = {}
    for event in events:
        if at := recorded_at(event):
            day = local_date(at)
            heads[day] = DailyLogCheckpoint(
                event.source, day, event.position, event.epoch, event.hash, at
            )
    if heads:
        await connection.execute(_RECORD, *zip(*heads.values(), strict=True))


def recorded_at(event: Incoming) -> dt.datetime | None:
    """When the log recorded it; None for a poison event that doesn't say."""
    try:
        return dt.datetime.fromisoformat(event.body["data"]["recorded_at"])
    except (KeyError, TypeError, ValueError):
        return None


_ALL = """
select source, day, position, epoch, hash, recorded_at
from log_head
where source not in (select s.source from public.projection_source s where s.forked_at is not null)
order by source, day
"""


async def log_heads(connection: Connection) -> Sequence[DailyLogCheckpoint]:
    """All of them, by source, the oldest first. None of a source that turned out forked: they may
    be of history that its log doesn't hold.
    """
    return [DailyLogCheckpoint(*row) for row in await connection.fetch(_ALL)]


_AT = """
select distinct on (source) source, day, position, epoch, hash, recorded_at
from log_head
where day <= $1
order by source, day desc
"""


async def heads_at(connection: Connection, day: dt.date) -> Mapping[str, DailyLogCheckpoint]:
    """Each log's last event by the end of that day; a log that had not begun is missing."""
    return {row["source"]: DailyLogCheckpoint(*row) for row in await connection.fetch(_AT, day)}

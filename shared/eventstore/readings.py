"""Who read the personal data of which aggregate, and when."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.eventstore.codec import Codec
from shared.eventstore.records import recorded_from
from shared.postgres.connection import Connection

RECORD = "select record_reading_v1($1, $2)"
# With ties: a page ends between two instants, so that the next one begins at an instant.
AFTER = """
    select r.at, r.sub, e.notification_id, r.originator_id, e.originator_version, e.topic, e.state,
        e.recorded_at, e.hash, e.trace
    from personal_data_readings r
    join stored_events e on e.originator_id = r.originator_id and e.originator_version = 1
    where r.at > $1
    order by r.at
    fetch first $2 rows with ties
"""
OF_ONE_AFTER = AFTER.replace("where", "where r.originator_id = $3 and")


@dataclass(frozen=True, slots=True)
class PersonalDataReading:
    """`first_event` is the aggregate's, without personal data: it says which aggregate it is."""

    at: datetime
    sub: str
    first_event: Any


class PersonalDataReadings:
    """The readings on record. Every method raises LogUnavailable."""

    def __init__(
        self, connection: Callable[[], AbstractAsyncContextManager[Connection]], codec: Codec
    ) -> None:
        self._connection = connection
        self._codec = codec

    async def record(self, id: UUID, sub: str) -> None:  # noqa: A002
        """Record that `sub` read the personal data of this aggregate now."""
        async with self._connection() as connection:
            await connection.execute(RECORD, id, sub)

    async def after(
        self, at: datetime, *, limit: int, of: UUID | None = None
    ) -> list[PersonalDataReading]:
        """Those after an instant, of this aggregate or of all, oldest first.

        At least `limit` if there are as many: more only where several have the last one's instant.
        """
        async with self._connection() as connection:
            if of is None:
                rows = await connection.fetch(AFTER, at, limit)
            else:
                rows = await connection.fetch(OF_ONE_AFTER, at, limit, of)
        return [
            PersonalDataReading(row["at"], row["sub"], self._codec.decode(recorded_from(row)))
            for row in rows
        ]

"""What happened to a case? One row an event, in the words of the events.

Next: `api/staff.py`, which shows it beside the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from services.projections.read_models.events import CaseEvent
from shared.postgres.connection import Connection

_COLUMNS = (
    "number",
    "version",
    "source",
    "position",
    "event",
    "status",
    "occurred_at",
    "recorded_at",
    "role",
    "due_on",
    "state",
    "facts",
)


async def extend(connection: Connection, events: Sequence[CaseEvent]) -> None:
    """Add these events. The checkpoint keeps them from coming twice; the key (number, version)
    would refuse a repeat."""
    rows = [
        (
            event.payload.number,
            event.payload.version,
            event.source,
            event.position,
            event.type,
            event.payload.status,
            event.payload.occurred_at,
            event.payload.recorded_at,
            event.payload.role,
            event.payload.clock.due_on,
            event.payload.clock.state,
            msgspec.json.encode(event.facts).decode(),
        )
        for event in events
    ]
    await connection.copy_records_to_table("timeline", records=rows, columns=_COLUMNS)


_TIMELINE = """
select version, source, position, event, status, occurred_at, recorded_at, role, due_on, state,
       facts
from timeline
where number = $1
order by version
"""


async def timeline(connection: Connection, number: str) -> list[dict[str, Any]]:
    """The events of this case, oldest first; empty if it is unknown."""
    return [
        {**row, "facts": msgspec.json.decode(row["facts"])}
        for row in await connection.fetch(_TIMELINE, number)
    ]

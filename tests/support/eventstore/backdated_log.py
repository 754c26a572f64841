"""Events that were recorded at a time that the test chooses."""

from datetime import datetime

import asyncpg

from testbed.databases import Database


async def recorded(database: Database, *instants: datetime) -> None:
    """The log's first event at the first of these instants, and so on. Breaks its hashes."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.executemany(
            "update stored_events set recorded_at = $2 where notification_id = $1",
            list(enumerate(instants, start=1)),
        )
    finally:
        await connection.close()

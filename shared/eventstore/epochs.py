"""A step of every restore from a backup: say that the log begins another life."""

from uuid import UUID

import asyncpg

from shared.eventstore.database import CONNECT_SECONDS, READ_SECONDS
from shared.eventstore.records import Epoch

OPEN_EPOCH = "select open_epoch_v1()"
FIRST_POSITION = "select first_position from epochs where id = $1"


async def open_epoch(owner_url: str) -> Epoch:
    """Open the next epoch at the head, as the database's owner, before the services start.

    Without it followers still find out, by the hashes, as soon as a position they know is taken
    by another event; with it they find out at once, and nobody has to guess why.
    """
    connection = await asyncpg.connect(
        owner_url, timeout=CONNECT_SECONDS, command_timeout=READ_SECONDS
    )
    try:
        epoch: UUID = await connection.fetchval(OPEN_EPOCH)
        return Epoch(epoch, await connection.fetchval(FIRST_POSITION, epoch))
    finally:
        await connection.close()

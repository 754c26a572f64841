"""Epochs: every restore from a backup opens the next one."""

from uuid import UUID

from shared.eventstore.database import READ_SECONDS
from shared.eventstore.records import Epoch
from shared.postgres.connection import connected

OPEN_EPOCH = "select open_epoch_v1()"
FIRST_POSITION = "select first_position from epochs where id = $1"


async def open_epoch(owner_url: str) -> Epoch:
    """Open the next epoch at the head, as the database's owner, before the services start.

    Without a new epoch, followers detect the restore only by the hashes, as soon as another event
    has a position that they know; with it they detect it at once, and know the reason.
    """
    async with connected(owner_url, name="epoch", answer_seconds=READ_SECONDS) as connection:
        epoch: UUID = await connection.fetchval(OPEN_EPOCH)
        return Epoch(epoch, await connection.fetchval(FIRST_POSITION, epoch))

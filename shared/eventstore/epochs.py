"""Epochs: a log that has moved to another place opens the next one by itself.

After a restore, a recovery to a point in time, or a failover to a replica that was behind, position
N may belong to another event than before. So every connection that writes, publishes or serves the
log first asks for the epoch in force (`settled_epoch_v1`), which opens the next one at head + 1 if
server, database or timeline are not those of the last one. No event id ever stands for two events.
"""

from uuid import UUID

from shared.eventstore.database import READ_SECONDS
from shared.eventstore.records import Epoch
from shared.postgres.connection import Connection, connected

SETTLED_EPOCH = "select settled_epoch_v1()"
OPEN_EPOCH = "select open_epoch_v1()"
OPEN_EPOCH_OF_COPY = "select open_epoch_of_copy_v1()"
FIRST_POSITION = "select first_position from epochs where id = $1"


async def settled_epoch(connection: Connection) -> UUID:
    """The epoch in which the next event will be written; opens it if the log has moved."""
    epoch: UUID = await connection.fetchval(SETTLED_EPOCH)
    return epoch


async def open_epoch(owner_url: str, *, of_copy: bool = False) -> Epoch:
    """Open the next epoch at the head, as the database's owner.

    of_copy: the whole machine was moved back, so that the log couldn't tell that it has moved. The
    epoch begins at the first event that wasn't published since.
    """
    async with connected(owner_url, name="epoch", answer_seconds=READ_SECONDS) as connection:
        epoch: UUID = await connection.fetchval(OPEN_EPOCH_OF_COPY if of_copy else OPEN_EPOCH)
        return Epoch(epoch, await connection.fetchval(FIRST_POSITION, epoch))

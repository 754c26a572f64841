"""The rotation of the master key: all keys of a log are wrapped anew, while everything runs.

The next key is among the given ones before it begins, so whoever meets it can read. A batch is a
transaction of its own, and a key that opens by the next one is left as it is: an interrupted
rotation is run again. A key is replaced only as it was read, so an erasure always wins.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg

from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.keys.master_keys import DERIVED, KNOWN, settle_keys
from shared.eventstore.sealing import WrappedKey
from shared.postgres.connection import Connection

BATCH_KEYS = 2_000  # some ten milliseconds

NEWEST = "select check_value, finished_at from master_keys order by number desc limit 1"
COUNT = "select count(*) from sealing_keys"
PAGE = """
    select originator_id, wrapped_key from sealing_keys
    where $1::uuid is null or originator_id > $1
    order by originator_id
    limit $2
"""
BEGIN = "insert into master_keys (check_value) values ($1)"
REPLACE_DERIVED = "update derived_keys set wrapped_key = $2 where name = $1"
REPLACE = """
    update sealing_keys k set wrapped_key = r.replaced
    from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as r (originator_id, found, replaced)
    where k.originator_id = r.originator_id and k.wrapped_key = r.found
"""
FINISH = """
    update master_keys set finished_at = clock_timestamp()
    where check_value = $1 and finished_at is null
"""

Progress = Callable[[int, int], None]
"""Called with the number of keys that were looked at, and the number of all."""


class KeyInForce(NamedTuple):
    """The log's master key; whether nothing is left to wrap anew."""

    check_value: bytes
    is_finished: bool


async def key_in_force(connection: Connection) -> KeyInForce | None:
    """None: no process has opened the log yet."""
    row = await connection.fetchrow(NEWEST)
    return KeyInForce(row["check_value"], row["finished_at"] is not None) if row else None


async def begin(connection: Connection, keyring: Keyring) -> None:
    """Bring the newest key of the ring into force, unless it is. Raises WrongMasterKey."""
    await settle_keys(connection, keyring)
    known = {row["check_value"] for row in await connection.fetch(KNOWN)}
    if keyring.newest.check_value in known:
        return
    async with connection.transaction():
        await connection.execute(BEGIN, keyring.newest.check_value)
        for row in await connection.fetch(DERIVED):
            name: str = row["name"]
            key = keyring.opened(row["wrapped_key"], name.encode())
            if key is not None:
                wrapped = keyring.newest.wrap(key, name.encode())
                await connection.execute(REPLACE_DERIVED, name, wrapped)


async def wrap_anew(
    connection: Connection, keyring: Keyring, progress: Progress = lambda *_: None
) -> int:
    """Wrap all keys by the newest master key; how many were under another one.

    Those that no given key opens are left as they are.
    """
    replaced = 0
    async for page in _pages(connection, progress):
        anew = [
            (id_, wrapped, keyring.newest.wrap(key, id_.bytes))
            for id_, wrapped in page
            if keyring.newest.opened(wrapped, id_.bytes) is None
            and (key := keyring.opened(wrapped, id_.bytes)) is not None
        ]
        if anew:
            await connection.execute(REPLACE, *map(list, zip(*anew, strict=True)))
        replaced += len(anew)
    return replaced


async def finish(connection: Connection, keyring: Keyring) -> None:
    """Note that nothing is left under an earlier key."""
    await connection.execute(FINISH, keyring.newest.check_value)


async def keys_by_master_key(
    connection: Connection, keyring: Keyring, progress: Progress = lambda *_: None
) -> Counter[bytes | None]:
    """How many keys of streams each master key opens, by its check value; None: no given one."""
    counts = Counter[bytes | None]()
    async for page in _pages(connection, progress):
        for id_, wrapped in page:
            opens = (key for key in keyring.master_keys if key.opened(wrapped, id_.bytes))
            opening = next(opens, None)
            counts[opening.check_value if opening else None] += 1
    return counts


async def _pages(
    connection: Connection, progress: Progress
) -> AsyncIterator[Sequence[tuple[UUID, WrappedKey]]]:
    total, done, last = await connection.fetchval(COUNT), 0, None
    while rows := await connection.fetch(PAGE, last, BATCH_KEYS):
        yield [_key(row) for row in rows]
        last, done = rows[-1]["originator_id"], done + len(rows)
        progress(done, max(total, done))


def _key(row: asyncpg.Record) -> tuple[UUID, WrappedKey]:
    return row["originator_id"], row["wrapped_key"]

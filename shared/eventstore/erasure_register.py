"""The register of erasures, which lies outside the log's database, so that no restore can undo one.

A folder that holds a file for each stream whose personal data were erased. Its name is the stream
and its first event's hash, since after a restore another stream may get the same number: files can
be copied, merged and backed up with ordinary tools, and writing one twice is harmless. Two replicas
of a service share the folder.

When a log is opened, and whenever it has moved to another place, the register and the log are
brought together: what only the register knows is erased in the log again; what only the log knows
is registered.
"""

import asyncio
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple, TypeVar
from uuid import UUID

from shared.eventstore.errors import LogUnavailable
from shared.postgres.connection import Connection

ERASED_IN_LOG = """
    select x.originator_id, e.hash as first_hash
    from erasures x
    cross join lateral (
        select hash from stored_events
        where originator_id = x.originator_id
        order by originator_version
        limit 1
    ) e
    where $1::uuid is null or x.originator_id = $1
"""
ERASE_REGISTERED = "select erase_registered_v1($1, $2)"

T = TypeVar("T")


class Erasure(NamedTuple):
    """An erased stream."""

    originator_id: UUID
    first_hash: bytes

    @property
    def file_name(self) -> str:
        return f"{self.originator_id}.{self.first_hash.hex()}"


class ErasureRegister:
    """The register of one log. Every method raises LogUnavailable if the folder isn't writable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def bring_together(self, connection: Connection) -> int:
        """Erase in the log what only the register knows, and the reverse.

        Returns how many erasures the log had lost. Idempotent, also after a cancellation.
        """
        registered = await _off_loop(self._entries)
        lost: int = await connection.fetchval(
            ERASE_REGISTERED,
            [each.originator_id for each in registered],
            [each.first_hash for each in registered],
        )
        in_log = {Erasure(*row) for row in await connection.fetch(ERASED_IN_LOG, None)}
        await _off_loop(lambda: self._write(in_log - registered))
        return lost

    async def add(self, connection: Connection, originator_id: UUID) -> None:
        """Register an erasure that the log holds; it is on disk when this returns."""
        rows = await connection.fetch(ERASED_IN_LOG, originator_id)
        erasures = {Erasure(*row) for row in rows}
        await _off_loop(lambda: self._write(erasures))

    def _entries(self) -> set[Erasure]:
        self._folder.mkdir(parents=True, exist_ok=True)
        return {each for path in self._folder.iterdir() if (each := _erasure(path.name))}

    def _write(self, erasures: Collection[Erasure]) -> None:
        for each in erasures:
            with (self._folder / each.file_name).open("ab") as file:
                os.fsync(file.fileno())
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _erasure(file_name: str) -> Erasure | None:
    originator_id, _, first_hash = file_name.partition(".")
    try:
        return Erasure(UUID(originator_id), bytes.fromhex(first_hash))
    except ValueError:
        return None  # no file of ours


async def _off_loop(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise LogUnavailable(f"the register of erasures: {error}") from error

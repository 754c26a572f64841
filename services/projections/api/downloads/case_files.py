"""Requests case by case, as files: each is written once for all callers, and streamed to them.

A file of a million cases doesn't fit into memory, and a slow caller must not hold a connection of
the database. So it is written, compressed, to a temporary file without a name, which its readers
keep open. One file is written at a time. Files are kept until their content changes, up to a number
of bytes: the oldest are evicted first.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import zlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import IO, NamedTuple

from services.projections.read_models import case_by_case
from services.projections.read_models.periods import Period
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.read_models.watermark import Watermark, read_watermark
from services.projections.store import generations
from services.projections.store.checkpoints import SourcePosition
from shared.postgres.connection import Connection
from shared.postgres.pool import Pool
from shared.text import Text
from shared.web.problems.problem import Problem
from shared.web.problems.problem_kinds import UNAVAILABLE

PIECE_BYTES = 256 * 1_024
KEPT_BYTES_MAX = 256 * 1_048_576  # of disk; a million cases take some 25 MB
WAITING_MAX = 20
RETRY_AFTER_SECONDS = 5
GZIP_LEVEL = 6
GZIP = 16 + zlib.MAX_WBITS  # what zlib calls the format

TOO_MANY = Text(
    id="Terlalu banyak permintaan berkas sekaligus; ulangi sebentar lagi.",
    en="Too many ask for files at once; repeat in a moment.",
)


class _FileKey(NamedTuple):
    """The same key, the same bytes."""

    schema: str  # of the generation
    position: int
    hash: bytes
    held: int
    figures_on: date
    calendar: str
    period: str


class CaseFile:
    """A compressed table with the fingerprint of its content. Written once, then read by many."""

    def __init__(self) -> None:
        self.size = 0  # of the table as it is
        self.compressed_size = 0
        self.fingerprint = ""
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed with its last reader
        self._hash = hashlib.sha256()
        self._compressor = zlib.compressobj(GZIP_LEVEL, wbits=GZIP)
        self._waiting = bytearray()

    async def write(self, data: bytes) -> None:
        """Append data; lines get the ends of RFC 4180."""
        self._waiting += data.replace(b"\n", b"\r\n")
        if len(self._waiting) >= PIECE_BYTES:
            await asyncio.to_thread(self._take)

    async def end(self) -> None:
        await asyncio.to_thread(self._take, is_last=True)

    def _take(self, *, is_last: bool = False) -> None:
        data, self._waiting = self._waiting, bytearray()
        self._hash.update(data)
        compressed = self._compressor.compress(data) + (
            self._compressor.flush() if is_last else b""
        )
        self._file.write(compressed)
        self.size += len(data)
        self.compressed_size += len(compressed)
        if is_last:
            self._file.flush()
            self.fingerprint = self._hash.hexdigest()[:32]

    async def pieces(self, *, compressed: bool) -> AsyncIterator[bytes]:
        """The content, compressed or not. Any number of callers may read at once."""
        decompressor = None if compressed else zlib.decompressobj(wbits=GZIP)
        for at in range(0, self.compressed_size, PIECE_BYTES):
            piece = await asyncio.to_thread(os.pread, self._file.fileno(), PIECE_BYTES, at)
            yield (
                piece
                if decompressor is None
                else await asyncio.to_thread(decompressor.decompress, piece)
            )


class CaseFiles:
    """For any number of callers; after a cancellation the next caller goes on."""

    def __init__(self, pool: Pool, rules: RulesInForce, *, bytes_max: int = KEPT_BYTES_MAX) -> None:
        self._pool = pool
        self._rules = rules
        self._bytes_max = bytes_max
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._kept: OrderedDict[_FileKey, CaseFile] = OrderedDict()

    async def file(self, period: Period) -> CaseFile:
        """The current file. Raises Problem if too many callers are waiting already."""
        if self._waiting >= WAITING_MAX:
            raise Problem(
                UNAVAILABLE, detail=TOO_MANY, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
            )
        self._waiting += 1
        try:
            async with self._lock, generations.live(self._pool) as connection:
                return await self._found(connection, period)
        finally:
            self._waiting -= 1

    async def _found(self, connection: Connection, period: Period) -> CaseFile:
        source, watermark = case_by_case.of_requests(await read_watermark(connection))
        schema = await connection.fetchval("select current_schema()")
        key = self._key(schema, source, watermark, period)
        if key not in self._kept:
            made = CaseFile()
            await case_by_case.write(
                connection, period, watermark, self._rules.calendar, made.write
            )
            await made.end()
            self._keep(key, made)
        return self._kept[key]

    def _key(
        self, schema: str, source: SourcePosition, watermark: Watermark, period: Period
    ) -> _FileKey:
        calendar = self._rules.calendar.version
        where = (source.applied, source.hash, source.quarantined)
        return _FileKey(schema, *where, watermark.today, calendar, period.id)

    def _keep(self, key: _FileKey, made: CaseFile) -> None:
        outdated = [each for each in self._kept if each[:-1] != key[:-1]]
        for each in outdated:
            del self._kept[each]
        self._kept[key] = made
        while len(self._kept) > 1 and _bytes_of(self._kept.values()) > self._bytes_max:
            self._kept.popitem(last=False)


def _bytes_of(files: Iterable[CaseFile]) -> int:
    return sum(each.compressed_size for each in files)

"""A connection pooler as its client sees it, without one being installed.

pgbouncer hands out process numbers of its own making: the number in BackendKeyData is no backend's.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from testbed.proxy import Direction, Proxy

_KEY_DATA = b"K\x00\x00\x00\x0c"  # 'K', its length 12; process number and key follow
_MADE_UP = b"\x00\x00\x00\x01"


@asynccontextmanager
async def pooled(url: str) -> AsyncIterator[str]:
    """The URL of the same database, as through a pooler."""
    parts = urlsplit(url)
    async with Proxy(str(parts.hostname), parts.port or 5432) as pooler:
        pooler.rewrite(Direction.TO_CLIENT, _with_another_process_number)
        yield pooler.url(url)


def _with_another_process_number(chunk: bytes) -> bytes:
    before, key_data, after = chunk.partition(_KEY_DATA)
    return before + key_data + _MADE_UP + after[len(_MADE_UP) :] if key_data else chunk

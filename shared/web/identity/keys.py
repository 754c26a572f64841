"""The issuer's public keys (JWKS), from a file or a URL.

A removed key stops working at the next refresh; an added key works at once.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.web.identity.tokens import Keys, KeysUnavailable

log = structlog.get_logger()

FETCH_SECONDS_MAX = 5.0
FETCHED_BYTES_MAX = 262_144
KEPT_SECONDS_MAX = 600.0
REFETCH_SECONDS_MIN = 30.0  # tokens with invented keys must not cause a flood of fetches


def keys_at(place: str) -> Keys:
    return UrlKeys(place) if place.startswith(("http://", "https://")) else FileKeys(Path(place))


class FileKeys:
    """A JWKS file, read again when it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: KeySet | None = None

    async def held(self, *, unknown: bool = False) -> KeySet:  # noqa: ARG002  it always checks the file
        try:
            stat = self._path.stat()
            seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if self._keys is None or seen != self._seen:
                self._keys, self._seen = key_set(self._path.read_bytes()), seen
        except (OSError, ValueError) as error:
            log.warning("jwks unreadable", path=str(self._path), error=type(error).__name__)
        if self._keys is None:
            raise KeysUnavailable
        return self._keys


class UrlKeys:
    """A JWKS URL: fetched by one task at a time, kept for ten minutes, longer if it is down."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._fetched_at = -KEPT_SECONDS_MAX
        self._keys: KeySet | None = None
        self._fetching = asyncio.Lock()

    async def held(self, *, unknown: bool = False) -> KeySet:
        async with self._fetching:
            age = self._clock() - self._fetched_at
            if age >= (REFETCH_SECONDS_MIN if unknown or not self._keys else KEPT_SECONDS_MAX):
                self._fetched_at = self._clock()
                self._keys = await self._fetched() or self._keys
        if self._keys is None:
            raise KeysUnavailable
        return self._keys

    async def _fetched(self) -> KeySet | None:
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS_MAX)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(self._url, raise_for_status=True) as answer,
            ):
                return key_set(await answer.content.read(FETCHED_BYTES_MAX))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("jwks not fetched", url=self._url, error=type(error).__name__)
            return None


def key_set(text: bytes) -> KeySet:
    """Parse a JWKS. Raises ValueError."""
    try:
        return KeySet.import_key_set(msgspec.json.decode(text))
    except (JoseError, KeyError, TypeError, msgspec.DecodeError) as error:
        raise ValueError("not a JWKS") from error

"""The issuer's public keys (JWKS), from a file, a URL, or the place that the issuer names.

A removed key stops working at the next refresh; an added key works at once.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import aiohttp
import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.answers import whole_body
from shared.web.identity.tokens import Keys, KeysUnavailable

log = structlog.get_logger()

FETCH_SECONDS_MAX = 5.0
FETCHED_BYTES_MAX = 262_144
KEPT_SECONDS_MAX = 600.0
REFETCH_SECONDS_MIN = 10.0  # tokens with invented keys must not cause a flood of fetches


def keys_at(place: str, issuer: str) -> Keys:
    """Those of a file or a URL; where no place is given, those that the issuer tells of itself."""
    if not place:
        return IssuerKeys(issuer)
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
        self._refetched_at = -REFETCH_SECONDS_MIN  # apart, or a key made just after a fetch waits
        self._keys: KeySet | None = None
        self._fetching = asyncio.Lock()

    async def held(self, *, unknown: bool = False) -> KeySet:
        async with self._fetching:
            now = self._clock()
            age = now - (self._refetched_at if unknown else self._fetched_at)
            if age >= (REFETCH_SECONDS_MIN if unknown or not self._keys else KEPT_SECONDS_MAX):
                self._fetched_at = now
                self._refetched_at = now if unknown else self._refetched_at
                self._keys = await self._fetched() or self._keys
        if self._keys is None:
            raise KeysUnavailable
        return self._keys

    async def _fetched(self) -> KeySet | None:
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS_MAX)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session:
                return key_set(await _got(session, await self._place(session)))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.warning("jwks not fetched", url=self._url, error=repr(error))
            return None

    async def _place(self, _session: aiohttp.ClientSession) -> str:
        return self._url


class IssuerKeys(UrlKeys):
    """The keys at the place that the issuer's own document names (OIDC Discovery 1.0).

    Raises ValueError at the fetch for another issuer's document.
    """

    def __init__(self, issuer: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(f"{issuer.rstrip('/')}/.well-known/openid-configuration", clock)
        self._issuer = issuer

    async def _place(self, session: aiohttp.ClientSession) -> str:
        found = _CONFIGURATION.decode(await _got(session, self._url))
        if found.issuer != self._issuer:
            raise ValueError(f"the issuer there is {found.issuer}")
        return found.jwks_uri


class _Configuration(msgspec.Struct):
    issuer: str
    jwks_uri: str


_CONFIGURATION = msgspec.json.Decoder(_Configuration)


async def _got(session: aiohttp.ClientSession, url: str) -> bytes:
    async with session.get(url, raise_for_status=True, allow_redirects=False) as answer:
        if answer.status != HTTPStatus.OK:  # a redirect is no error to aiohttp
            raise ValueError(f"{url} answered {answer.status}")
        return await whole_body(answer, FETCHED_BYTES_MAX)


def key_set(text: bytes) -> KeySet:
    """Parse a JWKS. Raises ValueError."""
    try:
        return KeySet.import_key_set(msgspec.json.decode(text))
    except (JoseError, KeyError, TypeError, msgspec.DecodeError) as error:
        raise ValueError("not a JWKS") from error

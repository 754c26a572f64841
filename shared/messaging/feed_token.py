"""The token that a service shows to another service's feed: from a file, or from the issuer.

A file is read at each request, so that it can be replaced while the service runs. The issuer gives
a new token before the last one ends (OAuth 2.0, client credentials, RFC 6749 section 4.4).
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Protocol
from urllib.parse import quote_plus

import aiohttp
import msgspec

from shared.answers import whole_body

ISSUER_SECONDS_MAX = 10.0
ANSWER_BYTES_MAX = 65_536
KEPT_SECONDS = 60.0  # where the issuer doesn't say how long its token lasts
SPENT = 0.8  # of its life, then a new one is asked for


class NoToken(Exception):
    """There is none to show; the reason, without anything secret."""


class FeedToken(Protocol):
    """Gives the token for each request; as text it says where the token comes from."""

    async def current(self) -> str:
        """Raises NoToken."""
        ...

    def refused(self) -> None:
        """The feed didn't accept the last one."""
        ...


class FileToken:
    """The token in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return f"the token in {self._path}"

    async def current(self) -> str:
        try:
            return self._path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise NoToken(str(error)) from error

    def refused(self) -> None:
        """The file is read again anyway."""


class IssuedToken:
    """A token that the issuer gives to this service as its client.

    url: the issuer's token endpoint. parameters: what it needs beside the grant, like `scope`,
    `audience` or `resource`.
    """

    def __init__(
        self, url: str, client_id: str, client_secret: str, parameters: Mapping[str, str]
    ) -> None:
        self._url = url
        self._login = aiohttp.encode_basic_auth(quote_plus(client_id), quote_plus(client_secret))
        self._form = {"grant_type": "client_credentials", **parameters}
        self._token = ""
        self._until = 0.0
        self._asking = asyncio.Lock()

    def __str__(self) -> str:
        return f"the token from {self._url}"

    async def current(self) -> str:
        async with self._asking:
            if monotonic() >= self._until:
                answer = await self._asked()
                lasts = answer.expires_in or KEPT_SECONDS
                self._token = answer.access_token
                self._until = monotonic() + SPENT * lasts
        return self._token

    def refused(self) -> None:
        self._until = 0.0

    async def _asked(self) -> "_Answer":
        timeout = aiohttp.ClientTimeout(total=ISSUER_SECONDS_MAX)
        headers = {"Authorization": self._login}
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
                session.post(self._url, data=self._form, allow_redirects=False) as answer,
            ):
                body = await whole_body(answer, ANSWER_BYTES_MAX)
                if answer.status != 200:
                    raise NoToken(f"{self._url} answered {answer.status}: {_reason(body)}")
                return _ANSWER.decode(body)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise NoToken(f"{self._url} gave no token: {type(error).__name__}") from error


class _Answer(msgspec.Struct):
    """RFC 6749, section 5.1."""

    access_token: str
    expires_in: float | None = None


class _Refusal(msgspec.Struct):
    """RFC 6749, section 5.2."""

    error: str


_ANSWER = msgspec.json.Decoder(_Answer)
_REFUSAL = msgspec.json.Decoder(_Refusal)


def _reason(body: bytes) -> str:
    try:
        return _REFUSAL.decode(body).error[:100]
    except msgspec.DecodeError:
        return "no reason given"

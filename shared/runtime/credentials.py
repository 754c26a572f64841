"""The ends of what a service shows to others or is shown by them, known weeks before.

Those are the token in a file, and the certificate of each server that a setting names by https or
amqps. A token that is renewed every day isn't told of every day: what has a fifth of its life left
is told, and no earlier than four weeks before its end.
"""

import asyncio
import ssl
from base64 import urlsafe_b64decode
from binascii import Error as NoBase64
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Never
from urllib.parse import urlsplit

import msgspec
import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from pydantic import SecretStr

from shared.runtime.settings import PREFIX, SettingsPart
from shared.web.health import CheckResult, degraded_by

log = structlog.get_logger(__name__)

TOLD_BEFORE_MAX = timedelta(weeks=4)
TOLD_PART = 5  # of its life
LOOK_SECONDS = 600.0
LOGGED_EVERY = timedelta(days=1)
CONNECT_SECONDS_MAX = 10.0
PORTS = {"https": 443, "amqps": 5671}


class Life(msgspec.Struct, frozen=True):
    """The first and the last instant of a credential."""

    begins: datetime
    ends: datetime

    @property
    def told_from(self) -> datetime:
        return self.ends - min(TOLD_BEFORE_MAX, (self.ends - self.begins) / TOLD_PART)


class NoEnd(Exception):
    """It isn't known when this ends; who needs it says what is wrong with it."""


Read = Callable[[], Awaitable[Life]]


class CredentialEnds(Collector):
    """For health and metrics; `run` looks every ten minutes and logs once a day."""

    def __init__(self, reads: Mapping[str, Read], now: Callable[[], datetime]) -> None:
        self._reads = reads
        self._now = now
        self._lives: dict[str, Life] = {}
        self._logged: dict[str, datetime] = {}

    async def run(self) -> Never:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Read each once. What can't be read keeps the end that is known."""
        for name, read in self._reads.items():
            try:
                self._lives[name] = await read()
            except NoEnd as error:
                log.info("end of a credential unknown", credential=name, reason=str(error))
        for name, words in self._told().items():
            last = self._logged.get(name)
            if last is None or self._now() - last > LOGGED_EVERY:
                self._logged[name] = self._now()
                log.warning("credential ends", credential=name, reason=words)

    async def check(self) -> CheckResult:
        return degraded_by(self._told().values())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        ends = GaugeMetricFamily(
            "janji_credential_ends_timestamp_seconds",
            "When a token or a certificate ends.",
            labels=["credential"],
        )
        for name, life in self._lives.items():
            ends.add_metric([name], life.ends.timestamp())
        yield ends

    def _told(self) -> dict[str, str]:
        now, told = self._now(), {}
        for name, life in self._lives.items():
            if now >= life.ends:
                told[name] = f"{name} has ended on {life.ends:%Y-%m-%d}: renew it"
            elif now >= life.told_from:
                told[name] = f"{name} ends on {life.ends:%Y-%m-%d}: renew it"
        return told


def credentials_of(given: SettingsPart) -> Mapping[str, Read]:
    """How to read each, by the variable that names it."""
    reads: dict[str, Read] = {}
    for field, value in given:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if field == "feed_token_file" and isinstance(text, Path):
            reads[PREFIX + field.upper()] = partial(token_life, text)
        elif isinstance(text, str) and text.startswith(tuple(PORTS)):
            place = urlsplit(text)
            host, port = place.hostname or "", place.port or PORTS[place.scheme]
            reads[f"the certificate at {PREFIX}{field.upper()}"] = partial(
                certificate_life, host, port
            )
    return reads


async def token_life(path: Path) -> Life:
    """Of the JWT in a file. Its signature is for others to check. Raises NoEnd."""
    try:
        payload = (await asyncio.to_thread(path.read_text)).split(".")[1]
        told = _TIMES.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return Life(*(datetime.fromtimestamp(each, UTC) for each in (told.iat, told.exp)))
    except (OSError, IndexError, NoBase64, ValueError, OverflowError) as error:
        raise NoEnd(type(error).__name__) from error


class _Times(msgspec.Struct):
    iat: float
    exp: float


_TIMES = msgspec.json.Decoder(_Times)


async def certificate_life(host: str, port: int) -> Life:
    """Of the certificate that this server shows. Raises NoEnd."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            _, writer = await asyncio.open_connection(
                host, port, ssl=ssl.create_default_context(), ssl_shutdown_timeout=1.0
            )
            shown = writer.get_extra_info("peercert")
            writer.close()
    except (OSError, TimeoutError) as error:  # ssl.SSLError is an OSError
        raise NoEnd(f"{host}:{port}: {error!r}") from error
    return Life(
        *(
            datetime.fromtimestamp(ssl.cert_time_to_seconds(shown[each]), UTC)
            for each in ("notBefore", "notAfter")
        )
    )

"""The ends of tokens and certificates are told weeks before."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from shared.runtime import credentials
from shared.runtime.credentials import CredentialEnds, NoEnd, certificate_life, credentials_of
from shared.runtime.settings import FeedSettings
from testbed.surface import token
from tests.support.clocks.fake_clock import FakeClock

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
YEAR, DAY = timedelta(days=365), timedelta(days=1)


def token_file(folder: Path, life: timedelta) -> Path:
    path = folder / "token"
    ends = int((BEGAN + life).timestamp())
    path.write_text(token("subscriber", iat=int(BEGAN.timestamp()), exp=ends))
    return path


def ends_of(path: Path, clock: FakeClock) -> CredentialEnds:
    given = FeedSettings(
        requests_url="http://requests", complaints_url="http://complaints", feed_token_file=path
    )
    return CredentialEnds(credentials_of(given), clock)


@pytest.mark.parametrize(
    ("life", "after", "words"),
    [
        (YEAR, timedelta(days=300), ""),
        (YEAR, timedelta(days=338), "JANJI_FEED_TOKEN_FILE ends on 2027-01-01: renew it"),
        (YEAR, timedelta(days=366), "JANJI_FEED_TOKEN_FILE has ended on 2027-01-01: renew it"),
        (DAY, timedelta(hours=18), ""),
        (DAY, timedelta(hours=20), "JANJI_FEED_TOKEN_FILE ends on 2026-01-02: renew it"),
    ],
)
async def test_feed_token_that_will_end_is_told_in_time(
    tmp_path: Path, life: timedelta, after: timedelta, words: str
) -> None:
    ends = ends_of(token_file(tmp_path, life), FakeClock(BEGAN + after))
    with capture_logs() as logged:
        await ends.look()
        await ends.look()

    assert (await ends.check()).words == words
    assert [each["reason"] for each in logged] == [words] * bool(words), "once a day"
    (gauge,) = ends.collect()
    assert [sample.value for sample in gauge.samples] == [(BEGAN + life).timestamp()]


@pytest.mark.parametrize("text", ["", "opaque", "a.b.c", "a.e30.c", "a.8J+Yiw.c"])
async def test_token_without_an_end_is_told_by_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text)
    ends = ends_of(tmp_path / "token", FakeClock(BEGAN))
    await ends.look()

    assert (await ends.check()).state == "ok"


@asynccontextmanager
async def tls_server(folder: Path, days: int) -> AsyncIterator[int]:
    """Its port; its certificate is in `folder`, for this number of days."""
    make = await asyncio.create_subprocess_exec(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-nodes", "-keyout", folder / "key", "-out", folder / "cert", "-days", str(days)),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await make.wait() == 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


async def test_certificate_of_a_server_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with tls_server(tmp_path, days=90) as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
        life = await certificate_life("localhost", port)

    assert life.ends - life.begins == timedelta(days=90)


async def test_certificate_of_nobody_known_has_no_end(tmp_path: Path) -> None:
    async with tls_server(tmp_path, days=90) as port:
        with pytest.raises(NoEnd, match="CERTIFICATE_VERIFY_FAILED"):
            await certificate_life("localhost", port)


async def test_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "CONNECT_SECONDS_MAX", 0.1)
    over = asyncio.Event()

    async def wait(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(wait, "127.0.0.1", 0) as server:
        with pytest.raises(NoEnd, match="TimeoutError"):
            await certificate_life("localhost", server.sockets[0].getsockname()[1])
        over.set()

"""The issuer's keys: changes are seen, and an unreachable source does no harm."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import web
from joserfc.jwk import ECKey, KeySet

from shared.web.identity.keys import FETCHED_BYTES_MAX, FileKeys, IssuerKeys, UrlKeys, keys_at
from shared.web.identity.tokens import KeysUnavailable

ISSUER = "https://identity.test"


def jwks(*names: str) -> str:
    keys = [ECKey.generate_key("P-256", {"kid": name}) for name in names]
    return json.dumps(KeySet([*keys]).as_dict(private=False))


def names(keys: KeySet) -> list[str | None]:
    return [key.kid for key in keys]


def test_a_place_is_an_address_or_a_file() -> None:
    assert isinstance(keys_at("https://identity.test/jwks", ISSUER), UrlKeys)
    assert isinstance(keys_at("/etc/janji/jwks.json", ISSUER), FileKeys)
    assert isinstance(keys_at("", ISSUER), IssuerKeys)


async def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(jwks("old"))
    keys = FileKeys(path)
    assert names(await keys.held()) == ["old"]

    (tmp_path / "new").write_text(jwks("new"))
    (tmp_path / "new").replace(path)

    assert names(await keys.held()) == ["new"]


async def test_a_file_that_is_gone_or_broken_leaves_the_keys_that_were(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(jwks("first"))
    keys = FileKeys(path)
    await keys.held()

    path.write_text("{")
    assert names(await keys.held()) == ["first"]

    path.unlink()
    assert names(await keys.held()) == ["first"]


async def test_missing_keys_let_no_caller_in(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailable):
        await FileKeys(tmp_path / "nothing").held()


class Issuer:
    """An identity provider's JWKS address, and the document that names it."""

    def __init__(self) -> None:
        self.url = ""
        self.asked = 0
        self.answer = jwks("first")
        self.status = 200
        self.names_itself = ""
        self.leads_to = ""

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("/.well-known/openid-configuration"):
            named = self.names_itself or self.url.removesuffix("/jwks")
            return web.json_response({"issuer": named, "jwks_uri": self.url, "more": [1]})
        self.asked += 1
        return web.Response(
            text=self.answer, status=self.status, headers={"Location": self.leads_to}
        )


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    runner = web.ServerRunner(web.Server(issuer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}/jwks"
    try:
        yield issuer
    finally:
        await runner.cleanup()


async def test_keys_are_fetched_once_in_ten_minutes() -> None:
    now = [0.0]
    async with issuing() as issuer:
        keys = UrlKeys(issuer.url, clock=lambda: now[0])
        await keys.held()
        now[0] = 599.0
        await keys.held()
        assert issuer.asked == 1

        now[0] = 601.0
        await keys.held()
        assert issuer.asked == 2


async def test_an_unknown_key_is_fetched_at_once_but_not_more_than_six_times_a_minute() -> None:
    """Tokens with made-up keys must not make us flood the issuer."""
    now = [0.0]
    async with issuing() as issuer:
        keys = UrlKeys(issuer.url, clock=lambda: now[0])
        await keys.held()
        issuer.answer = jwks("first", "second")

        now[0] = 0.1
        assert names(await keys.held(unknown=True)) == ["first", "second"]
        for now[0] in (0.2, 10.0):
            await keys.held(unknown=True)
        assert issuer.asked == 2

        now[0] = 10.2
        await keys.held(unknown=True)
        assert issuer.asked == 3


@pytest.mark.parametrize(("status", "text"), [(500, ""), (200, "{"), (200, '{"keys": []}')])
async def test_an_issuer_that_fails_leaves_the_keys_that_were(status: int, text: str) -> None:
    now = [0.0]
    async with issuing() as issuer:
        keys = UrlKeys(issuer.url, clock=lambda: now[0])
        await keys.held()
        issuer.status, issuer.answer = status, text

        now[0] = 601.0

        assert names(await keys.held()) == ["first"]


async def test_an_issuer_that_is_away_from_the_start_lets_nobody_in() -> None:
    with pytest.raises(KeysUnavailable):
        await UrlKeys("http://127.0.0.1:9/jwks").held()


@pytest.mark.parametrize("pieces", [2, 50])
async def test_keys_that_come_in_pieces_are_read_to_their_end(pieces: int) -> None:
    """One read gives the first piece only, and half a key set let nobody in."""
    text = jwks(*map(str, range(40))).encode()
    size = len(text) // pieces + 1

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text))
        for start in range(0, len(text), size):
            writer.write(text[start : start + size])
            await writer.drain()
            with suppress(TimeoutError):  # so that the next piece is one of its own
                async with asyncio.timeout(0.01):
                    await reader.read()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert len(names(await UrlKeys(f"http://127.0.0.1:{port}/jwks").held())) == 40


async def test_an_issuer_that_never_stops_sending_is_given_up() -> None:
    async with issuing() as issuer:
        issuer.answer = jwks("first") + " " * FETCHED_BYTES_MAX
        with pytest.raises(KeysUnavailable):
            await UrlKeys(issuer.url).held()


async def test_the_document_of_the_issuer_tells_where_its_keys_are() -> None:
    async with issuing() as issuer:
        named = issuer.url.removesuffix("/jwks")
        assert names(await IssuerKeys(named).held()) == ["first"]


async def test_document_of_another_issuer_lets_no_caller_in() -> None:
    async with issuing() as issuer:
        issuer.names_itself = "https://elsewhere.test"
        with pytest.raises(KeysUnavailable):
            await IssuerKeys(issuer.url.removesuffix("/jwks")).held()


async def test_a_redirect_leads_to_no_other_keys() -> None:
    async with issuing() as issuer:
        issuer.status, issuer.leads_to = 302, f"{issuer.url}/elsewhere"
        with pytest.raises(KeysUnavailable):
            await UrlKeys(issuer.url).held()

    assert issuer.asked == 1

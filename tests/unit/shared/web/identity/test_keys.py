"""The issuer's keys: changes are seen, and an unreachable source does no harm."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from joserfc.jwk import ECKey, KeySet

from shared.web.identity.keys import FileKeys, UrlKeys, keys_at
from shared.web.identity.tokens import KeysUnavailable


def jwks(*names: str) -> str:
    keys = [ECKey.generate_key("P-256", {"kid": name}) for name in names]
    return json.dumps(KeySet([*keys]).as_dict(private=False))


def names(keys: KeySet) -> list[str | None]:
    return [key.kid for key in keys]


def test_a_place_is_an_address_or_a_file() -> None:
    assert isinstance(keys_at("https://identity.test/jwks"), UrlKeys)
    assert isinstance(keys_at("/etc/janji/jwks.json"), FileKeys)


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
    """An identity provider's JWKS address."""

    def __init__(self) -> None:
        self.url = ""
        self.asked = 0
        self.answer = jwks("first")
        self.status = 200

    async def __call__(self, _request: web.BaseRequest) -> web.StreamResponse:
        self.asked += 1
        return web.Response(text=self.answer, status=self.status)


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


async def test_an_unknown_key_is_fetched_at_once_but_not_more_than_twice_a_minute() -> None:
    """Tokens with made-up keys must not make us flood the issuer."""
    now = [0.0]
    async with issuing() as issuer:
        keys = UrlKeys(issuer.url, clock=lambda: now[0])
        await keys.held()
        issuer.answer = jwks("first", "second")

        now[0] = 31.0
        assert names(await keys.held(unknown=True)) == ["first", "second"]
        await keys.held(unknown=True)
        await keys.held(unknown=True)

    assert issuer.asked == 2


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

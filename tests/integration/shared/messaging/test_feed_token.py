"""The token for another service's feed, from a file or from the issuer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import encode_basic_auth, web

from shared.messaging import feed_token
from shared.messaging.feed_token import FileToken, IssuedToken, NoToken


class TokenEndpoint:
    """What an issuer has for its clients; the real one is in `tests/security/`."""

    def __init__(self) -> None:
        self.url = ""
        self.given = 0
        self.answer: dict[str, object] = {"expires_in": 600}
        self.status = 200
        self.forms: list[dict[str, str]] = []
        self.logins: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.given += 1
        self.logins.append(request.headers["Authorization"])
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        answer = {"access_token": f"token-{self.given}", **self.answer}
        return web.json_response(answer, status=self.status)


@asynccontextmanager
async def endpoint() -> AsyncIterator[TokenEndpoint]:
    issuer = TokenEndpoint()
    runner = web.ServerRunner(web.Server(issuer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}/token"
    try:
        yield issuer
    finally:
        await runner.cleanup()


async def test_a_token_is_asked_for_once_in_its_life() -> None:
    async with endpoint() as issuer:
        token = IssuedToken(issuer.url, "janji", "s:cret", {"scope": "feeds"})
        assert [await token.current() for _ in range(3)] == ["token-1"] * 3

    assert issuer.forms == [{"grant_type": "client_credentials", "scope": "feeds"}]
    assert issuer.logins == [encode_basic_auth("janji", "s%3Acret")], "as RFC 6749, 2.3.1 says"


async def test_new_token_is_asked_for_before_the_last_one_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with endpoint() as issuer:
        token, now = IssuedToken(issuer.url, "janji", "secret", {}), [1_000.0]
        monkeypatch.setattr(feed_token, "monotonic", lambda: now[0])
        given = []
        for now[0] in (1_000.0, 1_479.0, 1_481.0):
            given.append(await token.current())

    assert given == ["token-1", "token-1", "token-2"]


async def test_refused_token_is_not_shown_again() -> None:
    async with endpoint() as issuer:
        token = IssuedToken(issuer.url, "janji", "secret", {})
        first = await token.current()
        token.refused()
        assert (first, await token.current()) == ("token-1", "token-2")


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (401, {"error": "invalid_client"}, "answered 401: invalid_client"),
        (500, {}, "answered 500: no reason given"),
        (200, {"access_token": 7}, "gave no token: ValidationError"),
    ],
)
async def test_issuer_that_gives_none_is_named_without_the_secret(
    status: int, answer: dict[str, object], told: str
) -> None:
    async with endpoint() as issuer:
        issuer.status, issuer.answer = status, answer
        with pytest.raises(NoToken, match=told) as none:
            await IssuedToken(issuer.url, "janji", "guarded", {}).current()

    assert "guarded" not in str(none.value)


async def test_issuer_that_is_away_is_named() -> None:
    with pytest.raises(NoToken, match="token gave no token"):
        await IssuedToken("http://127.0.0.1:9/token", "janji", "secret", {}).current()


async def test_file_is_read_at_each_request(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("first\n")
    token = FileToken(tmp_path / "token")
    first = await token.current()
    (tmp_path / "token").write_text("second\n")

    assert (first, await token.current()) == ("first", "second")

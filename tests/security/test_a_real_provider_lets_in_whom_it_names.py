"""Contract with a certified OpenID provider: discovery, client credentials, rotation of keys."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from shared.messaging.feed_client import FeedClient, FeedRefused
from shared.messaging.feed_token import IssuedToken
from testbed.databases import Database
from tests.support.identity.provider import Provider, install_provider, provider
from tests.support.processes.requests_process import RequestsProcess, requests_process

ROUNDS = 40
CALLERS = 4

pytestmark = [pytest.mark.system, pytest.mark.needs("npm")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("provider")
    install_provider(folder)
    return folder


@pytest.fixture
async def issuer(installed: Path) -> AsyncIterator[Provider]:
    async with provider(installed) as issuer:
        yield issuer


@pytest.fixture
async def service(
    issuer: Provider, database: Callable[[str], Database], tmp_path: Path
) -> AsyncIterator[RequestsProcess]:
    """It is told nothing but the issuer, and where that puts its roles and names."""
    told = {
        "JANJI_OIDC_ISSUER": issuer.issuer,
        "JANJI_OIDC_JWKS": "",
        "JANJI_OIDC_ROLES_CLAIM": "realm_access.roles",
        "JANJI_OIDC_NAME_CLAIM": "profile.name",
    }
    async with requests_process(database("requests"), tmp_path, told) as service:
        yield service


async def me(service: RequestsProcess, token: str) -> tuple[int, object]:
    login = {"Authorization": f"Bearer {token}"}
    async with aiohttp.request("GET", f"{service.url}/v1/me", headers=login) as answer:
        return answer.status, await answer.json()


def client(issuer: Provider, name: str, secret: str | None = None) -> IssuedToken:
    return IssuedToken(issuer.token_url, name, secret or f"secret of {name}", {})


async def test_a_client_that_the_provider_names_is_known(
    issuer: Provider, service: RequestsProcess
) -> None:
    status, who = await me(service, await client(issuer, "clerk").current())

    named = {"sub": "clerk", "name": "Client clerk", "roles": ["reviewer"], "agency": None}
    assert (status, who) == (200, named)


async def test_a_rotation_of_keys_under_load_refuses_nobody(
    issuer: Provider, service: RequestsProcess
) -> None:
    """The service has just fetched the keys when the provider begins to sign with a new one."""
    statuses: Counter[int] = Counter()
    is_under_load = asyncio.Event()

    async def caller() -> None:
        for _ in range(ROUNDS):
            status, _ = await me(service, await client(issuer, "clerk").current())
            statuses[status] += 1
            is_under_load.set()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(CALLERS):
            tasks.create_task(caller())
        await is_under_load.wait()
        await issuer.rotate()

    print(f"tokens shown {statuses.total()}, answered {dict(statuses)}")
    assert statuses == {200: CALLERS * ROUNDS}


async def test_a_feed_is_read_with_what_the_provider_gives(
    issuer: Provider, service: RequestsProcess
) -> None:
    async with FeedClient(service.url, client(issuer, "projections")) as feed:
        assert (await feed.head()).position == 0
        await issuer.rotate()
        assert (await feed.head()).position == 0


async def test_a_wrong_client_secret_is_told_without_it(
    issuer: Provider, service: RequestsProcess
) -> None:
    async with FeedClient(service.url, client(issuer, "projections", "guessed")) as feed:
        with pytest.raises(FeedRefused, match="401: invalid_client") as refused:
            await feed.head()

    assert "guessed" not in str(refused.value)

"""During a rendering: other requests arrive, the figures change, the caller disconnects."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from starlette.types import Receive, Scope, Send

from services.projections.response_cache.invalidation import CacheInvalidator
from services.projections.response_cache.middleware import ResponseCacheMiddleware
from shared.office_time import local_date
from testbed.databases import Database
from testbed.eventually import eventually
from testbed.http import Answer, Client
from testbed.projected import Projected, projected
from testbed.surface import NOW
from tests.support.clocks.fake_clock import FakeClock
from tests.support.pages.cached_pages import running_invalidator


class SlowApp:
    """Says which answer it is, once it may; `status` and `headers` are the test's."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.status = 200
        self.headers = [(b"cache-control", b"public, no-cache"), (b"content-type", b"text/plain")]

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.asked += 1
        body = b"answer %d" % self.asked
        await self.may_answer.wait()
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def is_asked(self, times: int) -> None:
        async def so_often() -> bool:
            return self.asked == times

        await eventually(so_often)


@pytest.fixture
def ours(database: Callable[[str], Database]) -> Database:
    return database("projections")


@pytest.fixture
async def figures(ours: Database) -> AsyncIterator[Projected]:
    async with projected(ours.app_url, local_date(NOW)) as made:
        yield made


@pytest.fixture
async def invalidator(ours: Database, figures: Projected) -> AsyncIterator[CacheInvalidator]:
    async with running_invalidator(ours.app_url, FakeClock(NOW)) as invalidator:
        yield invalidator


@pytest.fixture
def app() -> SlowApp:
    return SlowApp()


@pytest.fixture(params=[False, True], ids=["a page", "data"])
def client(app: SlowApp, invalidator: CacheInvalidator, request: pytest.FixtureRequest) -> Client:
    by_accept: bool = request.param
    return Client(
        ResponseCacheMiddleware(app, invalidator, {"/": by_accept}, count=lambda *_: None)
    )


async def figures_change(figures: Projected, invalidator: CacheInvalidator) -> None:
    before = await invalidator.current_version()
    await figures.begin()

    async def seen() -> bool:
        return invalidator.version not in (None, before)

    await eventually(seen)


def asking(client: Client, target: str = "/") -> asyncio.Task[Answer]:
    return asyncio.create_task(client.get(target))


async def test_answer_that_changed_while_it_was_rendered_is_not_kept(
    client: Client, app: SlowApp, figures: Projected, invalidator: CacheInvalidator
) -> None:
    before = asking(client)
    await app.is_asked(1)

    await figures_change(figures, invalidator)
    after = asking(client)
    await app.is_asked(2)
    app.may_answer.set()

    assert [(await each).body for each in (before, after)] == [b"answer 1", b"answer 2"]
    assert (await client.get("/")).body == b"answer 2"


async def test_a_change_that_nobody_asked_after_is_not_overlooked(
    client: Client, app: SlowApp, figures: Projected, invalidator: CacheInvalidator
) -> None:
    before = asking(client)
    await app.is_asked(1)

    await figures_change(figures, invalidator)
    app.may_answer.set()
    await before

    assert (await client.get("/")).body == b"answer 2"


async def test_disconnected_first_caller_leaves_the_others_their_answer(
    client: Client, app: SlowApp
) -> None:
    first = asking(client)
    await app.is_asked(1)
    others = [asking(client) for _ in range(3)]
    await asyncio.wait(others, timeout=0.01)

    first.cancel()
    await app.is_asked(4)
    app.may_answer.set()

    answers = await asyncio.gather(*others)
    assert {each.status for each in answers} == {200}


async def test_disconnected_waiting_caller_cancels_no_rendering(
    client: Client, app: SlowApp
) -> None:
    first = asking(client)
    await app.is_asked(1)
    second, third = asking(client), asking(client)
    await asyncio.wait([second], timeout=0.01)

    second.cancel()
    await asyncio.wait([second])
    app.may_answer.set()

    assert [(await each).body for each in (first, third)] == [b"answer 1", b"answer 1"]


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        pytest.param(404, [(b"cache-control", b"public")], id="not found"),
        pytest.param(500, [(b"cache-control", b"public")], id="failed"),
        pytest.param(200, [(b"cache-control", b"no-store")], id="one person's"),
        pytest.param(200, [], id="nothing said"),
        pytest.param(200, [(b"cache-control", b"public"), (b"set-cookie", b"a=b")], id="a cookie"),
    ],
)
async def test_private_answers_are_not_kept(
    client: Client, app: SlowApp, status: int, headers: list[tuple[bytes, bytes]]
) -> None:
    app.may_answer.set()
    app.status, app.headers = status, headers

    answers = [await client.get("/"), await client.get("/")]

    assert [each.body for each in answers] == [b"answer 1", b"answer 2"]
    assert {each.status for each in answers} == {status}


async def test_another_question_is_another_answer(client: Client, app: SlowApp) -> None:
    app.may_answer.set()

    bodies = [(await client.get(target)).body for target in ("/", "/?a=1", "/?a=2", "/?a=1")]

    assert bodies == [b"answer 1", b"answer 2", b"answer 3", b"answer 2"]


async def test_only_what_is_read_is_kept(client: Client, app: SlowApp) -> None:
    app.may_answer.set()

    await client.post("/", {})
    await client.post("/", {})
    await client.get("/elsewhere")
    await client.get("/elsewhere")

    assert app.asked == 4

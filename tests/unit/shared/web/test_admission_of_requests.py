"""The door in front of an app that has one place and no line."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry
from starlette.types import Message

from testbed.http import Answer, Client, scope
from testbed.surface import surface

JSON = {"content-type": "application/json"}


class Office:
    """Its one clerk works until told to end."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.client = surface(self._router(), registry=self.registry)
        self._begins, self._ends = asyncio.Event(), asyncio.Event()

    async def busy(self) -> "asyncio.Task[Answer]":
        """The work that takes the place."""
        work = asyncio.create_task(self.client.post("/work", {}))
        async with asyncio.timeout(5):
            await self._begins.wait()
        return work

    def end(self) -> None:
        self._ends.set()

    def refused(self, reason: str) -> float | None:
        return self.registry.get_sample_value("janji_http_refused_total", {"reason": reason})

    def _router(self) -> APIRouter:
        router = APIRouter()

        @router.post("/work")
        async def work(request: Request) -> str:
            await request.body()
            self._begins.set()
            await self._ends.wait()
            return "done"

        @router.get("/v1/events")
        async def poll() -> str:
            await self._ends.wait()
            return "event"

        return router


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr("shared.web.admission.PLACES", 1)
    monkeypatch.setattr("shared.web.admission.WAITING_MAX", 0)
    return Office()


async def test_a_request_is_refused_before_its_body_is_read(office: Office) -> None:
    work = await office.busy()

    async with asyncio.timeout(5):
        refused = await office.client.exchange(scope("POST", "/work", JSON), [])  # it never comes

    assert (refused.status, refused.problem) == (503, "busy")
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert refused.headers["connection"] == "close"
    assert office.refused("full") == 1
    office.end()
    assert (await work).status == 200


async def test_a_place_is_free_again_after_each_request(office: Office) -> None:
    office.end()

    statuses = [(await office.client.post("/work", {})).status for _ in range(3)]
    unknown = await office.client.post("/nowhere", {})
    again = await office.client.post("/work", {})

    assert (statuses, unknown.status, again.status) == ([200, 200, 200], 404, 200)


async def test_reading_needs_a_place_too(office: Office) -> None:
    work = await office.busy()

    refused = await office.client.get("/v1/standard", headers={"accept": "text/html"})

    assert (refused.status, refused.headers["content-type"]) == (503, "text/html; charset=utf-8")
    office.end()
    await work


async def test_health_and_long_polls_need_no_place(office: Office) -> None:
    polls = [asyncio.create_task(office.client.get("/v1/events")) for _ in range(3)]
    work = await office.busy()

    health = await office.client.get("/health/live")
    metrics = await office.client.get("/metrics")
    office.end()

    assert (health.status, metrics.status) == (200, 401)
    assert [answer.status for answer in await asyncio.gather(*polls)] == [200, 200, 200]
    assert (await work).status == 200


async def test_a_body_that_comes_slowly_takes_no_place(office: Office) -> None:
    """Whoever sends a byte a minute to each place would keep all others out."""
    office.end()
    slow = asyncio.create_task(asks(office.client, pieces(b"{", more=True)))
    await asyncio.wait([slow], timeout=0.1)

    answers = [await office.client.post("/work", {}) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    slow.cancel()


async def asks(client: Client, receive: Callable[[], Awaitable[Message]]) -> None:
    async def send(_message: Message) -> None:
        """Nobody looks at the answer."""

    await client.app(scope("POST", "/work", JSON), receive, send)


def pieces(body: bytes, *, more: bool) -> Callable[[], Awaitable[Message]]:
    """A body whose first piece comes, and no other."""
    left = [body]

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": left.pop(), "more_body": more}

    return receive

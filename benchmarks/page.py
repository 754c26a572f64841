"""Requests a second of the public's first page, by a browser that accepts compressed responses.

`page`: of a thousand cases, compared with a constant response of the same size on the same server.
`page_million`: of a million cases, compared with the page of a thousand. Each runs in its own
process, as `janji up` starts it, with the same callers. The servers share one core and the callers
another, so that both servers have equal conditions; while one is measured the other is stopped, or
it would pay for our background tasks. (Cores can be assigned only on Linux.)
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from urllib.parse import urlsplit

from benchmarks.harness import Benchmark, Comparison
from benchmarks.http_command import environment, process, ready
from benchmarks.many_cases import MILLION, THOUSAND, filled
from benchmarks.servers import Servers
from deploy.local.ports import free_ports

CALLERS = 32
REQUESTS = 3_200
RUNS = 75
MORE = MILLION
ANSWERED_SECONDS_MAX = 120.0
SETTLED_SECONDS = 0.1  # for what was due while it stood still
REQUEST = (
    b"GET / HTTP/1.1\r\nhost: %s\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
    b"accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    b"accept-language: id,en;q=0.5\r\naccept-encoding: gzip, deflate, br\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Server:
    """Where it is, its process, and what it answers, head and body."""

    url: str
    pid: int
    answer: bytes


class Caller(asyncio.Protocol):
    """Asks again as soon as it has its answer, so many times."""

    def __init__(self, request: bytes, answer_bytes: int, times: int) -> None:
        self.request = request
        self.answer_bytes = answer_bytes
        self.left = times
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._missing -= len(data)
        if self._missing <= 0:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("closed by the server"))

    def _ask(self) -> None:
        if self.left == 0:
            self.done.set_result(None)
            self.transport.close()
            return
        self.left -= 1
        self._missing = self.answer_bytes
        self.transport.write(self.request)


async def requests(server: Server, other: Server) -> float:
    """So many requests by so many callers, each caller's one after another."""
    request = REQUEST % urlsplit(server.url).netloc.encode()
    size, times = len(server.answer), REQUESTS // CALLERS
    callers = [Caller(request, size, times) for _ in range(CALLERS)]
    with on_core(0), standing_still(other.pid):
        await asyncio.sleep(SETTLED_SECONDS)
        started_at = time.perf_counter()
        async with asyncio.timeout(ANSWERED_SECONDS_MAX):
            for caller in callers:
                await call(server.url, caller)
            await asyncio.gather(*(caller.done for caller in callers))
        return times * CALLERS / (time.perf_counter() - started_at)


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """On this one of the cores that we have, with all that is started meanwhile."""
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(ours)[number]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)


async def call(url: str, caller: Caller) -> None:
    loop, to = asyncio.get_running_loop(), urlsplit(url)
    await loop.create_connection(lambda: caller, to.hostname or "", to.port or 0)


async def answer_of(url: str) -> bytes:
    """An answer, head and body."""
    reader, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
    writer.write(REQUEST % urlsplit(url).netloc.encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    writer.close()
    return head + body


@asynccontextmanager
async def quiet_source() -> AsyncIterator[str]:
    """Holds every request open, like a feed without new events."""
    asked: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, answer: asked.append(answer), "127.0.0.1", 0)
    try:
        yield "http://{}:{}".format(*server.sockets[0].getsockname())
    finally:
        server.close()
        for answer in asked:
            answer.close()


@asynccontextmanager
async def page(servers: Servers, cases: int) -> AsyncIterator[Server]:
    """The projection service over so many cases."""
    async with AsyncExitStack() as stack:
        figures = await stack.enter_async_context(filled(servers, cases))
        folder = Path(stack.enter_context(TemporaryDirectory()))
        (port,) = free_ports(1)
        source = await stack.enter_async_context(quiet_source())
        (folder / "token").write_text("nobody's")
        settings = environment(figures.url, folder, port) | {
            "JANJI_REQUESTS_URL": source,
            "JANJI_COMPLAINTS_URL": source,
            "JANJI_COMPLAINTS_PUBLIC_URL": source,
            "JANJI_FEED_TOKEN_FILE": str(folder / "token"),
        }
        service = process("-m", "services.projections.main", environment=settings)
        with on_core(-1):
            pid = await stack.enter_async_context(service)
        url = await ready(port)
        yield Server(url, pid, await answer_of(url))


@asynccontextmanager
async def beside_a_constant(servers: Servers) -> AsyncIterator[Comparison]:
    (port,) = free_ports(1)
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(page(servers, THOUSAND))
        constant = process("-m", "benchmarks.constant", str(port), given=ours.answer)
        with on_core(-1):
            pid = await stack.enter_async_context(constant)
        url = await ready(port)
        theirs = Server(url, pid, await answer_of(url))
        assert len(theirs.answer) == len(ours.answer)
        yield beside(ours, theirs, "the same bytes, constant")


@asynccontextmanager
async def beside_a_thousand(servers: Servers) -> AsyncIterator[Comparison]:
    async with page(servers, MORE) as many, page(servers, THOUSAND) as few:
        yield beside(many, few, "the page of 1,000 cases")


def beside(ours: Server, theirs: Server, name: str) -> Comparison:
    return Comparison(
        "requests/s", partial(requests, ours, theirs), partial(requests, theirs, ours), name
    )


BENCHMARKS = (
    Benchmark("page", beside_a_constant, RUNS),
    Benchmark("page_million", beside_a_thousand, RUNS),
)

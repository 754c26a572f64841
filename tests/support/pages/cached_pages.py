"""The public's pages behind the response cache, with the invalidator that watches the figures."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

from services.projections.response_cache.invalidation import CacheInvalidator
from services.projections.response_cache.middleware import ResponseCacheMiddleware, cacheable_paths
from shared.office_time import local_date
from shared.promise.working_days import load_calendar
from shared.web.middleware import ObservedApp
from testbed.event_factory import EventFactory
from testbed.event_logs import proxied
from testbed.eventually import eventually
from testbed.http import Answer, Client
from testbed.projected import Projected
from testbed.proxy import Proxy
from testbed.surface import NOW, surface
from tests.support.clocks.fake_clock import FakeClock
from tests.support.messaging.event_source import assert_ends_soon
from tests.support.pages.public_pages import requests_on_time, surfaces_of

PAGE = "/en/?period=2026-11"
JSON = "/v1/public/statistics?period=2026-11"
CSV = "/v1/public/statistics.csv?period=2026-11"
XLSX = "/v1/public/statistics.xlsx?period=2026-11"


@dataclass
class Rendering:
    """The app behind the cache, and which paths it had to render."""

    app: ASGIApp
    paths: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.paths.append(scope["path"])
        await self.app(scope, receive, send)


@dataclass
class CachedPages:
    """The pages before these figures, at the time of a fake clock.

    `network` leads the invalidator to the database.
    """

    figures: Projected
    network: Proxy
    invalidator: CacheInvalidator
    fake_clock: FakeClock
    client: Client
    middleware: ResponseCacheMiddleware
    behind: Rendering

    @property
    def cached_bytes(self) -> int:
        return self.middleware._cache.size_bytes

    async def shows_the_change(self, before: object) -> None:
        """Until the invalidator has seen that the figures are no longer those."""

        async def seen() -> bool:
            return self.invalidator.version not in (None, before)

        await eventually(seen)


async def one_more_request(figures: Projected) -> None:
    office = EventFactory()
    requests_on_time(office, 1)
    await figures.apply(office.events)


async def get_encoded(cached: CachedPages, path: str, coding: str) -> Answer:
    return await cached.client.get(path, headers={"accept-encoding": coding})


@asynccontextmanager
async def running_invalidator(
    database_url: str, fake_clock: FakeClock
) -> AsyncIterator[CacheInvalidator]:
    """It runs, and has looked at the database."""
    today, calendar = lambda: local_date(fake_clock()), load_calendar()
    invalidator = CacheInvalidator(
        database_url, now=fake_clock, today=today, calendar=lambda: calendar.version
    )
    task = asyncio.create_task(invalidator.run())
    try:
        await becomes_valid(invalidator)
        yield invalidator
    finally:
        await assert_ends_soon(task)


async def becomes_valid(invalidator: CacheInvalidator) -> None:
    """Until it knows the state of the figures."""

    async def is_valid() -> bool:
        return invalidator.version is not None

    await eventually(is_valid)


async def becomes_invalid(invalidator: CacheInvalidator) -> None:
    """Until it knows that it has lost the database."""

    async def is_lost() -> bool:
        return invalidator.version is None and not invalidator._is_healthy

    await eventually(is_lost)


@asynccontextmanager
async def cached_pages(figures: Projected, database_url: str) -> AsyncIterator[CachedPages]:
    fake_clock = FakeClock(NOW)
    async with (
        proxied(database_url) as (network, url),
        running_invalidator(url, fake_clock) as invalidator,
    ):
        api, pages, shell = surfaces_of(figures, fake_clock)
        paths = {
            **cacheable_paths(api.router(), by_accept=True),
            **cacheable_paths(pages.router(), by_accept=False),
        }
        made: list[tuple[ResponseCacheMiddleware, Rendering]] = []

        def before(app: ObservedApp) -> ASGIApp:
            behind = Rendering(app)
            once = ResponseCacheMiddleware(behind, invalidator, paths, count=app.answered.count)
            made.append((once, behind))
            return made[0][0]

        client = surface(pages.router(), api.router(), shell=shell, before=before)
        yield CachedPages(figures, network, invalidator, fake_clock, client, *made[0])

"""The projection service: wiring only.

The way of an event: `ingest/follower.py` reads it from a source, `ingest/projector.py` applies it
to `read_models/` together with its position, `api/` and `page/` show the figures.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

from services.projections import health
from services.projections.alerts.api import AlertsApi
from services.projections.alerts.domain import KINDS, SOURCE
from services.projections.alerts.process import AlertProcess
from services.projections.alerts.published import publish
from services.projections.api.downloads.case_files_routes import CaseFilesApi
from services.projections.api.public import PublicApi
from services.projections.api.staff import StaffApi
from services.projections.ingest.follower import Consumer, Follower
from services.projections.ingest.projector import Projection
from services.projections.page.complaint import ComplaintPage, shell_of
from services.projections.page.routes import Pages
from services.projections.read_models.batch import CaseReadModels
from services.projections.read_models.releases.releases import ReleaseCache
from services.projections.read_models.rules_in_force import RulesInForce
from services.projections.replay.generation_builder import GenerationBuilder
from services.projections.replay.healing import ForkHealer, OpenBuilder
from services.projections.replay.sources import current_read_models, feeds_of
from services.projections.response_cache.invalidation import CacheInvalidator
from services.projections.response_cache.middleware import ResponseCacheMiddleware, cacheable_paths
from services.projections.store import generations
from services.projections.store.pools import appliers_of, builders_of, readers_of
from services.projections.web.as_of_cache import AsOfStatisticsCache
from shared.calendars.in_force import CalendarUpdater
from shared.calendars.store import CalendarStore
from shared.cases.web.common_problems import common_problem
from shared.cases.web.office_routes import standard_router
from shared.messaging.broker_subscription import BrokerSubscription
from shared.messaging.feed_client import FeedClient
from shared.messaging.feed_subscription import FeedSubscription
from shared.messaging.subscription import Subscription
from shared.messaging.topology import projection_queue
from shared.postgres.pool import Pool
from shared.promise.standard import load_standards
from shared.runtime import settings
from shared.runtime.event_source import EventSource, SourceSettings
from shared.runtime.server import Service, run
from shared.runtime.telemetry import new_registry
from shared.runtime.verifier import verifier_for
from shared.text import Text
from shared.web.app import create_app
from shared.web.health import Check, Health
from shared.web.middleware import ObservedApp
from shared.web.page.shell import Shell
from shared.web.problems.handlers import ServiceProblems

NAME = "projections"
TITLE = Text("Janji: layanan proyeksi", "Janji: projection service")


class ProjectionsSettings(
    SourceSettings,
    settings.TokenSettings,
    settings.FeedSettings,
    settings.WebSettings,
):
    """The settings of this service; its page posts complaints to `complaints_public_url`."""

    complaints_public_url: settings.HttpUrl


def build(given: ProjectionsSettings, now: Callable[[], datetime]) -> Service:
    """Wire everything. Nothing is open yet: the service opens its resources, in their order."""
    url = given.database_url.get_secret_value()
    readers, appliers = readers_of(url), appliers_of(url)
    read_models, feeds, registry = current_read_models(), feeds_of(given), new_registry()
    events = EventSource(
        SOURCE, given, kinds=KINDS, publish=publish, registry=registry, now=now, sources=feeds
    )
    now, today = events.clock.now, events.clock.today
    projections = {
        source: Projection(appliers, read_models, source, now=now, today=today) for source in feeds
    }
    followers = _followers(projections, feeds, given)
    alerting = _alerting(readers, read_models, projections, feeds, events)
    events.show(read_models.parked)
    events.measure(*(each.parked for each in alerting))
    standards, observe = load_standards(), health.Metrics(registry, followers).observe
    healer = ForkHealer(followers, _builders(url, read_models, feeds, now=now, today=today))
    consumer = Consumer(appliers, followers, now=now, today=today, observe=observe)
    standard, rules = standards.in_force(today()), RulesInForce(standards, read_models.calendar)
    shell = shell_of(standard, given.complaints_public_url)
    public, pages = _public_surfaces(readers, rules, shell, given, now)
    complaint = ComplaintPage(standards, shell, given.complaints_public_url, now=now)
    by_staff = (StaffApi(readers), AlertsApi(events.log, events.codec))
    surfaces = (public, CaseFilesApi(readers, rules, now=now), *by_staff, pages, complaint)
    invalidator = CacheInvalidator(url, now=now, today=today, calendar=rules.calendar_version)
    promised = standard_router(standard, now)
    app = create_app(
        TITLE,
        [*(surface.router() for surface in surfaces), events.feed(), promised],
        shell=shell,
        health=Health(NAME, _checks(readers, appliers, followers, alerting, now) | events.checks),
        verifier=verifier_for(given, now),
        registry=registry,
        problems=ServiceProblems(of_refusal=common_problem),
        demonstration=given.demonstration,
        proxies_in_front=given.proxies_in_front,
        public_urls=[given.pages_public_url, given.complaints_public_url],
        before=_response_cache(invalidator, public, pages),
    )
    amended = CalendarUpdater(CalendarStore(url, name=NAME), [read_models, rules])
    loops = [consumer.run, healer.run, amended.run, invalidator.run]
    begin = _initial_generation(appliers, read_models, list(feeds), now=now, today=today)
    return Service(
        app,
        registry,
        resources=[*feeds.values(), readers, appliers, events.log, events.clock, begin, amended],
        writers=[events.log.run],
        loops=[*loops, *(each.run for each in alerting), *events.loops],
        stopping=events.stopping,
    )


def _public_surfaces(
    readers: Pool,
    rules: RulesInForce,
    shell: Shell,
    given: settings.WebSettings,
    now: Callable[[], datetime],
) -> tuple[PublicApi, Pages]:
    """Data and pages; they share the caches of releases and of past days."""
    releases = ReleaseCache(rules)
    as_of = AsOfStatisticsCache(readers, rules, proxies=given.proxies_in_front)
    return (
        PublicApi(readers, rules, releases, as_of, now=now),
        Pages(readers, rules, releases, shell, as_of, now=now),
    )


def _response_cache(
    invalidator: CacheInvalidator, public: PublicApi, pages: Pages
) -> Callable[[ObservedApp], ResponseCacheMiddleware]:
    """The middleware that wraps the app."""
    kept = {
        **cacheable_paths(public.router(), by_accept=True),
        **cacheable_paths(pages.router(), by_accept=False),
    }
    return lambda app: ResponseCacheMiddleware(app, invalidator, kept, count=app.answered.count)


def subscription(
    projection: Projection, feed: FeedClient, given: settings.BrokerSettings
) -> Subscription:
    """Over the broker, or by long poll of the feed where there is none."""

    async def position() -> int:
        return (await projection.checkpoint()).position

    if url := given.broker_url.get_secret_value():
        return BrokerSubscription(url, projection_queue(projection.source))
    return FeedSubscription(feed, position)


def _followers(
    projections: Mapping[str, Projection],
    feeds: Mapping[str, FeedClient],
    given: settings.BrokerSettings,
) -> Sequence[Follower]:
    return [
        Follower(each, feeds[source], subscription(each, feeds[source], given))
        for source, each in projections.items()
    ]


def _builders(
    url: str,
    read_models: CaseReadModels,
    feeds: Mapping[str, FeedClient],
    *,
    now: Callable[[], datetime],
    today: Callable[[], date],
) -> OpenBuilder:
    """Builders with connections of their own, for as long as a rebuild takes."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[GenerationBuilder]:
        async with builders_of(url) as pool:
            yield GenerationBuilder(
                pool, read_models, feeds, now=now, today=today, report=lambda *_: None
            )

    return opened


def _alerting(
    readers: Pool,
    read_models: CaseReadModels,
    projections: Mapping[str, Projection],
    feeds: Mapping[str, FeedClient],
    events: EventSource,
) -> Sequence[AlertProcess]:
    """One task a source: none waits for another."""
    return [
        AlertProcess(
            readers,
            each,
            feeds[source],
            events.log,
            calendar=lambda: read_models.calendar,
            clock=events.clock,
        )
        for source, each in projections.items()
    ]


def _checks(
    readers: Pool,
    appliers: Pool,
    followers: Sequence[Follower],
    alerting: Sequence[AlertProcess],
    now: Callable[[], datetime],
) -> dict[str, Check]:
    return {
        "database": health.database(readers, appliers),
        **{each.source: health.following(readers, each, now) for each in followers},
        "alerts": health.alerting(alerting),
    }


@asynccontextmanager
async def _initial_generation(
    pool: Pool,
    read_models: CaseReadModels,
    sources: Sequence[str],
    *,
    now: Callable[[], datetime],
    today: Callable[[], date],
) -> AsyncIterator[None]:
    """From the first request on there are read models, even if they are empty."""
    await generations.ensure(pool, read_models.schema_sql, sources=sources, on=today(), at=now())
    yield


if __name__ == "__main__":
    run(NAME, ProjectionsSettings, build, lambda: datetime.now(UTC))

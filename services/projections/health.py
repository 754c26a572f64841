"""The state of ingest and alerts, for the health checks and the metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from services.projections.alerts.process import AlertProcess
from services.projections.ingest.follower import Follower
from services.projections.store import generations
from services.projections.store.checkpoints import STALE_AFTER, SourcePosition, positions
from shared.office_time import local_date
from shared.postgres.pool import Pool
from shared.runtime.clocks import APART_MAX
from shared.web.health import OK, Check, CheckResult, degraded_by

APPLY_SECONDS_MAX = 5.0  # a batch takes a fraction of it; midnight, with many cases, all
LAG_SECONDS_MAX = 60.0  # a longer lag is no passing one


def database(readers: Pool, appliers: Pool) -> Check:
    """The service is up as long as the read models can be read."""

    async def check() -> CheckResult:
        async with generations.live(readers):
            pass
        if (seconds := appliers.lent_seconds) > APPLY_SECONDS_MAX:
            words = f"the consumer's database has not answered for {seconds:.0f} s"
            return CheckResult("degraded", words)
        return OK

    return check


def following(pool: Pool, follower: Follower, now: Callable[[], datetime]) -> Check:
    """Whether one source's figures are complete and current; if not, the service is degraded."""

    async def check() -> CheckResult:
        if follower.fork is not None:
            return CheckResult("degraded", f"{follower.fork}; being rebuilt from the feed")
        async with generations.live(pool) as connection:
            found = await positions(connection)
        own = [each for each in found if each.source == follower.source]
        wrong = chain.from_iterable(_wrong_with(each, now()) for each in own)
        return degraded_by([*wrong, follower.last_error])

    return check


def alerting(of_sources: Sequence[AlertProcess]) -> Check:
    """Whether all alerts can be appended; figures and pages don't depend on it."""

    async def check() -> CheckResult:
        words = [f"{each.source}: {each.last_error}" for each in of_sources if each.last_error]
        left_out = [await each.parked.check() for each in of_sources]
        return degraded_by([*words, *(each.words for each in left_out)])

    return check


def _wrong_with(source: SourcePosition, now: datetime) -> Iterator[str]:
    if source.figures_on > local_date(now + APART_MAX):
        on = source.figures_on
        yield f"the figures are as of {on}, which hasn't begun: set the clocks, janji rebuild"
    if source.quarantined:
        yield f"{source.quarantined} cases are held for checking: janji quarantine list"
    if source.unknown:
        yield f"events of unknown types were left out: {', '.join(source.unknown)}"
    if source.at_head_at is None or now - source.at_head_at > STALE_AFTER:
        yield "not at the head of its log for 5 minutes: the pages say so"
    elif source.lag_seconds > LAG_SECONDS_MAX:
        yield f"{source.lag_events} events behind, for {source.lag_seconds:.0f} s"


class _QueueMetrics(Collector):
    """What came of the queues, a label a source, read when somebody asks."""

    def __init__(self, followers: Sequence[Follower]) -> None:
        self._followers = followers

    def collect(self) -> Iterator[Metric]:
        refused = _counter("refused_messages", "Messages that its source didn't publish")
        declared = _counter("queue_declared_again", "Times that its queue was lost")
        for each in self._followers:
            refused.add_metric([each.source], each.subscription.refused_messages)
            declared.add_metric([each.source], each.subscription.declared_again)
        yield from (refused, declared)


def _counter(name: str, words: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"janji_projection_{name}", words, labels=["source"])


class Metrics:
    """Gauges with a label for the source, set at each tick from the database."""

    def __init__(self, registry: CollectorRegistry, followers: Sequence[Follower]) -> None:
        registry.register(_QueueMetrics(followers))

        def gauge(name: str, words: str) -> Gauge:
            return Gauge(f"janji_projection_{name}", words, ["source"], registry=registry)

        self._applied = gauge("applied_position", "Last position settled.")
        self._head = gauge("head_position", "Last position of the log at the last head check.")
        self._lag_events = gauge("lag_events", "Events in the log and not in the read models.")
        self._lag_seconds = gauge("lag_seconds", "For how long no check found them at the head.")
        self._quarantined = gauge("quarantined_cases", "Cases held for checking.")
        self._unknown = gauge("unknown_events", "Events left out because their type is unknown.")
        self._forked = gauge(
            "forked", "1: the log holds another event where we stand; it rebuilds."
        )

    def observe(self, sources: Sequence[SourcePosition]) -> None:
        for each in sources:
            self._applied.labels(each.source).set(each.applied)
            self._head.labels(each.source).set(each.head)
            self._lag_events.labels(each.source).set(each.lag_events)
            self._lag_seconds.labels(each.source).set(each.lag_seconds)
            self._quarantined.labels(each.source).set(each.quarantined)
            self._unknown.labels(each.source).set(sum(each.unknown.values()))
            self._forked.labels(each.source).set(each.forked_at is not None)

"""Health checks and metrics of a service's event log and relay."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.eventstore.log import EventLog
from shared.messaging.relay.relay import Relay
from shared.web.health import OK, Check, CheckResult, degraded_by


def of_log(log: EventLog) -> Check:
    """The service is down when its log is, because it can't answer commands then."""

    async def check() -> CheckResult:
        await log.head()
        return OK

    return check


def of_relay(relay: Relay) -> Check:
    """A lagging relay degrades the service; commands are answered all the same."""

    async def check() -> CheckResult:
        return degraded_by([relay.health.degraded])

    return check


class RelayMetrics(Collector):
    """The relay's metrics, read when they are scraped."""

    def __init__(self, relay: Relay) -> None:
        self._health = relay.health

    def collect(self) -> Iterator[Metric]:
        health = self._health
        yield _gauge("leading", "This process publishes", health.leading)
        yield _gauge("connected", "Its session stands at the broker", health.connected)
        yield _gauge("blocked", "The broker holds back its publishers", health.blocked)
        yield _gauge("position", "Everything up to here is published", health.position)
        yield _gauge("lag_events", "Stored events that wait to be published", health.lag_events)
        yield _gauge("lag_seconds", "For how long the oldest of them waits", health.lag_seconds)
        yield CounterMetricFamily(
            "janji_relay_published_events", "Events published", value=health.published_events
        )
        yield CounterMetricFamily("janji_relay_sessions", "Sessions begun", value=health.sessions)
        yield CounterMetricFamily(
            "janji_relay_declared_again",
            "Exchange or queue was missing and declared again",
            value=health.declared_again,
        )
        refusing = GaugeMetricFamily(
            "janji_relay_refusing_queue", "1: this queue refuses its events", labels=["queue"]
        )
        for queue in health.refusing:
            refusing.add_metric([queue], 1)
        yield refusing


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"janji_relay_{name}", words, value=value)

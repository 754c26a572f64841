"""How a service's event log and relay are: for the health page and for the metrics."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.eventstore.log import EventLog
from shared.messaging.relay.relay import Relay
from shared.web.health import OK, Check, CheckResult


def of_log(log: EventLog) -> Check:
    """Commands can be answered as long as the log can be; nothing else brings us down."""

    async def check() -> CheckResult:
        await log.head()
        return OK

    return check


def of_relay(relay: Relay) -> Check:
    """Commands are answered whatever the relay does; what it lags behind is worth a word."""

    async def check() -> CheckResult:
        words = relay.health.degraded
        return CheckResult("degraded", words) if words else OK

    return check


class RelayMetrics(Collector):
    """What the relay tells of itself, read when somebody asks."""

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


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"janji_relay_{name}", words, value=value)

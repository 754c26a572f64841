"""What the metrics say of the relay."""

from types import SimpleNamespace
from typing import cast

from prometheus_client import CollectorRegistry, generate_latest

from shared.messaging.relay.health import RelayHealth
from shared.messaging.relay.relay import Relay
from shared.runtime.health import RelayMetrics


def shown(health: RelayHealth) -> list[str]:
    registry = CollectorRegistry()
    registry.register(RelayMetrics(cast(Relay, SimpleNamespace(health=health))))
    return generate_latest(registry).decode().splitlines()


def test_a_queue_that_refuses_is_named() -> None:
    health = RelayHealth()
    health.failed("a queue refused it", refusing=["sub.strangers.all"])

    assert 'janji_relay_refusing_queue{queue="sub.strangers.all"} 1.0' in shown(health)

    health.published(1, events=1)
    assert not any(line.startswith("janji_relay_refusing_queue{") for line in shown(health))


def test_declarations_made_again_are_counted() -> None:
    health = RelayHealth()
    health.failed("missing: no queue 'events.requests'", topology_missing=True)

    assert "janji_relay_declared_again_total 1.0" in shown(health)

"""Counts what is refused in front of the routes, by its reason; a log line holds many refusals.

A line each would turn a flood of connections into a flood of logs. The line names the network with
the most refusals, never an address.
"""

from collections import Counter
from functools import cache

import prometheus_client
import structlog
from prometheus_client import CollectorRegistry

from shared.web.security.client_network import network_of

NETWORKS_MAX = 1_000  # counted until the next line

log = structlog.get_logger()


class ConnectionRefusals:
    """`count` each refusal; `write` the log line of those since the last one."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter = prometheus_client.Counter(
            "janji_connections_refused",
            "Connections refused, or ended because they took too much or too long",
            ("reason",),
            registry=registry,
        )
        self._labelled = cache(counter.labels)
        self._reasons: Counter[str] = Counter()
        self._addresses: Counter[str] = Counter()

    def count(self, reason: str, address: str) -> None:
        self._labelled(reason).inc()
        self._reasons[reason] += 1
        if len(self._addresses) < NETWORKS_MAX:
            self._addresses[address] += 1

    def write(self) -> None:
        if self._reasons:
            ((address, _),) = self._addresses.most_common(1)
            network = network_of({"client": (address,), "headers": ()}, proxies=0)
            log.warning("connections were refused", most_from=network, reasons=self._reasons)
            self._reasons, self._addresses = Counter(), Counter()

"""How many connections a server keeps, in total and of one network, and which end for others.

A connection waits while the server has no whole request of it, or its caller doesn't take the
response. Beyond the room of its network, or of the server, each that comes ends the one that has
waited longest; one that has sent something unread is passed over. So no number of silent
connections shuts anybody out, and a request in work is never cut.
"""

from __future__ import annotations

import resource
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from uvicorn.server import ServerState

from shared.web.bounds.refusals import ConnectionRefusals
from shared.web.security.client_network import address_of, prefix

BITS_OF_A_SITE = {4: 32, 6: 48}
TOTAL_MAX = 16_384  # some 10 kB each
RESERVED_DESCRIPTORS = 192  # of databases, broker, feeds, files
BACKLOG_MAX = 2_048
NETWORK_PART = 0.75  # of the room: for a whole office, or a village, behind one address
ROOM_MIN = 16
REFUSED_MAX = 64  # that are still being told so
PASSED_OVER_MAX = 16


class Connection(Protocol):
    """A connection as the table sees it; `waits_since` is None while a request is in work."""

    address: str
    network: NetworkConnections | None
    waits_since: float | None

    def has_unread(self) -> bool: ...
    def overdue(self, now: float) -> str | None: ...
    def end(self, reason: str) -> None: ...


@dataclass(slots=True)
class NetworkConnections:
    """How many a network has, and the waiting ones among them: the longest waiting first."""

    name: str
    count: int = 0
    waiting: dict[Connection, None] = field(default_factory=dict)


class ConnectionTable(ServerState):
    """uvicorn's state of a server, with bounds. One event loop uses it."""

    def __init__(self, refusals: ConnectionRefusals, *, total_max: int, is_proxied: bool) -> None:
        """`is_proxied`: all come from our own proxy, which bounds the networks."""
        super().__init__()
        self.refusals = refusals
        self._total_max = total_max
        self._network_max = total_max if is_proxied else round(total_max * NETWORK_PART)
        self._networks: dict[str, NetworkConnections] = {}
        self._waiting: dict[Connection, None] = {}  # of all networks
        self._count = 0

    def admit(self, connection: Connection) -> str | None:
        """Take it in; otherwise the reason why there is no room for it."""
        if self._count >= self._total_max and not self._make_room(self._waiting):
            return "full"
        name = network_name(connection.address)
        network = self._networks.get(name) or NetworkConnections(name)
        if network.count >= self._network_max and not self._make_room(network.waiting):
            return "network"
        self._networks[name] = connection.network = network
        network.count += 1
        self._count += 1
        return None

    @property
    def backlog(self) -> int:
        """How many may wait to be accepted: all of them are accepted before the first ends."""
        return min(BACKLOG_MAX, self._total_max)

    @property
    def is_crowded(self) -> bool:
        """There is no room even for telling a caller that there is none."""
        return len(self.connections) > self._total_max + REFUSED_MAX

    def forget(self, connection: Connection) -> None:
        """It has ended; it may never have been admitted."""
        self.works(connection)
        network, connection.network = connection.network, None
        if network is not None:
            self._count -= 1
            network.count -= 1
            if not network.count:
                del self._networks[network.name]

    def waits(self, connection: Connection) -> None:
        if connection.network is not None:
            self._waiting[connection] = connection.network.waiting[connection] = None

    def works(self, connection: Connection) -> None:
        self._waiting.pop(connection, None)
        if connection.network is not None:
            connection.network.waiting.pop(connection, None)

    def sweep(self, now: float) -> None:
        """End those that take too long."""
        everyone: list[Any] = list(self.connections)  # uvicorn knows the protocols that it has
        for connection in everyone:
            if reason := connection.overdue(now):
                connection.end(reason)
        self.refusals.write()

    def _make_room(self, waiting: Iterable[Connection]) -> bool:
        """End the one that has waited longest and sent nothing since."""
        for connection in list(islice(waiting, PASSED_OVER_MAX)):
            if not connection.has_unread():
                connection.end("room")
                return True
            self.works(connection)
            self.waits(connection)
        return False


def network_name(address: str) -> str:
    """An IPv4 address, or the network of a site: it owns all IPv6 addresses in it."""
    read = address_of(address)
    return prefix(read, BITS_OF_A_SITE[read.version]) if read else address


def room() -> int:
    """How many connections this process can keep; raises its descriptors as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = TOTAL_MAX + REFUSED_MAX + RESERVED_DESCRIPTORS
    granted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < granted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
    return max(granted - REFUSED_MAX - RESERVED_DESCRIPTORS, ROOM_MIN)

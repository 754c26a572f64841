"""A service as a source of events: its log, and the relay and the feed that publish it.

The `main.py` of each service with an event log wires it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from eventsourcing.domain import Aggregate
from fastapi import APIRouter
from prometheus_client import CollectorRegistry

from shared.eventstore.codec import Codec
from shared.eventstore.erasure_register import ErasureRegister
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.log import EventLog
from shared.messaging.envelope import Envelopes, Publish
from shared.messaging.feed import feed_router
from shared.messaging.relay.relay import Relay
from shared.runtime import health, settings
from shared.runtime.clocks import GuardedClock, Source
from shared.runtime.credentials import CredentialEnds, credentials_of
from shared.runtime.parked import ParkedCases, ParkedMetrics
from shared.runtime.server import Loop
from shared.web.health import Check
from shared.web.identity.tokens import require


class SourceSettings(settings.PostgresSettings, settings.BrokerSettings):
    """The settings of a source whose events hold no personal data."""


class SealedSourceSettings(SourceSettings, settings.SealingSettings, settings.ErasureSettings):
    """The settings of a source whose events hold sealed personal data."""


class EventSource:
    """The log of one service with its relay and feed; without a broker, only the feed.

    `clock` is the service's: by `now` alone nothing is decided. `sources` tell the time as well.
    """

    def __init__(
        self,
        service: str,
        given: SourceSettings,
        *,
        kinds: Sequence[type[Aggregate]],
        publish: Publish,
        registry: CollectorRegistry,
        now: Callable[[], datetime],
        sources: Mapping[str, Source] | None = None,
    ) -> None:
        database_url = given.database_url.get_secret_value()
        self.codec = Codec(kinds, _keyring(given))
        self.service = service
        self.stopping = asyncio.Event()
        erasures = _erasures(service, given)
        self.log = EventLog(
            database_url, codec=self.codec, name=service, now=now, erasures=erasures
        )
        self.clock = GuardedClock(now, self.log.clock, sources)
        self._credentials = CredentialEnds(credentials_of(given), now)
        self._parked: list[ParkedCases] = []
        self._in_health: list[ParkedCases] = []
        registry.register(self.clock)
        registry.register(self._credentials)
        registry.register(ParkedMetrics(self._parked))
        self._envelopes = Envelopes(service, self.codec, publish, epochs=[])
        self._relay = self._relay_to(given) if given.broker_url else None
        if self._relay is not None:
            registry.register(health.RelayMetrics(self._relay))

    def derived(self, name: str) -> Callable[[], bytes]:
        """A key of the log for another purpose; the log has it once it is open."""
        keyring = self.codec.keyring
        assert keyring is not None, "only a log with personal data has derived keys"
        return lambda: keyring.derived[name]

    def feed(self) -> APIRouter:
        """The feed, for callers with the role of a subscriber."""
        subscriber = require("subscriber")
        return feed_router(self.service, self.log, self._envelopes, subscriber, self.stopping)

    def show(self, *parked: ParkedCases) -> None:
        """Show in health and metrics what these tasks leave out."""
        self.measure(*parked)
        self._in_health.extend(parked)

    def measure(self, *parked: ParkedCases) -> None:
        """Show it in the metrics alone."""
        self._parked.extend(parked)

    @property
    def checks(self) -> dict[str, Check]:
        """The health checks of log and relay."""
        parked = {each.task: each.check for each in self._in_health}
        own = {
            "log": health.of_log(self.log),
            "clock": self.clock.check,
            "credentials": self._credentials.check,
        }
        relay = {} if self._relay is None else {"relay": health.of_relay(self._relay)}
        return own | parked | relay

    @property
    def loops(self) -> Sequence[Loop]:
        """The tasks that run beside the server and end with it."""
        relay = [] if self._relay is None else [self._relay.run]
        return [self.clock.run, self._credentials.run, *relay]

    def _relay_to(self, given: SourceSettings) -> Relay:
        return Relay(
            database_url=given.database_url.get_secret_value(),
            broker_url=given.broker_url.get_secret_value(),
            management_url=given.broker_management_url.get_secret_value(),
            event_log=self.log,
            envelopes=self._envelopes,
        )


def _keyring(given: SourceSettings) -> Keyring | None:
    if isinstance(given, SealedSourceSettings):
        return keyring_of(given)
    return None


def keyring_of(given: settings.SealingSettings) -> Keyring:
    """The keys of one log."""
    newest, *retired = given.master_keys
    return Keyring(newest, retired=retired, read_again=given.read_again)


def _erasures(service: str, given: SourceSettings) -> ErasureRegister | None:
    if isinstance(given, SealedSourceSettings) and given.erasure_register is not None:
        return ErasureRegister(given.erasure_register / service)
    return None

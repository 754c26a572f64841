"""The relay publishes a service's log on the broker: at least once, in order, without a loss.

The event log is the outbox: there is no second table of messages and no dual write. The process
that leads publishes every stored event:

    follow (poll the lock) → lead (a new term) → connect, declare → read, publish, confirm, store …

That is one *session*. Any fault (of database, broker, network, topology or our own code) ends it;
after a pause with jitter the next session begins from the stored position. No session repairs
itself: a new one reads what a broken one would have to guess.

A broker outage of hours is normal: commands succeed, the log holds every event, and `health` shows
the lag. Each session releases the lock at its end, so that a replica with a working connection to
the broker can take over from one without.

Next: `decisions.py` (what to do next), `leadership.py` (which process leads), `session.py` (the
steps), `publisher.py` (frames and confirms), `published_last.py` (what the broker still knows),
`refusals.py` (which queue is to blame); then the broker, and `broker_subscription.py` behind it.
"""

import asyncio
import random
from collections.abc import Sequence
from typing import Never

import structlog

from shared.eventstore.log import EventLog
from shared.messaging.connection import is_task_cancelled
from shared.messaging.envelope import Envelopes
from shared.messaging.relay.decisions import CONFIRM_TIMEOUT_SECONDS, End, RelayCore
from shared.messaging.relay.health import RelayHealth
from shared.messaging.relay.leadership import HEARTBEAT_SECONDS, Leadership
from shared.messaging.relay.published_last import PublishedLast
from shared.messaging.relay.publisher import WindowSender
from shared.messaging.relay.refusals import refusing_queues
from shared.messaging.relay.session import RelaySession, SessionEnded
from shared.postgres.errors import NotDirect

PAUSE_SECONDS_MIN = 0.1
PAUSE_SECONDS_MAX = 2.0
"""Between sessions: the relay notices a returning broker within two seconds."""

_logger = structlog.get_logger(__name__)


class Relay:
    """One service's relay. Every replica runs one; one of them leads, the others follow.

    Args:
        database_url: a direct URL, for the one connection that holds lock, reads and position.
        broker_url: AMQP, with the vhost.
        management_url: of the broker's HTTP API, to name a queue that refuses; empty: unnamed.
        event_log: wakes the relay when it grows.
        confirm_timeout_seconds: how long a window may take to be confirmed.

    health: only the relay writes it; any task may read it at any time.
    """

    def __init__(
        self,
        *,
        database_url: str,
        broker_url: str,
        event_log: EventLog,
        envelopes: Envelopes,
        management_url: str = "",
        confirm_timeout_seconds: float = CONFIRM_TIMEOUT_SECONDS,
    ) -> None:
        self._database_url = database_url
        self._broker_url = broker_url
        self._management_url = management_url
        self._event_log = event_log
        self._envelopes = envelopes
        self._confirm_timeout_seconds = confirm_timeout_seconds
        self.health = RelayHealth()

    async def run(self) -> Never:
        """Run session after session, until cancelled.

        A cancellation ends the session within a few seconds and frees the lock; the next leader
        publishes a window that was in flight again.

        Raises:
            NotDirect: the database URL leads through a pooler; raised at the first session.
        """
        pause_seconds = PAUSE_SECONDS_MIN
        while True:
            try:
                await self._session()
            except NotDirect:
                raise
            except asyncio.CancelledError as error:
                if is_task_cancelled():
                    raise
                await self._failed(error)
            except Exception as error:  # the loop's edge: any fault begins a new session
                await self._failed(error)
            pause_seconds = self._next_pause(pause_seconds)
            await asyncio.sleep(pause_seconds * random.uniform(0.5, 1.0))  # noqa: S311

    async def _session(self) -> Never:
        self.health.begun()
        async with await Leadership.connect(self._database_url) as lead:
            position = await self._position_of_leader(lead)
            core = RelayCore(position, confirm_timeout_seconds=self._confirm_timeout_seconds)
            self._envelopes.learn(await lead.epochs())
            async with WindowSender(self._broker_url, service=self._envelopes.service) as publisher:
                await lead.with_heartbeat(publisher.open())
                last = publisher.published_last(is_expected=position > 0)
                await _compare(lead, await lead.with_heartbeat(last))
                self.health.connected = True
                session = RelaySession(
                    core,
                    lead,
                    publisher,
                    event_log=self._event_log,
                    envelopes=self._envelopes,
                    health=self.health,
                )
                await session.work()

    async def _position_of_leader(self, lead: Leadership) -> int:
        """Follow until this process has the lock; returns the position that was stored last."""
        while (term := await lead.try_lead()) is None:
            self.health.follows(await lead.progress())
            await asyncio.sleep(HEARTBEAT_SECONDS)
        self.health.leads(await lead.progress())
        _logger.info("relay leads", term=term.number, position=term.position)
        return term.position

    async def _failed(self, error: BaseException) -> None:
        end = error.end if isinstance(error, SessionEnded) else End(str(error) or repr(error))
        refusing: Sequence[str] = ()
        if end.refused:
            refusing = await refusing_queues(self._management_url, self._broker_url)
        self.health.failed(end.reason, topology_missing=end.topology_missing, refusing=refusing)
        _logger.warning(
            "relay session ended", reason=end.reason, kind=type(error).__name__, queues=refusing
        )

    def _next_pause(self, pause_seconds: float) -> float:
        """The shortest after a session that worked, else twice as long, up to the bound."""
        if self.health.last_session_worked:
            return PAUSE_SECONDS_MIN
        return min(2 * pause_seconds, PAUSE_SECONDS_MAX)


async def _compare(lead: Leadership, published: PublishedLast | None) -> None:
    """Raises LogMovedBack if the log has lost what was published."""
    if published is not None:
        held = await lead.read(published.position - 1, 1)
        head = (await lead.progress()).head
        published.check(await lead.epochs(), held.recorded, head)

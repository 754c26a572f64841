"""One session of a leading relay: it does the steps that `decisions.py` decides.

One task, one database connection, one channel, and no concurrency. Any error is raised and ends
the session.
"""

import time
from collections.abc import Sequence
from typing import Never, assert_never

from shared.eventstore.log import EventLog
from shared.messaging.envelope import CloudEvent, Envelopes
from shared.messaging.relay.decisions import (
    AwaitConfirms,
    End,
    Publish,
    Read,
    RelayCore,
    Step,
    Store,
    WaitForAppend,
)
from shared.messaging.relay.health import RelayHealth
from shared.messaging.relay.leadership import HEARTBEAT_SECONDS, Leadership
from shared.messaging.relay.publisher import BrokerLost, TopologyMissing, WindowSender

CHECK_SECONDS = 5.0
"""Between two looks whether exchange and queues are there: a deleted queue refuses nothing."""


class SessionEnded(Exception):
    """The core ended the session; `end` carries the reason."""

    def __init__(self, end: End) -> None:
        super().__init__(end.reason)
        self.end = end


class RelaySession:
    """Publishes from the stored position on, until a fault."""

    def __init__(
        self,
        core: RelayCore,
        lead: Leadership,
        publisher: WindowSender,
        *,
        event_log: EventLog,
        envelopes: Envelopes,
        health: RelayHealth,
    ) -> None:
        self._core = core
        self._lead = lead
        self._publisher = publisher
        self._event_log = event_log
        self._envelopes = envelopes
        self._health = health
        self._window: Sequence[CloudEvent] = ()
        self._beat_at_seconds = self._checked_at_seconds = time.monotonic()
        self._stored: int | None = None  # None: as the session found it

    async def work(self) -> Never:
        """Do step after step. A cancellation never stores an unconfirmed position.

        Raises:
            SessionEnded, LeadershipLost, BrokerLost, UnpublishableEvent.
        """
        step = self._core.step
        while True:
            step = await self._do(step)

    async def _do(self, step: Step) -> Step:
        match step:
            case Read():
                return await self._read(step)
            case Publish():
                await self._publisher.send(self._window)
                return self._core.published(at_seconds=_now())
            case AwaitConfirms():
                return await self._await_confirms()
            case Store():
                return await self._store(step)
            case WaitForAppend():
                return await self._wait(step)
            case End():
                raise SessionEnded(step)
        assert_never(step)

    async def _read(self, step: Read) -> Step:
        await self._beat_if_due()
        try:
            await self._check_if_due()
        except TopologyMissing as error:
            return self._core.lost(str(error), topology_missing=True)
        read = await self._lead.read(step.after, step.limit)
        if read.epoch is not None and not self._envelopes.knows(read.epoch):
            self._envelopes.learn(await self._lead.epochs())
        self._window = await self._envelopes.envelopes(read.recorded)
        return self._core.batch([event.position for event in self._window])

    async def _await_confirms(self) -> Step:
        """Wait in slices of a heartbeat, so that the lock's session never looks idle."""
        try:
            outcomes = await self._publisher.outcomes(within_seconds=HEARTBEAT_SECONDS)
        except TopologyMissing as error:
            return self._core.lost(str(error), topology_missing=True)
        except BrokerLost as error:
            return self._core.lost(str(error))
        await self._beat_if_due()
        for outcome in outcomes:
            if outcome.refusal is None:
                self._core.confirmed(outcome.position)
            else:
                self._core.refused(
                    outcome.position, outcome.refusal, is_unroutable=outcome.is_unroutable
                )
        self._health.blocked = not outcomes and await self._publisher.is_blocked()
        return self._core.tick(at_seconds=_now(), is_blocked=self._health.blocked)

    async def _store(self, step: Store) -> Step:
        moved = await self._lead.store(step.position)
        if moved:
            self._stored = step.position
            self._health.published(step.position, len(self._window))
        return self._core.stored(moved=moved)

    async def _wait(self, step: WaitForAppend) -> Step:
        """Wait until the log grows; the read that follows is the heartbeat."""
        self._health.caught_up(step.position)
        await self._event_log.wait_beyond(step.position, HEARTBEAT_SECONDS)
        return self._core.wake()

    async def _beat_if_due(self) -> None:
        """Raises SessionEnded if somebody else has moved the position, as a restore does."""
        if _now() - self._beat_at_seconds >= HEARTBEAT_SECONDS:
            progress = await self._lead.progress()
            self._health.note(progress)
            if self._stored not in (None, progress.position):
                raise SessionEnded(End(f"the position was moved back to {progress.position}"))
            self._stored = progress.position
            self._beat_at_seconds = _now()

    async def _check_if_due(self) -> None:
        """Nothing is in flight now, so the channel is free for it."""
        if _now() - self._checked_at_seconds >= CHECK_SECONDS:
            await self._lead.with_heartbeat(self._publisher.check())
            self._checked_at_seconds = _now()


def _now() -> float:
    """A monotonic clock, in seconds."""
    return time.monotonic()

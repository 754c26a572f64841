"""Our event log behind the synchronous interface of the library's recorders."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar
from uuid import UUID, uuid4

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    StoredEvent,
    Subscription,
)

from shared.eventstore.append.command_append import append_of
from shared.eventstore.codec import Encoded
from shared.eventstore.log import EventLog
from shared.eventstore.records import CommandKey, Recorded
from testbed.event_logs import ALL, running

T = TypeVar("T")
VERSION_MAX = 2**62


class LogRecorder(ApplicationRecorder):
    """Every call is run on the log's own event loop, which turns in a thread of its own."""

    def __init__(self, log: EventLog, loop: asyncio.AbstractEventLoop) -> None:
        self.log = log
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        if not stored_events:
            return None
        encoded = [
            Encoded(_uuid(event.originator_id), event.originator_version, event.topic, event.state)
            for event in stored_events
        ]
        outcome = self.run(self.log.write(append_of(encoded, key=CommandKey(uuid4().hex, b""))))
        if outcome.last_position is None:
            raise IntegrityError(outcome.answer)
        return list(range(outcome.last_position - len(encoded) + 1, outcome.last_position + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        events = [
            StoredEvent(event.originator_id, event.version, event.topic, event.state)
            for event in self._everything()
            if event.originator_id == originator_id
            and (-1 if gt is None else gt) < event.version <= (VERSION_MAX if lte is None else lte)
        ]
        return (events[::-1] if desc else events)[:limit]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = (start or 0) - (1 if inclusive_of_start else 0)
        found = [
            Notification(
                event.originator_id, event.version, event.topic, event.state, event.position
            )
            for event in self.run(self.log.read(after, limit if not topics else ALL))
            if (stop is None or event.position <= stop) and (not topics or event.topic in topics)
        ]
        return found[:limit]

    def max_notification_id(self) -> int | None:
        return self.run(self.log.head()).position or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        return LogSubscription(self, gt, topics)

    def _everything(self) -> list[Recorded]:
        return self.run(self.log.read(0, ALL))


class LogSubscription(ListenNotifySubscription["LogRecorder"]):
    """Woken by `wait_beyond`, in place of the library's own LISTEN."""

    def __init__(self, recorder: LogRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._listening = Thread(target=self._listen)
        self._listening.start()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        super().__exit__(*args, **kwargs)
        self._listening.join()

    def _listen(self) -> None:
        seen = self._last_notification_id or 0
        while not self._has_been_stopped:
            if self._recorder.run(self._recorder.log.wait_beyond(seen, 0.1)):
                seen = self._recorder.max_notification_id() or 0
                self._has_been_notified.set()


@contextmanager
def recording(url: str) -> Iterator[LogRecorder]:
    """A recorder on the log at `url`, as long as the block lasts."""
    loop = asyncio.new_event_loop()
    opened, done = asyncio.Future[EventLog](loop=loop), asyncio.Event()

    async def keep_open() -> None:
        async with running(url) as log:
            opened.set_result(log)
            await done.wait()

    thread = Thread(target=loop.run_until_complete, args=(keep_open(),))
    thread.start()
    try:
        yield LogRecorder(_wait_for(opened, loop), loop)
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


def _wait_for(opened: asyncio.Future[EventLog], loop: asyncio.AbstractEventLoop) -> EventLog:
    async def wait() -> EventLog:
        return await opened

    return asyncio.run_coroutine_threadsafe(wait(), loop).result()


def _uuid(originator_id: UUID | str) -> UUID:
    assert isinstance(originator_id, UUID), "our streams are named by UUIDs"
    return originator_id

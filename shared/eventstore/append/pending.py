"""The queue of appends, and how a batch is cut from it; without a database."""

import asyncio
from collections import deque
from dataclasses import dataclass

from shared.eventstore.append.command_append import Append, AppendOutcome
from shared.eventstore.errors import LogBusy, LogClosed, OutcomeUnknown

RETRY_AFTER_SECONDS = 1  # a full queue is written in a fraction of it, once the database answers


@dataclass(eq=False, slots=True)
class PendingAppend:
    """An append whose caller waits for the outcome.

    `sent` turns true when the database first gets it; only before is it certain that nothing was
    written.
    """

    append: Append
    outcome: asyncio.Future[AppendOutcome]
    sent: bool = False

    @property
    def is_awaited(self) -> bool:
        return not self.outcome.done()

    def answer(self, outcome: AppendOutcome) -> None:
        if self.is_awaited:  # a cancelled future raises at set_result, and would end the writer
            self.outcome.set_result(outcome)

    def fail(self, error: Exception) -> None:
        if self.is_awaited:
            self.outcome.set_exception(error)

    def expire(self) -> None:
        """The caller's time is over."""
        if self.sent:
            self.fail(OutcomeUnknown("the database gave no answer in time"))
        else:
            self.fail(LogBusy(RETRY_AFTER_SECONDS))


class AppendQueue:
    """A FIFO queue, bounded by count and by bytes."""

    def __init__(self, *, commands_max: int, bytes_max: int) -> None:
        self._commands_max = commands_max
        self._bytes_max = bytes_max
        self._waiting: deque[PendingAppend] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._is_closed = False

    def __len__(self) -> int:
        """The number of appends, including cancelled ones that no batch has skipped yet."""
        return len(self._waiting)

    def put(self, append: Append) -> PendingAppend:
        """Raises LogBusy when full, LogClosed when the writer has ended."""
        if self._is_closed:
            raise LogClosed("the event log is closed")
        if len(self._waiting) >= self._commands_max or self._bytes >= self._bytes_max:
            raise LogBusy(RETRY_AFTER_SECONDS)
        outcome: asyncio.Future[AppendOutcome] = asyncio.get_running_loop().create_future()
        waiting = PendingAppend(append, outcome)
        self._waiting.append(waiting)
        self._bytes += append.size_bytes
        self._filled.set()
        return waiting

    async def filled(self) -> None:
        """Wait for an append. A cancellation loses nothing."""
        await self._filled.wait()

    def cut(self, *, commands_max: int, bytes_max: int) -> list[PendingAppend]:
        """The next batch, in order; empty if all callers have been cancelled.

        It ends before the second command of a stream, a key or a claimed name, because the database
        looks them up in the tables as they were before the call. One command alone may exceed
        `bytes_max`, or it would never be written.
        """
        batch: list[PendingAppend] = []
        taken: set[object] = set()
        room = bytes_max
        while self._waiting and len(batch) < commands_max:
            first = self._waiting[0]
            if first.is_awaited:
                names = _looked_up(first.append)
                if (batch and first.append.size_bytes > room) or not taken.isdisjoint(names):
                    break
                batch.append(first)
                taken.update(names)
                room -= first.append.size_bytes
            self._bytes -= first.append.size_bytes
            self._waiting.popleft()
        if not self._waiting:
            self._filled.clear()
        return batch

    def close(self) -> list[PendingAppend]:
        """Accept no more appends; returns those that will not be written."""
        self._is_closed = True
        left = list(self._waiting)
        self._waiting.clear()
        self._bytes = 0
        return left


def _looked_up(append: Append) -> set[object]:
    """The identities that the database looks up before it writes the commands of a call."""
    found: set[object] = {append.originator_id, append.key.key}
    if append.claim is not None and append.claim.name is not None:
        found.add(("claim", append.claim.name))
    return found

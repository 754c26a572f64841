"""Which events may be applied next, and when a queue has to be declared anew. Pure.

A source's log numbers its events 1, 2, 3 … without gaps, and the read models have a checkpoint in
it. A queue may repeat, lose and delay events, so an event is applied only if it directly follows
the checkpoint. Anything else makes the consumer read the source's feed, which reads the log itself.

A position can name another event later: after a restore from a backup, or a failover to a replica
that was behind. The read models then contain events that the log no longer has. Epoch and hash of
the checkpoint show it, so every page of the feed is read from the checkpoint's event on; its
successors are then the log's own. An event from the queue names its predecessor's hash, which must
be the checkpoint's, and must have the epoch that the log was in when its feed was read to its end:
a queue may still hold messages of a lost history, which fit the checkpoint. So whatever the queue
loses, repeats or invents meanwhile, events of one history are never applied over another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from shared.messaging.feed_client import FeedPage
from shared.messaging.subscription import Incoming


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last event of a source that its read models contain."""

    position: int  # 0: none yet
    epoch: str
    hash: bytes

    @classmethod
    def of(cls, event: Incoming) -> Self:
        return cls(event.position, event.epoch, event.hash)

    @property
    def read_after(self) -> int:
        """The position after which to read the feed, so that a page begins with this event."""
        return max(self.position - 1, 0)


class Forked(Exception):
    """The log holds another event at the checkpoint: the read models contain lost history."""

    def __init__(self, position: int, *, head: int) -> None:
        super().__init__(f"forked at {position}: the log holds another event there")
        self.position = position
        self.head = head


@dataclass(frozen=True, slots=True)
class Ordered:
    """The new events of a batch, without a gap after the checkpoint, and the checkpoint after them.

    `in_order`: all other events were repeats. If not, the feed must be read before going on.
    """

    new_events: Sequence[Incoming]
    checkpoint: Checkpoint
    in_order: bool


def order(
    checkpoint: Checkpoint,
    events: Sequence[Incoming],
    *,
    from_feed: bool,
    log_epoch: str | None = None,
) -> Ordered:
    """Take the events that follow the checkpoint, drop repeats, stop at the first that doesn't fit.

    An event follows if its predecessor is the checkpoint's event, by position and by hash.

    from_feed: the events are a page of the feed that begins at or before the checkpoint, so their
    sequence is the log's own. log_epoch: the epoch at the log's end, as the feed told it; None: the
    feed is away.

    Applying the result and ordering the same events again takes none.
    """
    new_events: list[Incoming] = []
    for event in events:
        found = Checkpoint.of(event)
        is_next = event.position == checkpoint.position + 1
        if is_next and (from_feed or _is_of_this_history(event, checkpoint, log_epoch)):
            new_events.append(event)
            checkpoint = found
        elif event.position > checkpoint.position or (
            event.position == checkpoint.position and found != checkpoint
        ):
            return Ordered(new_events, checkpoint, in_order=False)
    return Ordered(new_events, checkpoint, in_order=True)


def _is_of_this_history(event: Incoming, checkpoint: Checkpoint, log_epoch: str | None) -> bool:
    is_chained = checkpoint.position == 0 or event.previous_hash == checkpoint.hash
    return is_chained and log_epoch in (None, event.epoch)


def raise_if_forked(checkpoint: Checkpoint, page: FeedPage) -> None:
    """Compare the checkpoint with a page that was read from it on.

    Raises `Forked`: the log has another event there, or ends before.
    """
    if checkpoint.position and not (page.events and Checkpoint.of(page.events[0]) == checkpoint):
        raise Forked(checkpoint.position, head=page.head.position)


class QueueHealth:
    """Whether the queue works, judged by its deliveries and by the log's head.

    A queue can also lose the last messages before a quiet weekend; no later message shows that,
    only the head does. Two things count as a failure: silence while the head moves on, and an event
    that the log doesn't have. After each failure the feed is read. After the second, fourth, eighth
    … failure in a row the queue is declared anew: a relay that stands still looks the same, and its
    queue needn't be declared every few seconds.
    """

    def __init__(self) -> None:
        self.needs_redeclare = False
        self._failures = 0
        self._was_out_of_order = False
        self._behind_at: int | None = None  # the checkpoint when a head check found it behind

    def delivered_in_order(self) -> None:
        """The queue delivered events, and all of them followed or were repeats."""
        self._failures = 0

    def delivered_out_of_order(self) -> None:
        """The queue delivered an event that doesn't fit. Reading the feed will show the cause."""
        self._was_out_of_order = True

    def feed_read(self, new_events: int) -> bool:
        """The feed was read to its end. True: nothing was missing, so the queue was wrong."""
        was_wrong = self._was_out_of_order and not new_events
        self._was_out_of_order = False
        self._behind_at = None
        return self._count_failure(was_wrong)

    def head_checked(self, *, applied: int, head: int) -> bool:
        """A head check. True: nothing was applied since the last one, which found a lag."""
        is_silent = self._behind_at == applied
        self._behind_at = applied if head > applied else None
        return self._count_failure(is_silent)

    def redeclared(self) -> None:
        """The queue was declared anew."""
        self.needs_redeclare = False

    def _count_failure(self, is_failure: bool) -> bool:
        if is_failure:
            self._failures += 1
            self.needs_redeclare = self._failures > 1 and self._failures.bit_count() == 1
        return is_failure

"""What may be applied next, and when a queue is no longer to be trusted. Pure.

A source's log numbers its events 1, 2, 3 … without gaps, and read models stand at one of them. A
queue repeats events, loses them, and gives some back late; so an event is applied only if it is
the very next one. What doesn't fit is never guessed at and never waited for: the source's feed is
asked, which has the log itself behind it.

The same position may come to name another event: when a source is restored from a backup, or fails
over to a replica that was behind. Then our figures contain events that the log never knew. Epoch
and hash of the event we stand on show it. Every page of the feed is therefore asked for from that
event on, so that what follows it is vouched for by the log; what only a queue says to follow must
be of the same epoch. (A failover that loses events and opens no epoch shows itself by the hash
alone: at the next head check, or when the queue brings another event where we stand. A queue that
loses exactly those messages in between could hide it; that is why restores open an epoch.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from shared.messaging.feed_client import FeedPage
    from shared.messaging.subscription import Incoming


@dataclass(frozen=True, slots=True)
class Place:
    """The event that a source's read models stand on: the last one settled."""

    position: int  # 0: none yet
    epoch: str
    hash: bytes

    @classmethod
    def of(cls, event: Incoming) -> Self:
        return cls(event.position, event.epoch, event.hash)

    @property
    def asks_after(self) -> int:
        """What a page of the feed is asked after, so that it begins with the event we stand on."""
        return max(self.position - 1, 0)


class Forked(Exception):
    """The log holds another event where we stand: figures were made from a history it lost."""

    def __init__(self, position: int, *, head: int) -> None:
        super().__init__(f"forked at {position}: the log holds another event there; rebuild")
        self.position = position
        self.head = head


@dataclass(frozen=True, slots=True)
class Ordered:
    """What of some events is new, in order and without a gap after `place`, and where it ends.

    `in_order`: nothing else came but repeats. If not, the feed must be asked before going on.
    """

    fresh: Sequence[Incoming]
    place: Place
    in_order: bool


def order(place: Place, events: Sequence[Incoming], *, vouched: bool) -> Ordered:
    """Take what directly follows `place`, leave out repeats, stop at the first that doesn't fit.

    vouched: the events are a page of the feed that begins at or before `place`, so their sequence
    is the log's own. Applying it all, then coming again with the same events, takes nothing twice.
    """
    fresh: list[Incoming] = []
    for event in events:
        here = Place.of(event)
        follows = event.position == place.position + 1
        if follows and (vouched or place.position == 0 or event.epoch == place.epoch):
            fresh.append(event)
            place = here
        elif event.position > place.position or (
            event.position == place.position and here != place
        ):
            return Ordered(fresh, place, in_order=False)
    return Ordered(fresh, place, in_order=True)


def find_fork(place: Place, page: FeedPage) -> None:
    """Compare what we stand on with a page asked for from there on.

    Raises `Forked`: another event stands there, or none, since the log ends before.
    """
    if place.position and not (page.events and Place.of(page.events[0]) == place):
        raise Forked(place.position, head=page.head.position)


class Trust:
    """Whether the queue does its work, told from what it brings and what the head says.

    The last messages before a quiet weekend can be lost too, and no later message would show it:
    only the head does. A queue that stays silent while the head moves on, or brings what the log
    has no room for, is first distrusted (the feed is read), then given up (made anew). It is given
    up at the second, fourth, eighth … strike in a row: a relay that stands still looks the same,
    and its queue needn't be made anew every few seconds.
    """

    def __init__(self) -> None:
        self.gave_up = False
        self._strikes = 0
        self._refused = False
        self._behind_at: int | None = None  # where we stood when a check found us behind

    def brought(self) -> None:
        """The queue brought events, and all of them fitted or were repeats."""
        self._strikes = 0

    def refused(self) -> None:
        """The queue brought an event that doesn't fit. The feed will tell whose fault it is."""
        self._refused = True

    def fed(self, events: int) -> bool:
        """The feed was read to its end. True: nothing was missing, so the queue was wrong."""
        was_wrong = self._refused and not events
        self._refused = False
        self._behind_at = None
        return self._struck(was_wrong)

    def silent(self, *, applied: int, head: int) -> bool:
        """A head check. True: nothing was applied since the last, which had found us behind."""
        is_silent = self._behind_at == applied
        self._behind_at = applied if head > applied else None
        return self._struck(is_silent)

    def renewed(self) -> None:
        """The queue was made anew."""
        self.gave_up = False

    def _struck(self, is_strike: bool) -> bool:
        if is_strike:
            self._strikes += 1
            self.gave_up = self._strikes > 1 and self._strikes.bit_count() == 1
        return is_strike

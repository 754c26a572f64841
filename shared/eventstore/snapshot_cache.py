"""Aggregates of many events, as they stood when they were last loaded, so that only what came
since is read and folded.

What is kept is never believed without the log: it holds if the event that it ends with is still
there with the same hash, and the stream has the same sealing key. The hash covers all that came
before, so another replica's events only add to it, and a log that was restored, or an erasure,
makes it void. Only what was read is kept, never what still has to be committed.
"""

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate

from shared.eventstore.records import Recorded
from shared.eventstore.sealing import WrappedKey

EVENTS_MIN = 50  # fewer are folded in a millisecond or two
SNAPSHOT_BYTES_MAX = 16 * 1024 * 1024  # thousands of aggregates, a few kilobytes each


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An aggregate after its event `version`. It is pickled: each load gets its own copy."""

    version: int
    hash: bytes
    wrapped_key: WrappedKey | None
    pickled: bytes

    def holds(self, event: Recorded, wrapped_key: WrappedKey | None) -> bool:
        """`event` is the first one that was read from `version` on."""
        is_same_event = (event.version, event.hash) == (self.version, self.hash)
        return is_same_event and wrapped_key == self.wrapped_key

    def aggregate(self) -> Any:
        return pickle.loads(self.pickled)  # noqa: S301 - our own, and it never left this process


class SnapshotCache:
    """Those lately loaded, up to `SNAPSHOT_BYTES_MAX`; the one that rested longest goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, Snapshot] = OrderedDict()
        self._bytes = 0

    def find(self, id: UUID, *, until: int) -> Snapshot | None:  # noqa: A002
        """As it stood at version `until` or before."""
        kept = self._kept.get(id)
        if kept is None or kept.version > until:
            return None
        self._kept.move_to_end(id)
        return kept

    def keep(self, aggregate: Aggregate, last: Recorded, wrapped_key: WrappedKey | None) -> None:
        """`last` is the event that it was left by. A short one isn't worth it."""
        if last.version < EVENTS_MIN:
            return
        self.forget(aggregate.id)
        kept = Snapshot(last.version, last.hash, wrapped_key, pickle.dumps(aggregate))
        self._kept[aggregate.id] = kept
        self._bytes += len(kept.pickled)
        while self._bytes > SNAPSHOT_BYTES_MAX:
            self.forget(next(iter(self._kept)))

    def forget(self, id: UUID) -> None:  # noqa: A002
        kept = self._kept.pop(id, None)
        if kept is not None:
            self._bytes -= len(kept.pickled)

    def forget_all(self) -> None:
        self._kept.clear()
        self._bytes = 0

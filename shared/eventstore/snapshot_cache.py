"""Snapshots of long streams in memory, so that a load reads and folds only the events since.

A snapshot is valid only against the log: its last event is still there with the same hash, and the
stream has the same sealing key. The hash covers all earlier events, so the events of another
replica only add to it; a restored log, or an erasure, invalidates it. A snapshot holds only
committed events.
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
class AggregateSnapshot:
    """An aggregate after its event `version`, pickled: each load gets its own copy."""

    version: int
    hash: bytes
    wrapped_key: WrappedKey | None
    pickled: bytes

    def holds(self, event: Recorded, wrapped_key: WrappedKey | None) -> bool:
        """Whether it is valid; `event` is the first one read from `version` on."""
        is_same_event = (event.version, event.hash) == (self.version, self.hash)
        return is_same_event and wrapped_key == self.wrapped_key

    def aggregate(self) -> Any:
        return pickle.loads(self.pickled)  # noqa: S301 - it never left this process


class SnapshotCache:
    """Snapshots of recently loaded streams, up to `SNAPSHOT_BYTES_MAX`; the least recent go."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, AggregateSnapshot] = OrderedDict()
        self._bytes = 0

    def find(self, id: UUID, *, until: int) -> AggregateSnapshot | None:  # noqa: A002
        """The snapshot at version `until` or before."""
        kept = self._kept.get(id)
        if kept is None or kept.version > until:
            return None
        self._kept.move_to_end(id)
        return kept

    def keep(self, aggregate: Aggregate, last: Recorded, wrapped_key: WrappedKey | None) -> None:
        """`last` is the aggregate's last event. Short streams are not kept."""
        if last.version < EVENTS_MIN:
            return
        self.forget(aggregate.id)
        kept = AggregateSnapshot(last.version, last.hash, wrapped_key, pickle.dumps(aggregate))
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

"""A cache of the sealing keys of recently loaded streams, which saves each append a query."""

from collections import OrderedDict
from uuid import UUID

from shared.eventstore.sealing import WrappedKey

KEYS_MAX = 10_000  # about 2 MB


class SealingKeyCache:
    """The key that a stream had at a version, which never becomes stale.

    Only an append adds or deletes a key, and every append makes a version. So if a stream is still
    at that version, its key is the cached one, whatever other processes do; if it isn't, the append
    ends in a conflict. Keys are wrapped: memory holds no more than the table does.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[UUID, int], WrappedKey] = OrderedDict()

    def learn(self, originator_id: UUID, version: int, key: WrappedKey | None) -> None:
        if key is not None:
            self._known[originator_id, version] = key
            self._known.move_to_end((originator_id, version))
            if len(self._known) > KEYS_MAX:
                self._known.popitem(last=False)

    def at(self, originator_id: UUID, version: int) -> WrappedKey | None:
        """None: not cached; the stream may have a key."""
        return self._known.get((originator_id, version))

    def forget_all(self) -> None:
        """A restored log may give a version to another event, and so to another key."""
        self._known.clear()

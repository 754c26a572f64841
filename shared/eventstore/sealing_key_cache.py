"""The sealing keys of streams lately loaded, so that an append needn't ask for them again."""

from collections import OrderedDict
from uuid import UUID

from shared.eventstore.sealing import WrappedKey

KEYS_MAX = 10_000  # about 2 MB


class SealingKeyCache:
    """Which key a stream had when it stood at a version: a fact that never grows old.

    Only an append gives or takes a key, and every append makes a version. So if a stream is
    still at the version asked for, its key is the one known, whatever other processes do; and
    if it isn't, the append that asked will be a conflict. Keys are wrapped: memory holds no
    more than the table does.
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
        """None: not known, which doesn't mean that there is none."""
        return self._known.get((originator_id, version))

"""The surroundings of the relay's core without a socket: a log, a broker, a lock, a position.

Relays take steps, the broker takes and confirms, connections break, leaders lose their lock
without knowing it, in whatever order a schedule says. The model writes down what arrived at the
broker and every value that the position took.
"""

from collections import deque
from dataclasses import dataclass, field

from shared.messaging.relay.decisions import (
    AwaitConfirms,
    End,
    Publish,
    Read,
    RelayCore,
    Store,
    WaitForAppend,
)

WINDOW = 5  # small, so that a schedule of a few dozen actions crosses many windows


@dataclass
class RelayWorld:
    """What relays share: the log's end, the lock, the fenced position, what the broker took."""

    head: int = 0
    term: int = 0
    position: int = 0
    leader: "SimulatedRelay | None" = None
    seconds: float = 0.0
    arrived: list[int] = field(default_factory=list)
    stored: list[int] = field(default_factory=list)
    stored_too_early: bool = False

    def store(self, term: int, position: int) -> bool:
        """`update … where term = mine and position < new`."""
        if term != self.term or position <= self.position:
            return False
        self.position = position
        self.stored.append(position)
        self.stored_too_early |= not set(range(1, position + 1)) <= set(self.arrived)
        return True


class SimulatedRelay:
    """One relay process: does what its core says, one step at a time.

    Its connection keeps order: first on the wire, then, taken by the broker, unconfirmed.
    """

    def __init__(self, world: RelayWorld) -> None:
        self._world = world
        self._core: RelayCore | None = None
        self._term = 0
        self._wire: deque[int] = deque()
        self._unconfirmed: deque[int] = deque()

    def advance(self) -> None:
        """Take the next step, or become leader if the lock is free."""
        if self._core is not None:
            self._do(self._core)
        elif self._world.leader is None:
            self._world.leader = self
            self._world.term += 1
            self._term = self._world.term
            self._core = RelayCore(self._world.position)

    def arrive(self, count: int) -> None:
        """The broker takes the next few events off the wire."""
        for _ in range(min(count, len(self._wire))):
            self._unconfirmed.append(self._wire.popleft())
            self._world.arrived.append(self._unconfirmed[-1])

    def confirm(self, count: int) -> None:
        """The next few confirms reach the relay."""
        for _ in range(min(count, len(self._unconfirmed))):
            position = self._unconfirmed.popleft()
            if self._core is not None:
                self._core.confirmed(position)

    def refuse(self) -> None:
        """The next event comes back: no queue is bound for it. Its successors go on."""
        if self._wire and self._core is not None:
            self._core.refused(self._wire.popleft(), "unroutable", is_unroutable=True)

    def lose(self, arrives: int) -> None:
        """The connection breaks. So many events on the wire still arrive, never confirmed."""
        self.arrive(arrives)
        self._wire.clear()
        self._unconfirmed.clear()
        if self._core is not None:
            self._core.lost("cut")

    def freeze(self) -> None:
        """The lock is free for another, and this relay still believes that it leads."""
        if self._world.leader is self:
            self._world.leader = None

    def _do(self, core: RelayCore) -> None:
        match core.step:
            case Read(after, limit):
                page = min(limit, WINDOW)
                core.batch(range(after + 1, min(self._world.head, after + page) + 1))
            case WaitForAppend():
                core.wake()
            case Publish(first, last):
                self._wire.extend(range(first, last + 1))
                core.published(at_seconds=self._world.seconds)
            case AwaitConfirms():
                core.tick(at_seconds=self._world.seconds)
            case Store(position):
                core.stored(moved=self._world.store(self._term, position))
            case End():
                self._end_session()

    def _end_session(self) -> None:
        self._wire.clear()
        self._unconfirmed.clear()
        self._core = None
        self.freeze()

"""The locks of a simulated database."""

from collections import deque
from collections.abc import Callable
from typing import Protocol


class Waiter(Protocol):
    """A session, as far as its locks go."""

    is_over: bool
    gave_up_waiting: bool

    def __hash__(self) -> int: ...


class Locks:
    """Advisory and row locks by name; who waits is served in turn."""

    def __init__(self) -> None:
        self._holders: dict[str, dict[Waiter, bool]] = {}
        self._queues: dict[str, deque[tuple[Waiter, bool, Callable[[], None]]]] = {}

    def take(self, name: str, session: Waiter, *, is_shared: bool) -> bool:
        """At once, or not at all."""
        holders = self._holders.setdefault(name, {})
        if session in holders:
            return True
        if holders and not (is_shared and all(holders.values())):
            return False
        if self._queues.get(name):
            return False
        holders[session] = is_shared
        return True

    def wait(
        self, name: str, session: Waiter, then: Callable[[], None], *, is_shared: bool
    ) -> None:
        self._queues.setdefault(name, deque()).append((session, is_shared, then))

    def release(self, name: str, session: Waiter) -> None:
        self._holders.get(name, {}).pop(session, None)
        queue = self._queues.get(name, deque())
        while queue:
            waiting, is_shared, then = queue.popleft()
            if waiting.is_over or waiting.gave_up_waiting:
                continue
            holders = self._holders.setdefault(name, {})
            if holders and not (is_shared and all(holders.values())):
                queue.appendleft((waiting, is_shared, then))
                return
            holders[waiting] = is_shared
            then()

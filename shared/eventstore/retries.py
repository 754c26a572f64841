"""Retries after an optimistic concurrency conflict."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from shared.eventstore.errors import VersionConflict

P = ParamSpec("P")
R = TypeVar("R")

TRIES_MAX = 5


def retried(command: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Run a use case again after a VersionConflict: load, decide, append.

    This is safe, because a conflict means that nothing was written, and correct, because the rules
    decide again on the aggregate's present state. Every conflict is the success of another command,
    so five in a row mean contention on one aggregate: then the last conflict is raised.
    """

    @wraps(command)
    async def until_first(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES_MAX - 1):
            try:
                return await command(*args, **kwargs)
            except VersionConflict:
                continue
        return await command(*args, **kwargs)

    return until_first

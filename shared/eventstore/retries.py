"""Decide again when somebody else was faster."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from shared.eventstore.errors import VersionConflict

P = ParamSpec("P")
R = TypeVar("R")

TRIES_MAX = 5


def retried(command: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Run a use case anew after a VersionConflict: load, decide, append.

    Safe, because a conflict means that nothing was written, and right, because the rules are
    asked again about the aggregate as it is now. Every conflict is somebody else's success, so
    five in a row mean a crowd on one aggregate: then the last conflict is raised.
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

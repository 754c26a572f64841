"""Failures of tasks that run side by side: one by one instead of in groups."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

E = TypeVar("E", bound=BaseException)
T = TypeVar("T")


@contextmanager
def collected(*kinds: type[E]) -> Iterator[list[E]]:
    """Collects the failures of these kinds that end the block, single or in groups.

    This is the only `except*` of the project: Python wraps exceptions raised inside one in a group,
    up to 3.11.3 even `sys.exit`. A caller therefore exits or raises after the block.
    """
    failures: list[E] = []
    try:
        yield failures
    except* kinds as group:
        failures.extend(_leaves(group))


async def all_of(tasks: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run them side by side; the first failure cancels the others and is raised.

    A cancellation is raised as such, whatever fails at the same time: a TaskGroup forgets it then,
    and a loop that goes on after every failure would never end.
    """
    running = [asyncio.ensure_future(task) for task in tasks]
    try:
        return await asyncio.gather(*running)
    except Exception:
        this = asyncio.current_task()
        if this is not None and this.cancelling() > 0:
            raise asyncio.CancelledError from None
        raise
    finally:
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _leaves(group: BaseExceptionGroup[E]) -> Iterator[E]:
    """The exceptions in a group and in the groups in it."""
    for each in group.exceptions:
        if isinstance(each, BaseExceptionGroup):
            yield from _leaves(each)
        else:
            yield each

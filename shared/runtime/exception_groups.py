"""Flattens the exception groups of failed tasks into their single failures."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

E = TypeVar("E", bound=BaseException)


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


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What to raise for a group of tasks: the first failure, which has cancelled the others.

    If this task is being cancelled, that: a group whose task fails at the same time forgets it, and
    a loop that goes on after every failure would never end.
    """
    task = asyncio.current_task()
    is_cancelled = task is not None and task.cancelling() > 0
    return asyncio.CancelledError() if is_cancelled else group.exceptions[0]


def _leaves(group: BaseExceptionGroup[E]) -> Iterator[E]:
    """The exceptions in a group and in the groups in it."""
    for each in group.exceptions:
        if isinstance(each, BaseExceptionGroup):
            yield from _leaves(each)
        else:
            yield each

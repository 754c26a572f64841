"""What several tasks died of at once, one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

E = TypeVar("E", bound=BaseException)


@contextmanager
def collected(*kinds: type[E]) -> Iterator[list[E]]:
    """The failures of these kinds that the block ends by, alone or in groups; empty if by none.

    The only `except*` of the project: Python wraps what is raised inside one in a group, and up to
    3.11.3 even a `sys.exit`. Whoever ends or raises because of a failure does so after the block.
    """
    failures: list[E] = []
    try:
        yield failures
    except* kinds as group:
        failures.extend(_leaves(group))


def _leaves(group: BaseExceptionGroup[E]) -> Iterator[E]:
    """The exceptions in a group and in the groups in it."""
    for each in group.exceptions:
        if isinstance(each, BaseExceptionGroup):
            yield from _leaves(each)
        else:
            yield each

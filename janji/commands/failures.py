"""Errors of commands: one line that names the remedy, without a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.failures import CannotStart
from shared.runtime.exception_groups import collected


@contextmanager
def errors_in_one_line() -> Iterator[None]:
    """An external failure ends the command with exit code 1; a bug keeps its traceback."""
    with collected(CannotStart, OSError) as failures:
        yield
    for failure in failures:
        sys.stderr.write(f"janji: {_in_words(failure)}\n")
    if failures:
        raise SystemExit(1)


def _in_words(failure: Exception) -> str:
    """A system's error without its number, and with what helps."""
    if isinstance(failure, OSError) and failure.strerror and failure.filename:
        return f"{failure.filename}: {failure.strerror}"
    return str(failure)

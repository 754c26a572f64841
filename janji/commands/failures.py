"""What goes wrong is said in one line that names the mend, never as a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.commands import CannotStart
from shared.exception_groups import leaves


@contextmanager
def said_in_one_line() -> Iterator[None]:
    """A failure of the world ends the command with exit code 1; a bug stays a traceback."""
    failed = False
    try:
        yield
    except* (CannotStart, OSError) as group:
        failed = True
        for failure in leaves(group):
            sys.stderr.write(f"janji: {failure}\n")
    if failed:  # not above: what is raised there becomes a group itself
        raise SystemExit(1)

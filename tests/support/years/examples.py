"""The number of examples of a random search: few by default, more by `JANJI_TEST_TIMES`."""

import os

TIMES = int(os.environ.get("JANJI_TEST_TIMES", "1"))


def examples(few: int) -> int:
    """`JANJI_TEST_TIMES=100` looks at a hundred times as many."""
    return few * TIMES

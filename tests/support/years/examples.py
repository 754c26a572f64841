"""How many examples a search of the tests looks at: few each time, more for who has the time."""

import os

TIMES = int(os.environ.get("JANJI_TEST_TIMES", "1"))


def examples(few: int) -> int:
    """`JANJI_TEST_TIMES=100` looks at a hundred times as many."""
    return few * TIMES

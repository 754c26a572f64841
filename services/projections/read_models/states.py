"""The seven states of a case's clock, of which every case is in exactly one.

received = on_time + late + overdue + running + waiting + withdrawn + forwarded
"""

from typing import Literal, TypeAlias, get_args

State: TypeAlias = Literal[
    "on_time", "late", "overdue", "running", "waiting", "withdrawn", "forwarded"
]

STATES: tuple[State, ...] = get_args(State)

DECIDED: frozenset[State] = frozenset({"on_time", "late", "overdue"})
"""Whether the promise was kept can be said of these."""

OPEN: frozenset[State] = frozenset({"overdue", "running", "waiting"})

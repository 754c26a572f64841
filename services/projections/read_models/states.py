"""The seven states of a case's clock, of which every case is in exactly one.

received = on_time + late + overdue + running + waiting + withdrawn + forwarded

A voided case was registered by mistake: it is no case, and counted apart.
"""

from typing import Literal, TypeAlias, get_args

State: TypeAlias = Literal[
    "on_time", "late", "overdue", "running", "waiting", "withdrawn", "forwarded", "voided"
]

VOIDED: Literal["voided"] = "voided"

STATES: tuple[State, ...] = tuple(state for state in get_args(State) if state != VOIDED)
"""Of the identity."""

DECIDED: frozenset[State] = frozenset({"on_time", "late", "overdue"})
"""Whether the promise was kept can be said of these."""

OPEN: frozenset[State] = frozenset({"overdue", "running", "waiting"})

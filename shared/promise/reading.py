"""The state of a clock on a day, as `sla_clock.py` computes it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["answered", "withdrawn", "forwarded", "voided"]
State = Literal[
    "running", "waiting", "overdue", "on_time", "late", "withdrawn", "forwarded", "voided"
]


@dataclass(frozen=True, slots=True)
class Reading:
    """The state of the clock on one day."""

    received_on: dt.date
    days_allowed: int
    due_on: dt.date | None
    days_left: int | None
    days_used: int
    days_elapsed: int
    state: State
    due_soon: bool
    provisional: bool
    calendar: str

    def to_dict(self) -> dict[str, Any]:
        """The object `clock` of the API and of every event."""
        return {
            "received_on": self.received_on.isoformat(),
            "days_allowed": self.days_allowed,
            "due_on": self.due_on and self.due_on.isoformat(),
            "days_left": self.days_left,
            "days_used": self.days_used,
            "days_elapsed": self.days_elapsed,
            "state": self.state,
            "due_soon": self.due_soon,
            "provisional": self.provisional,
            "calendar": self.calendar,
        }

"""A reading of another machine's clock, and what that clock shows since."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class ClockReading:
    """`instant` was read at `read_at_seconds` of the monotonic clock, which nobody sets."""

    instant: datetime
    read_at_seconds: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """What that clock shows at this moment, if it hasn't been set since."""
        return self.instant + timedelta(seconds=time.monotonic() - self.read_at_seconds)

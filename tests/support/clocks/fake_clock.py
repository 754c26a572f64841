"""Clocks for a service: one that a test sets, and one that runs on from there."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class FakeClock:
    """The time that a service takes for now."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class RunningClock(FakeClock):
    """It showed `at` at `began_seconds` of the monotonic clock, and runs on; before, it stood."""

    began_seconds: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=max(0.0, time.monotonic() - self.began_seconds))

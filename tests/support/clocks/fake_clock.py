"""Clocks on the wall: one that a test turns, and one that it winds up."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Wall:
    """What a service takes for now."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class RunningWall(Wall):
    """It showed `at` at `began_seconds` of the monotonic clock, and runs on; before, it stood."""

    began_seconds: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=max(0.0, time.monotonic() - self.began_seconds))

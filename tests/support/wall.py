"""A clock on the wall that a test turns."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Wall:
    """What a service takes for now."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

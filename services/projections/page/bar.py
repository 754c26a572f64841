"""The identity as a picture: one bar whose parts add up to what was received.

Each part has a pattern besides its colour (the stylesheet's), and a number in the table below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STATES = ("on_time", "late", "overdue", "running", "waiting", "withdrawn", "forwarded")
WIDTH = 1000  # units of the drawing; it is shown as wide as its column


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the bar, in units of the drawing."""

    state: str
    count: int
    x: float
    width: float


def bar(figures: Mapping[str, Any]) -> list[Part]:
    """The parts that are not empty, from left to right; their widths add up to `WIDTH`."""
    received = figures["received"]
    parts: list[Part] = []
    before = 0
    for state in STATES:
        if count := figures[state]:
            x, end = WIDTH * before / received, WIDTH * (before + count) / received
            parts.append(Part(state, count, round(x, 2), round(end - x, 2)))
            before += count
    return parts

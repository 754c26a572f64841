"""The identity as a picture: one bar whose parts add up to what was received.

Each part has a pattern besides its colour (in the stylesheet), its name and number inside if they
fit, and always in the table below it. Horizontal sizes are in percent of the drawing's width, which
is the column's: so its words have the size of the page's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STATES = ("on_time", "late", "overdue", "running", "waiting", "withdrawn", "forwarded")
WHOLE = 100.0  # percent

# What fits on the narrowest screen (320 px, less the margins) fits on every other.
NARROWEST_PX = 288
LETTER_PX = 9.5
MARGIN_PX = 8


def room_for(text: str) -> float:
    """The percent of a drawing that a text and the space around it need, on any screen."""
    return (len(text) * LETTER_PX + MARGIN_PX) / NARROWEST_PX * WHOLE


def has_room(text: str, width: float) -> bool:
    """Whether a text fits into so many percent of a drawing, on any screen."""
    return room_for(text) <= width


@dataclass(frozen=True, slots=True)
class BarPart:
    """A part of the bar, in percent of its width."""

    state: str
    count: int
    x: float
    width: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 3)

    def label(self, name: str, count: str) -> str:
        """As much of name and count as fits."""
        return next((text for text in (f"{name} {count}", count) if has_room(text, self.width)), "")


def of_cases(figures: Mapping[str, Any]) -> list[BarPart]:
    """What was received, by state."""
    return bar([(state, figures[state]) for state in STATES])


def of_deadline(figures: Mapping[str, Any]) -> list[BarPart]:
    """A further clock of those cases: kept, missed, or running."""
    kept, missed, running = figures["kept"], figures["missed"], figures["running"]
    return bar([("on_time", kept), ("late", missed), ("running", running)])


def bar(counts: Sequence[tuple[str, int]]) -> list[BarPart]:
    """The parts that are not empty, from left to right; their widths add up to the whole."""
    whole = sum(count for _, count in counts)
    parts: list[BarPart] = []
    before = 0
    for state, count in counts:
        if count:
            x, end = WHOLE * before / whole, WHOLE * (before + count) / whole
            parts.append(BarPart(state, count, round(x, 3), round(end - x, 3)))
            before += count
    return parts

"""Which columns of a drawing have their count above: the greatest that have room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.projections.page.drawings.bar import WHOLE, room_for


class LabelledColumn(Protocol):
    """A column, in percent of the drawing: its middle, and its upper end (0 is the top)."""

    @property
    def middle(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Label:
    """A count, written above `y` around `x`."""

    count: int
    x: float
    y: float

    @property
    def begins(self) -> float:
        return self.x - self._room / 2

    @property
    def ends(self) -> float:
        return self.x + self._room / 2

    @property
    def _room(self) -> float:
        return room_for(f"{self.count:,}")


def labels(columns: Sequence[LabelledColumn]) -> list[Label]:
    """Labels that touch no other label and lie on no column, the greatest first.

    Of equally high columns the first one has its label. The highest column always has one.
    """
    found: list[Label] = []
    for column in sorted(columns, key=lambda each: each.y):
        label = _above(column)
        is_alone = all(label.ends <= each.begins or each.ends <= label.begins for each in found)
        if column.count and is_alone and not _lies_on_one(label, columns):
            found.append(label)
    return found


def _above(column: LabelledColumn) -> Label:
    """In the middle above the column, or shifted to stay inside the drawing."""
    half = room_for(f"{column.count:,}") / 2
    return Label(column.count, round(min(max(column.middle, half), WHOLE - half), 3), column.y)


def _lies_on_one(label: Label, columns: Sequence[LabelledColumn]) -> bool:
    """Whether the label would cover a part of a higher column."""
    half = WHOLE / len(columns) / 2
    return any(
        each.y < label.y and each.middle - half < label.ends and label.begins < each.middle + half
        for each in columns
    )

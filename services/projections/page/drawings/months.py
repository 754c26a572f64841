"""Month by month, as a picture: in each a column of what was on time, and on it what was not.

Counts, never rates: a rate of three cases would look like one of three hundred.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.projections.page.drawings.bar import WHOLE
from services.projections.page.drawings.labels import Label, labels
from services.projections.read_models.periods import read_period

TOP, BOTTOM = 16.0, 84.0  # above: the counts; below: the months
GAP = 0.3  # of a column's place
WIDE_MAX = 4  # more months than these are written with one letter below their columns


@dataclass(frozen=True, slots=True)
class MonthColumn:
    """A month, and its column in percent of the drawing: from `y` down, `late_height` of it late.

    `not_on_time`: late or overdue.
    """

    first_day: date
    received: int
    on_time: int
    not_on_time: int
    x: float
    width: float
    y: float
    late_height: float
    height: float

    @property
    def count(self) -> int:
        """The decided ones: what the column stands for."""
        return self.on_time + self.not_on_time

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 3)


@dataclass(frozen=True, slots=True)
class Months:
    """The columns, side by side, on an axis at `bottom` percent."""

    columns: Sequence[MonthColumn]
    labels: Sequence[Label]
    bottom: float = BOTTOM

    @property
    def are_narrow(self) -> bool:
        """Whether one letter is all that there is room for below each."""
        return len(self.columns) > WIDE_MAX


def months(by_month: Mapping[str, Mapping[str, Any]] | None, today: date) -> Months | None:
    """The months that have begun or hold a case; None where there is nothing to compare."""
    shown = [
        (read_period(id_).first_day, figures)
        for id_, figures in (by_month or {}).items()
        if figures["received"] or read_period(id_).has_begun(today)
    ]
    most = max((_decided(figures) for _, figures in shown), default=0)
    if not most or len(shown) < 2:
        return None
    columns = [
        _month(first_day, figures, number, WHOLE / len(shown), most)
        for number, (first_day, figures) in enumerate(shown)
    ]
    return Months(columns, labels(columns))


def _month(
    first_day: date, figures: Mapping[str, Any], number: int, place: float, most: int
) -> MonthColumn:
    late = _decided(figures) - figures["on_time"]
    unit = (BOTTOM - TOP) / most
    return MonthColumn(
        first_day,
        figures["received"],
        figures["on_time"],
        late,
        x=round((number + GAP / 2) * place, 3),
        width=round((1 - GAP) * place, 3),
        y=round(BOTTOM - _decided(figures) * unit, 3),
        late_height=round(late * unit, 3),
        height=round(figures["on_time"] * unit, 3),
    )


def _decided(figures: Mapping[str, Any]) -> int:
    return int(figures["on_time"] + figures["late"] + figures["overdue"])

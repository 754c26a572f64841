"""How long it took, as a picture: a column a day, and each promise as a line after its last day.

Cases that took far longer than any promise share one last column, so that a single old case doesn't
flatten all others. All sizes are in percent of the drawing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.projections.page.drawings.bar import WHOLE, room_for
from services.projections.page.drawings.labels import Label, labels

TOP, BOTTOM = 28.0, 86.0  # above: the promises and the counts; below: the days
DAYS_MIN = 3  # of an axis: a single column as wide as the page would say nothing
DAYS_BEYOND = 9  # shown one by one after the longest promise
LABELS_MAX = 13  # columns that each have their day written below
GAP = 0.2  # of a column's place

STEPS = (1, 2, 5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class Column:
    """So many cases took `days`, or that and more if it is the rest."""

    days: int
    count: int
    is_rest: bool
    x: float
    width: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 3)

    @property
    def label(self) -> str:
        return f"{self.days}+" if self.is_rest else str(self.days)


@dataclass(frozen=True, slots=True)
class Line:
    """A promise of so many days, drawn after the last of them."""

    days: int
    x: float


@dataclass(frozen=True, slots=True)
class Histogram:
    columns: Sequence[Column]
    lines: Sequence[Line]
    ticks: Sequence[Column]  # those whose day is written below
    labels: Sequence[Label]
    highest: Column
    bottom: float = BOTTOM  # where the axis is


def histogram(counts: Mapping[str, int], promises: Sequence[int]) -> Histogram | None:
    """`counts` is that of the JSON: how many cases, by days used. None where there are none."""
    by_days = {int(days): count for days, count in counts.items()}
    if not by_days:
        return None
    last = _last_day(max(by_days), promises)
    rest = sum(count for days, count in by_days.items() if days > last)
    values = [(days, by_days.get(days, 0), False) for days in range(last + 1)]
    if rest:
        values.append((last + 1, rest, True))
    columns = _columns(values)
    return Histogram(
        columns=columns,
        lines=[_line(days, columns) for days in sorted(set(promises)) if days <= last],
        ticks=_ticks(columns),
        labels=labels(columns),
        highest=max(columns, key=lambda column: column.count),
    )


def _last_day(longest: int, promises: Sequence[int]) -> int:
    """The last day with a column of its own."""
    shown = max(promises, default=0) + DAYS_BEYOND
    return max(DAYS_MIN - 1, min(longest, shown))


def _columns(values: Sequence[tuple[int, int, bool]]) -> list[Column]:
    place = WHOLE / len(values)
    most = max(count for _, count, _ in values)
    return [
        Column(
            days,
            count,
            is_rest,
            x=round((number + GAP / 2) * place, 3),
            width=round((1 - GAP) * place, 3),
            y=round(BOTTOM - count / most * (BOTTOM - TOP), 3),
            height=round(count / most * (BOTTOM - TOP), 3),
        )
        for number, (days, count, is_rest) in enumerate(values)
    ]


def _line(days: int, columns: Sequence[Column]) -> Line:
    return Line(days, round((days + 1) * WHOLE / len(columns), 3))


def _ticks(columns: Sequence[Column]) -> list[Column]:
    """The rest, whose label ends with the drawing, and the days whose labels fit beside it."""
    step = next((step for step in STEPS if len(columns) <= step * LABELS_MAX), STEPS[-1])
    *days, last = columns
    if not last.is_rest:
        return [each for each in columns if each.days % step == 0]
    room = WHOLE - room_for(last.label)
    fitting = [each for each in days if each.middle + room_for(each.label) / 2 <= room]
    return [*(each for each in fitting if each.days % step == 0), last]

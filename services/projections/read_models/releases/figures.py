"""The released figures of all complaints of a period together: days, further clocks, ratings.

A figure that has hardly changed is released unchanged: the effect of one more case on a
distribution or a mean would reveal that case.

Next: `releases.py`, which says when.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from services.projections.read_models import deadlines
from services.projections.read_models.counts.year_counts import Counts, Histogram, days, share
from services.projections.read_models.periods import Period
from services.projections.read_models.releases.disclosure import CELL_MIN, fewest_changed
from services.projections.read_models.releases.imports import SOURCE
from services.projections.read_models.rules_in_force import RulesInForce

Figures = dict[str, Any]


class ReleaseFigures:
    """The figures of one year, release after release."""

    def __init__(self, rules: RulesInForce) -> None:
        self._rules = rules
        self._last: dict[tuple[Period, str], tuple[Mapping[Any, int], Figures]] = {}

    def of(self, period: Period, counts: Counts, on: dt.date, *, with_days: bool) -> Figures:
        """with_days: the distribution of days may be published; else the last one stays."""
        standard = self._rules.standard(period, on)
        clocks = deadlines.figures(counts, SOURCE, standard, self._rules.standards)
        rated, used = counts.histogram("rating"), counts.histogram("days_used")
        took = {name: _on(on, figures) for name, figures in days(counts).items()}
        _, last = self._last.get((period, "days"), (None, {}))
        return {
            **(self._released(period, "days", used, took) if with_days else last),
            "further_clocks": {
                code: self._released(
                    period, code, {state: clock[state] for state in deadlines.ORDER}, _on(on, clock)
                )
                for code, clock in clocks.items()
            },
            "rating": self._released(period, "rating", rated, _on(on, _rating(rated))),
        }

    def _released(
        self, period: Period, name: str, counted: Mapping[Any, int], figures: Figures
    ) -> Figures:
        """The new figures, or the last released ones if the counts have hardly changed."""
        last = self._last.get((period, name))
        if last is not None:
            values = sorted({*counted, *last[0]})
            new, old = ([each.get(value, 0) for value in values] for each in (counted, last[0]))
            if fewest_changed(new, old) < CELL_MIN:
                return last[1]
        self._last[period, name] = counted, figures
        return figures


def _rating(scores: Histogram) -> Figures:
    count = sum(scores.values())
    total = sum(score * times for score, times in scores.items())
    return {"mean": share(total, count), "count": count}


def _on(day: dt.date, figures: Mapping[str, Any]) -> Figures:
    return {**figures, "released_on": day.isoformat()}

"""What a release says of all complaints of a period together: days, further clocks, ratings.

What hardly changed stands as it was released: what one case more makes of a distribution or of a
mean would tell how that case went.

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
    """Those of one year, release after release."""

    def __init__(self, rules: RulesInForce) -> None:
        self._rules = rules
        self._stood: dict[tuple[Period, str], tuple[Mapping[Any, int], Figures]] = {}

    def of(self, period: Period, counts: Counts, on: dt.date, *, with_days: bool) -> Figures:
        """with_days: the distribution of days may be told; else it stands as it was, if it was."""
        standard = self._rules.standard(period, on)
        clocks = deadlines.figures(counts, SOURCE, standard, self._rules.standards)
        rated, used = counts.histogram("rating"), counts.histogram("days_used")
        took = {name: _on(on, figures) for name, figures in days(counts).items()}
        _, stood = self._stood.get((period, "days"), (None, {}))
        return {
            **(self._standing(period, "days", used, took) if with_days else stood),
            "further_clocks": {
                code: self._standing(
                    period, code, {state: clock[state] for state in deadlines.ORDER}, _on(on, clock)
                )
                for code, clock in clocks.items()
            },
            "rating": self._standing(period, "rating", rated, _on(on, _rating(rated))),
        }

    def _standing(
        self, period: Period, what: str, counted: Mapping[Any, int], said: Figures
    ) -> Figures:
        """What is said, or what was where the counts behind it hardly changed."""
        stood = self._stood.get((period, what))
        if stood is not None:
            values = sorted({*counted, *stood[0]})
            new, old = ([each.get(value, 0) for value in values] for each in (counted, stood[0]))
            if fewest_changed(new, old) < CELL_MIN:
                return stood[1]
        self._stood[period, what] = counted, said
        return said


def _rating(scores: Histogram) -> Figures:
    count = sum(scores.values())
    total = sum(score * times for score, times in scores.items())
    return {"mean": share(total, count), "count": count}


def _on(day: dt.date, figures: Mapping[str, Any]) -> Figures:
    return {**figures, "released_on": day.isoformat()}

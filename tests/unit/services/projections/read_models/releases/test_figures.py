"""A figure that hardly changed tells of single cases, so it stands as it was released."""

import pytest

from services.projections.read_models.periods import year
from services.projections.read_models.releases.figures import ReleaseFigures
from services.projections.read_models.rules_in_force import RulesInForce
from shared.promise.standard import load_standards
from shared.promise.working_days import load_calendar

PERIOD = year(2026)


@pytest.mark.parametrize(("ratings", "mean"), [(14, "first"), (15, "second")])
def test_figure_that_hardly_changed_stands(ratings: int, mean: str) -> None:
    released = ReleaseFigures(RulesInForce(load_standards(), load_calendar()))
    released._released(PERIOD, "rating", {5: 10}, {"mean": "first"})

    figures = released._released(PERIOD, "rating", {5: ratings}, {"mean": "second"})

    assert figures == {"mean": mean}

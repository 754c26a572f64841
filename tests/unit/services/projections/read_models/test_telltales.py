"""What other figures tell of a breakdown is known, so that it can be hidden accordingly."""

from typing import Any

import pytest

from services.projections.read_models.suppression import YEAR, Cells, Row, neighbours, published
from services.projections.read_models.telltales import Month, told
from tests.support.twins import table


def first_quarter(**said: Any) -> list[list[Month]]:
    """A year of which only the first month tells something."""
    silent = Month(days_used={}, not_on_time=0, running=0, paused=0, age=0)
    return [[silent._replace(**said), silent, silent], *[[silent] * 3] * 3]


def test_days_used_give_a_long_deadline_away_so_all_hide_together() -> None:
    """One complaint took 30 days and was on time: it had 60. Its neighbours can't hide it."""
    complaints = table(
        minor=[(20, 0, 0)],
        normative=[(10, 0, 0)],
        non_oversight=[(0, 0, 0)],
        oversight=[(1, 0, 0)],
        unclassified=[(0, 0, 0)],
    )
    allowed = {"minor": 5, "normative": 5, "non_oversight": 14, "oversight": 60, "unclassified": 5}
    given_away = told(complaints, allowed, first_quarter(days_used={2: 30, 30: 1}))

    said = published(
        complaints, groups=neighbours(list(complaints)), yearly=["oversight"], told=given_away
    )

    assert given_away[0, "oversight"] == Cells(on_time=1)
    assert said[YEAR]["minor"] == said[YEAR]["oversight"] == Row(None, None, 0)


def test_late_ones_may_be_the_ones_that_took_long() -> None:
    complaints = table(minor=[(20, 2, 0)], non_oversight=[(5, 0, 0)], oversight=[(5, 0, 0)])
    allowed = {"minor": 5, "non_oversight": 14, "oversight": 60}
    days_used = {2: 24, 10: 4, 20: 3, 30: 1}

    given_away = told(complaints, allowed, first_quarter(days_used=days_used, not_on_time=2))

    assert {cell: each.on_time for cell, each in given_away.items() if any(each)} == {
        (0, "oversight"): 2,  # 4 took more than 14 days, 2 of them may have been late
        (0, "non_oversight"): 4,  # 8 took more than 5 days, less the 2 late and the 2 above
    }


@pytest.mark.parametrize(
    ("age", "paused", "oversight", "non_oversight"),
    [
        pytest.param(5, 0, 0, 0, id="any may still run"),
        pytest.param(6, 0, 4, 3, id="longer than the short deadlines"),
        pytest.param(14, 0, 4, 3, id="on the last day of the longer ones"),
        pytest.param(15, 3, 4, 0, id="longer than all but the longest, or paused"),
        pytest.param(15, 5, 2, 0, id="any may be those that were paused"),
    ],
)
def test_what_still_runs_after_the_short_deadlines_had_a_long_one(
    age: int, paused: int, oversight: int, non_oversight: int
) -> None:
    complaints = table(
        minor=[(20, 0, 0)], non_oversight=[(5, 0, 3)], oversight=[(5, 0, 4)], late=[(0, 0, 0)]
    )
    allowed = {"minor": 5, "non_oversight": 14, "oversight": 60, "late": 5}

    given_away = told(complaints, allowed, first_quarter(running=7, paused=paused, age=age))

    assert given_away[0, "oversight"] == Cells(undecided=oversight)
    assert given_away[0, "non_oversight"] == Cells(undecided=non_oversight)

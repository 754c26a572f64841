"""A case's days are drawn as on a wall calendar, a week a line."""

from datetime import date, timedelta

from janji.commands.trace import STRIP_DAYS_MAX, Reached, Traced, drawn
from testbed.service_requests import CALENDAR, submitted

TUESDAY = date(2026, 11, 3)


def traced(until: date) -> Traced:
    """Received on Monday 2 November, due on the 3rd."""
    case = submitted()
    return Traced(
        case=case,
        events=[],
        reading=case.clock.reading(until, CALENDAR),
        days=case.clock.day_by_day(until, CALENDAR),
        reached=Reached(published=0, published_at=None, applied=0, held={}),
    )


def test_every_week_is_a_line_and_the_due_date_stands_out() -> None:
    lines = list(drawn(traced(TUESDAY + timedelta(days=6))))

    assert "2026-11-02     ↓  1◆   2   3   4   –   –" in lines
    assert "2026-11-09     5   .   .   .   .   .   ." in lines


def test_last_weeks_of_a_long_case_are_drawn() -> None:
    lines = list(drawn(traced(TUESDAY + timedelta(days=700))))

    weeks = [line for line in lines if line.startswith("202")]
    assert len(weeks) <= STRIP_DAYS_MAX // 7 + 2
    assert not any(line.startswith("2026-11") for line in weeks)

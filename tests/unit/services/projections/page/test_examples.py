"""Each rule of the clock has an example, and what is drawn of it is what the clock says."""

from datetime import date

import pytest

from services.projections.page.examples import EXAMPLES, draw
from services.projections.page.rules import CLOCK_RULES
from shared.promise.reading import Reading
from shared.promise.working_days import load_calendar

CALENDAR = load_calendar()


def reading(name: str) -> Reading:
    example = EXAMPLES[name]
    return example.clock(CALENDAR).reading(date.fromisoformat(f"2026-{example.until}"), CALENDAR)


def test_every_rule_has_an_example_and_every_example_a_rule() -> None:
    assert list(EXAMPLES) == list(CLOCK_RULES)


@pytest.mark.parametrize(
    ("name", "due_on", "state"),
    [
        ("working_day", date(2026, 3, 31), "running"),
        ("received_on", date(2026, 11, 10), "running"),
        ("counted", date(2026, 11, 6), "running"),
        ("no_close", date(2026, 12, 28), "running"),
        ("due_on", date(2026, 11, 9), "running"),
        ("on_time", date(2026, 11, 3), "late"),
        ("days_used", date(2026, 11, 9), "on_time"),
        ("late_stays_late", date(2026, 11, 3), "late"),
        ("days_elapsed", date(2026, 11, 5), "on_time"),
    ],
)
def test_an_example_is_reckoned_by_the_clock_itself(name: str, due_on: date, state: str) -> None:
    assert (reading(name).due_on, reading(name).state) == (due_on, state)


def test_the_applicants_view_is_told_beside_the_offices() -> None:
    told = draw(EXAMPLES["days_elapsed"], CALENDAR, "id").story

    assert "Bagi kantor: 0 hari kerja yang digunakan; bagi pemohon: 2 hari kerja" in told


def test_the_wall_marks_the_due_date_that_the_story_names() -> None:
    example = draw(EXAMPLES["counted"], CALENDAR, "en")

    assert "It is due on Friday, 6 November 2026." in example.story
    assert '<td class="counted due">' in example.wall
    assert "waiting for the applicant" in example.wall

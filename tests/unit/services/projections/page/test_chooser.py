"""How periods are called, and which of them are offered beside the chosen one."""

import pytest

from services.projections.page.chooser import choices, in_a_sentence, name_of
from services.projections.read_models.periods import parts_of, read_period

TWO_YEARS = [*parts_of(2026), *parts_of(2025)]


@pytest.mark.parametrize(
    ("period", "indonesian", "english"),
    [
        ("2026", "2026", "2026"),
        ("2026-Q4", "Triwulan IV Tahun 2026", "Quarter 4 of 2026"),
        ("2026-05", "Mei 2026", "May 2026"),
    ],
)
def test_a_period_has_a_name_in_both_languages(period: str, indonesian: str, english: str) -> None:
    assert name_of(read_period(period), "id") == indonesian
    assert name_of(read_period(period), "en") == english


@pytest.mark.parametrize(
    ("period", "indonesian", "english"),
    [
        ("2026", "tahun 2026", "2026"),
        ("2026-Q1", "Triwulan I Tahun 2026", "Quarter 1 of 2026"),
        ("2026-05", "Mei 2026", "May 2026"),
    ],
)
def test_a_period_is_named_in_a_sentence(period: str, indonesian: str, english: str) -> None:
    assert in_a_sentence(read_period(period), "id") == indonesian
    assert in_a_sentence(read_period(period), "en") == english


@pytest.mark.parametrize(
    ("chosen", "quarters", "months"),
    [
        ("2025", ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"], []),
        (
            "2025-Q2",
            ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"],
            ["2025-04", "2025-05", "2025-06"],
        ),
        (
            "2026-12",
            ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"],
            ["2026-10", "2026-11", "2026-12"],
        ),
    ],
)
def test_all_years_are_offered_and_what_lies_around_the_chosen_period(
    chosen: str, quarters: list[str], months: list[str]
) -> None:
    offered = choices(TWO_YEARS, read_period(chosen), "id")

    assert [each for each, _ in offered["years"]] == ["2026", "2025"]
    assert [each for each, _ in offered["quarters"]] == quarters
    assert [each for each, _ in offered["months"]] == months

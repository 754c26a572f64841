"""The answer in words, one row a state of the figures."""

from typing import Any

import pytest

from services.projections.page.rules import CLOCK_RULES, STATISTICS_RULES
from services.projections.page.sentences import answer
from services.projections.page.words import WORDS
from shared.web.language import Language

FIGURES = {
    "received": 0,
    "on_time": 0,
    "late": 0,
    "overdue": 0,
    "days_allowed": 1,
    "target_rate": 1.0,
    "target_met": None,
}


def figures(**counts: Any) -> dict[str, Any]:
    return {**FIGURES, **counts}


MOST = figures(received=120, on_time=110, late=3, overdue=2, target_met=False)
FEW = figures(received=7, on_time=6, late=1, target_met=False)
ALL = figures(received=42, on_time=42, target_met=True)
NONE_DUE = figures(received=3)

SAID = [
    pytest.param(
        MOST,
        "id",
        "Dari 115 permintaan yang sudah jatuh tempo atau selesai, 110 diselesaikan tepat waktu, "
        "dalam 1 hari kerja (95,7\N{NO-BREAK SPACE}%). Janji kami: semuanya.",
        "Belum terpenuhi.",
        id="20 or more decided",
    ),
    pytest.param(
        MOST,
        "en",
        "Of 115 requests finished or due, 110 were completed on time, within 1 working day "
        "(95.7\N{NO-BREAK SPACE}%). Our promise: all of them.",
        "Not met.",
        id="20 or more decided, in English",
    ),
    pytest.param(
        FEW,
        "id",
        "6 dari 7 permintaan diselesaikan tepat waktu. Jumlahnya terlalu sedikit untuk persentase.",
        "",
        id="fewer than 20",
    ),
    pytest.param(
        FEW,
        "en",
        "6 of 7 requests were completed on time. Too few for a percentage.",
        "",
        id="fewer than 20, in English",
    ),
    pytest.param(
        ALL,
        "id",
        "Semua 42 permintaan diselesaikan tepat waktu.",
        "Janji terpenuhi.",
        id="all kept",
    ),
    pytest.param(
        ALL, "en", "All 42 requests were completed on time.", "Promise kept.", id="all, in English"
    ),
    pytest.param(
        NONE_DUE,
        "id",
        "Belum ada permintaan yang jatuh tempo pada periode ini.",
        "",
        id="none decided",
    ),
    pytest.param(
        FIGURES,
        "id",
        "Tidak ada permintaan yang diterima pada periode ini.",
        "",
        id="none received",
    ),
]


@pytest.mark.parametrize(("block", "language", "sentence", "verdict"), SAID)
def test_the_answer_in_words(
    block: dict[str, Any], language: Language, sentence: str, verdict: str
) -> None:
    assert answer("requests", block, language) == (sentence, verdict)


def test_a_target_below_all_cases_can_be_met_without_all_of_them() -> None:
    block = {**MOST, "target_rate": 0.9, "target_met": True}

    sentence, verdict = answer("requests", block, "en")

    assert sentence.endswith("Our promise: 90.0\N{NO-BREAK SPACE}%.")
    assert verdict == "Met."


def test_complaints_are_measured_by_their_category() -> None:
    sentence, _ = answer("complaints", {**MOST, "days_allowed": None}, "id")

    assert "110 diselesaikan tepat waktu, dalam batas waktu kategorinya" in sentence


@pytest.mark.parametrize("text", [*WORDS.values(), *CLOCK_RULES, *STATISTICS_RULES])
def test_every_text_is_there_in_both_languages(text: Any) -> None:
    assert text.id.strip()
    assert text.en.strip()

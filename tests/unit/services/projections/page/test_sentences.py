"""The answer in words, one row a state of the figures."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.projections.page.sentences import answer, held_for_checking, how_long, notes, verdict
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
    "on_time_rate": None,
}


def figures(**counts: Any) -> dict[str, Any]:
    return {**FIGURES, **counts}


MOST = figures(received=120, on_time=110, late=3, overdue=2, target_met=False)
FEW = figures(received=7, on_time=6, late=1, target_met=False)
ALL = figures(received=42, on_time=42, target_met=True)
NONE_DUE = figures(received=3)
UNDECREED = {"target_met": None}

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
        ALL | UNDECREED,
        "id",
        "Semua 42 permintaan diselesaikan tepat waktu.",
        "",
        id="all kept, on undecreed days",
    ),
    pytest.param(
        MOST | UNDECREED,
        "en",
        "Of 115 requests finished or due, 110 were completed on time, within 1 working day "
        "(95.7\N{NO-BREAK SPACE}%). Our promise: all of them.",
        "",
        id="most kept, on undecreed days",
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
    pytest.param(
        NONE_DUE,
        "en",
        "No request of this period has fallen due yet.",
        "",
        id="none decided, in English",
    ),
    pytest.param(
        FIGURES,
        "en",
        "No request was received in this period.",
        "",
        id="none received, in English",
    ),
]
SINCE = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)
HELD = [
    (
        2,
        "id",
        "2 kasus ditahan untuk diperiksa dan belum dihitung sejak 24 November 2026 pukul "
        "10.15 WIB.",
    ),
    (2, "en", "2 cases are held for checking and not counted since 24 November 2026, 10:15 WIB."),
    (
        1,
        "id",
        "1 kasus ditahan untuk diperiksa dan belum dihitung sejak 24 November 2026 pukul "
        "10.15 WIB.",
    ),
    (1, "en", "1 case is held for checking and not counted since 24 November 2026, 10:15 WIB."),
]
AGREED = {  # the sentences that don't depend on counts, word for word
    "not_over": (
        "Periode ini belum berakhir; angkanya masih berubah.",
        "This period is not over; its figures still change.",
    ),
    "stale": (
        "Data belum diperbarui sejak {at}. Angka di bawah mungkin tidak lengkap.",
        "Data has not been updated since {at}. The figures below may be incomplete.",
    ),
    "provisional": (
        "Sebagian batas waktu bergantung pada hari libur yang belum ditetapkan.",
        "Some due dates depend on holidays not yet decreed.",
    ),
    "merged_why": (
        "Kategori atau saluran dengan kurang dari 5 pengaduan digabung agar pelapor tidak dapat "
        "dikenali.",
        "Categories and channels with fewer than 5 complaints are shown together so that nobody "
        "who complained can be recognised.",
    ),
}


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


@pytest.mark.parametrize(("held", "language", "sentence"), HELD)
def test_held_cases_are_named_with_since_when(held: int, language: Language, sentence: str) -> None:
    assert held_for_checking(held, SINCE, language) == sentence


@pytest.mark.parametrize("key", AGREED)
def test_further_notes_to_the_public_are_said_in_the_agreed_words(key: str) -> None:
    indonesian, english = AGREED[key]

    assert WORDS[key].id.startswith(indonesian)
    assert WORDS[key].en.startswith(english)


def test_duration_reads_well_for_no_day_one_day_and_many() -> None:
    block = figures(
        days_used={"median": 0, "p90": 1, "max": 9}, days_elapsed={"median": 1, "p90": 9, "max": 9}
    )

    assert how_long("requests", block, "id") == (
        "Separuh kasus selesai dalam waktu kurang dari 1 hari kerja, sembilan dari sepuluh kasus "
        "paling lama 1 hari kerja. Dari sisi pemohon, termasuk masa menunggu: paling lama 1 hari "
        "kerja dan paling lama 9 hari kerja."
    )
    assert "Dari sisi pelapor, termasuk masa menunggu" in how_long("complaints", block, "id")
    assert how_long("requests", block, "en") == (
        "Half of the cases took less than 1 working day, nine of ten at most 1 working day. As "
        "applicants see it, waiting included: at most 1 working day and at most 9 working days."
    )


def test_duration_is_not_said_where_nothing_is_decided() -> None:
    unknown = {"median": None, "p90": None, "max": None}

    assert how_long("requests", figures(days_used=unknown, days_elapsed=unknown), "id") == ""


def test_unreleased_days_are_not_mentioned() -> None:
    assert how_long("complaints", figures(days_used=None, days_elapsed=None), "id") == ""


SHORT = [
    pytest.param(
        figures(received=1_200, on_time=1_069, late=47, overdue=7, target_met=False),
        "id",
        "Belum terpenuhi.",
        "1.069 dari 1.123 permintaan (95,2\N{NO-BREAK SPACE}%) selesai dalam 1 hari kerja. Janji "
        "kami: semuanya.",
        id="most",
    ),
    pytest.param(
        MOST,
        "en",
        "Not met.",
        "110 of 115 requests (95.7\N{NO-BREAK SPACE}%) were finished within 1 working day. Our "
        "promise: all of them.",
        id="most, in English",
    ),
    pytest.param(
        ALL, "id", "Janji terpenuhi.", "Semua 42 permintaan selesai dalam 1 hari kerja.", id="all"
    ),
    pytest.param(
        FEW,
        "id",
        "",
        "6 dari 7 permintaan diselesaikan tepat waktu. Jumlahnya terlalu sedikit untuk persentase.",
        id="few",
    ),
    pytest.param(
        figures(received=120, on_time=110, late=5, target_met=None),
        "id",
        "",
        "110 dari 115 permintaan (95,7\N{NO-BREAK SPACE}%) selesai dalam 1 hari kerja. Janji kami: "
        "semuanya.",
        id="no verdict",
    ),
    pytest.param(
        figures(received=42, on_time=42, target_met=None),
        "id",
        "",
        "Semua 42 permintaan selesai dalam 1 hari kerja.",
        id="all, and no verdict",
    ),
]


@pytest.mark.parametrize(("block", "language", "met", "sentence"), SHORT)
def test_the_verdict_comes_first_and_is_short(
    block: dict[str, Any], language: Language, met: str, sentence: str
) -> None:
    assert verdict("requests", block, language) == (met, sentence)


def test_missing_verdict_is_said_where_holidays_are_not_decreed() -> None:
    unsure = figures(received=30, on_time=30, target_met=None, on_time_rate=1.0)

    assert notes(unsure, "id") == [
        "Sebagian hari libur pada periode ini belum ditetapkan; kami belum menyatakan janji "
        "terpenuhi atau tidak."
    ]
    assert notes(unsure, "en") == [
        "Some holidays of this period are not decreed yet; we don't say yet whether the promise "
        "was kept."
    ]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        pytest.param({"imported": 61, "imported_on": "2026-11-30"}, True, id="most of it"),
        pytest.param({"imported": 60, "imported_on": "2026-11-30"}, False, id="half of it"),
        pytest.param({"imported": 0, "imported_on": None}, False, id="none of it"),
        pytest.param({}, False, id="not known"),
    ],
)
def test_figures_that_mostly_come_from_older_records_say_so(
    counts: dict[str, Any], said: bool
) -> None:
    found = notes({**MOST, "on_time_rate": 0.9565, **counts}, "id")

    sentence = "Angka periode ini berasal dari data lama yang dimasukkan pada 30 November 2026."
    assert found == ([sentence] if said else [])

"""What the first page shows of a release, and of what an office could hide behind."""

from typing import Any

import pytest

from tests.support.pages.made_up_figures import (
    COMPLAINTS,
    REQUESTS,
    block,
    identity,
    page_of,
    released,
    statistics,
)
from tests.support.pages.markup import Markup
from tests.support.pages.page_tables import Tables

OCTOBER = "2026-10-01"
RELEASED: dict[str, Any] = {
    **COMPLAINTS,
    "released_at": "2026-09-30T17:00:00Z",
    "by_category": {
        "minor": released("minor", on_time=25, not_on_time=3, undecided=2, on=OCTOBER),
        "oversight+unclassified": released(
            "oversight", "unclassified", on_time=4, not_on_time=1, on="2026-07-01"
        ),
    },
    "by_channel": {
        "instagram+facebook+twitter": released(
            "instagram", "facebook", "twitter", on_time=6, not_on_time=1, on=OCTOBER
        ),
    },
    "days_used": {"median": 2, "p90": 5, "max": 9, "histogram": {"2": 20, "9": 12}},
    "days_elapsed": {"median": 3, "p90": 6, "max": 12},
    "rating": {"mean": 4.2353, "count": 17},
    "further_clocks": {},
}


def text_of(complaints: dict[str, Any], **settings: Any) -> str:
    return Markup(page_of(statistics(complaints=complaints), **settings)).text


def test_the_details_of_complaints_are_those_of_the_release_and_name_its_day() -> None:
    text = text_of(RELEASED)

    assert "Rincian pengaduan di bawah ini dirilis pada 1 Oktober 2026" in text
    assert "Pengaduan ringan (5 hari kerja): 25 dari 28 tepat waktu; 2 lainnya" in text
    assert "Separuh kasus selesai dalam waktu paling lama 2 hari kerja" in text
    assert "Pengaduan menurut hari kerja yang digunakan; terbanyak 20, dalam 2 hari kerja" in text
    assert "Rata-rata 4,2 dari 5; jumlah penilaian: 17." in text


def test_merged_rows_name_all_their_members_and_why() -> None:
    text = text_of(RELEASED, language="en")

    assert "Social media: Instagram, Facebook, Twitter: 6 of 7 on time" in text
    assert (
        "Categories and channels with fewer than 5 complaints are shown together so that nobody "
        "who complained can be recognised."
    ) in text


def test_merging_is_not_mentioned_where_no_row_is_merged() -> None:
    alone = {key: row for key, row in RELEASED["by_category"].items() if key == "minor"}

    assert "digabung" not in text_of({**RELEASED, "by_category": alone, "by_channel": {}})


def test_a_row_of_an_older_release_names_its_own_day() -> None:
    tables = Tables(page_of(statistics(complaints=RELEASED))).found

    _, minor, merged = tables["Pengaduan yang diterima pada tahun 2026, menurut kategori"]
    assert minor == ["Pengaduan ringan (5 hari kerja)", "30", "25", "3"]
    assert merged[0].endswith("Belum dikategorikan (5 hari kerja) (rilis 1 Juli 2026)")


def test_figures_of_an_older_release_name_its_day() -> None:
    days = {**RELEASED["days_used"], "released_on": "2026-07-01"}
    rating = {**RELEASED["rating"], "released_on": OCTOBER}

    text = text_of({**RELEASED, "days_used": days, "rating": rating})

    assert "dan paling lama 6 hari kerja. (rilis 1 Juli 2026)" in text
    assert "17. (rilis" not in text


def test_service_unknown_to_the_standard_has_a_name() -> None:
    channels = {"janji+other": released("janji", "other", on_time=6, not_on_time=0, on=OCTOBER)}

    assert "Lainnya (di luar standar): 6 dari 6 tepat waktu" in text_of(
        {**RELEASED, "by_channel": channels}
    )


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026", "Rincian pengaduan periode ini belum dirilis."),
        ("2026-11", "hanya ditampilkan per triwulan dan per tahun."),
    ],
)
def test_page_says_why_nothing_is_released(period: str, said: str) -> None:
    page = Markup(page_of(statistics(period, complaints=COMPLAINTS)))

    assert said in page.text
    assert "Menurut kategori" not in page.text
    assert "Penilaian" not in page.text


def test_the_day_of_a_release_is_the_offices_day() -> None:
    late = {**RELEASED, "released_at": "2026-12-31T17:30:00Z"}  # 00:30 in Pontianak

    assert "dirilis pada 1 Januari 2027" in text_of(late)


@pytest.mark.parametrize("service", ["requests", "complaints"])
def test_no_row_is_shown_of_what_can_never_happen(service: str) -> None:
    blocks = {"requests": REQUESTS, "complaints": COMPLAINTS}
    tables = Tables(page_of(statistics(), "en")).found

    never = {
        "requests": {"Forwarded", "Reopened", "Reopenings in all", "Reclassified"},
        "complaints": {"Withdrawn"},
    }
    own = [rows for caption, rows in tables.items() if service in caption.lower()]
    shown = {row[0] for rows in own for row in rows}
    assert blocks[service]["received"] > 0
    assert shown
    assert not shown & never[service]


def test_backdated_and_voided_cases_are_shown_where_they_are_known() -> None:
    known = {**REQUESTS, "backdated": 4, "voided": 3, "voided_overdue": 1}

    unsaid = Markup(page_of(statistics())).text
    said = Markup(page_of(statistics(requests=known))).text

    assert "Dicatat lebih dari 1 hari kerja setelah diterima 4" in said
    assert "Dibatalkan karena salah catat, tidak termasuk yang diterima 3" in said
    assert "Dibatalkan karena salah catat sesudah batas waktu terlampaui 1" in said
    assert "salah catat" not in unsaid


def test_the_verdict_stands_before_all_that_is_said_of_it() -> None:
    requests = {**REQUESTS, **block(on_time=30, late=2), "days_allowed": 1, "imported": 32}
    page = page_of(statistics(requests={**requests, "imported_on": "2026-11-30"}))

    text = Markup(page).text
    verdict = text.index("Belum terpenuhi. 30 dari 32 permintaan")
    imported = text.index("Angka periode ini berasal dari data lama")
    sentence = text.index("Dari 32 permintaan yang sudah jatuh tempo atau selesai")
    assert verdict < imported < sentence


def test_sentence_true_of_both_services_is_said_once() -> None:
    unsure: dict[str, Any] = {"target_met": None, "has_provisional": True}
    requests, complaints = {**REQUESTS, **unsure}, {**COMPLAINTS, **unsure}

    text = Markup(page_of(statistics(requests=requests, complaints=complaints))).text

    assert text.count("kami belum menyatakan janji terpenuhi atau tidak") == 1
    assert "Sebagian batas waktu bergantung pada hari libur yang belum ditetapkan." in text
    assert "Janji terpenuhi." not in text


def test_kinds_are_rows_and_a_long_table_is_folded() -> None:
    rows = {kind: identity(on_time=5, late=1) for kind in ("account_change", "password_reset")}
    page = page_of(statistics(requests={**REQUESTS, "by_kind": rows}))

    tables = Tables(page).found
    assert tables["Permintaan yang diterima pada tahun 2026, menurut jenis"][1:] == [
        ["Pengubahan", "6", "5", "1"],
        ["Atur ulang kata sandi", "6", "5", "1"],
    ]
    (states,) = [rows for caption, rows in tables.items() if "jenis dan status" in caption]
    assert ["Terlambat", "1"] in states
    folded = Markup(page)
    assert [path for path in folded.paths if path.endswith("details/div/table")]

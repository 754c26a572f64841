"""One denominator: what is on time is said of the decided cases, and the others after it."""

from typing import Any

import pytest

from services.projections.page.drawings.captions import of_cases, of_deadline, of_released
from tests.support.pages.made_up_figures import identity, released

SIXTY_FOUR = identity(on_time=56, late=2, overdue=1, running=3, waiting=1, withdrawn=1)


@pytest.mark.parametrize(
    ("service", "figures", "indonesian", "english"),
    [
        pytest.param(
            "requests",
            SIXTY_FOUR,
            "56 dari 59 tepat waktu; 3 dalam proses, 1 menunggu pemohon, 1 dibatalkan pemohon",
            "56 of 59 on time; 3 running, 1 waiting for the applicant, 1 withdrawn",
            id="64 received, 59 decided",
        ),
        pytest.param(
            "complaints",
            identity(on_time=1_200, waiting=2, forwarded=5),
            "1.200 dari 1.200 tepat waktu; 2 menunggu jawaban pelapor, 5 diteruskan",
            "1,200 of 1,200 on time; 2 waiting for the complainant's answer, 5 forwarded",
            id="complaints wait for whoever complained",
        ),
        pytest.param(
            "requests",
            identity(running=3),
            "belum ada yang jatuh tempo; 3 dalam proses",
            "none has fallen due yet; 3 running",
            id="none is decided",
        ),
        pytest.param("requests", identity(late=2), "0 dari 2 tepat waktu", "0 of 2 on time"),
    ],
)
def test_a_drawing_says_how_many_of_the_decided_cases_were_on_time(
    service: str, figures: dict[str, Any], indonesian: str, english: str
) -> None:
    assert of_cases(service, figures, "id") == indonesian
    assert of_cases(service, figures, "en") == english


def test_a_row_of_a_release_names_its_undecided_cases_after_the_decided() -> None:
    row = released("minor", on_time=25, not_on_time=3, undecided=2, on="2026-10-01")

    assert of_released(row, "id") == "25 dari 28 tepat waktu; 2 lainnya"
    assert of_released(row, "en") == "25 of 28 on time; 2 others"


def test_a_deadline_that_still_runs_is_not_counted_as_kept_or_missed() -> None:
    row = {"started": 349, "kept": 329, "missed": 4, "running": 16}

    assert of_deadline(row, "id") == "329 dari 333 terpenuhi; 16 masih berjalan"
    assert of_deadline(row, "en") == "329 of 333 kept; 16 still running"

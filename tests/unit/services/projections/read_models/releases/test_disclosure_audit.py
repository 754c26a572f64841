"""An audit of what is released of complaints: nobody can work out 1 to 4 of a category or channel.

Random years of an office are released by the real code, and read by somebody who solves every
equation there is (`tests/support/years/publication_audit.py`): each release, and each two of them.
"""

from collections.abc import Sequence
from itertools import combinations

import pytest

from services.projections.read_models.releases import merging
from services.projections.read_models.releases.dates import ReleaseInstant
from tests.support.years.audited_years import (
    CHANNELS,
    MEMBERS,
    Complaint,
    for_any_year,
    given_away,
    instants,
    one,
    releases,
)
from tests.support.years.publication_audit import (
    QUARTERS,
)


@pytest.mark.parametrize("by", MEMBERS)
def test_a_release_gives_away_no_small_count(by: str) -> None:
    def check(year: list[Complaint], of: list[ReleaseInstant]) -> None:
        said = releases(year, of)
        for place in range(len(of)):
            assert given_away(year, by, of, [place], said) == []

    for_any_year(6, check)


@pytest.mark.parametrize("by", MEMBERS)
def test_two_releases_give_away_no_small_count(by: str) -> None:
    def check(year: list[Complaint], of: list[ReleaseInstant]) -> None:
        said = releases(year, of)
        for pair in combinations(range(len(of)), 2):
            assert given_away(year, by, of, pair, said) == []

    for_any_year(2, check)


# The audit finds what is planted.

QUARTERLY = instants(imported_in=None)


def leaks(year: Sequence[Complaint], by: str, *at: int) -> list[tuple[str, tuple[int, ...], int]]:
    """Member, months and how many."""
    found = given_away(year, by, QUARTERLY, at, releases(year, QUARTERLY))
    return sorted({(member, months, cases) for (member, months, _), cases in found})


def test_audit_finds_a_small_row(monkeypatch: pytest.MonkeyPatch) -> None:
    year = [
        *[one(0, "minor", "whatsapp", 2, "on_time", 2)] * 30,
        *[one(0, "minor", "phone", 2, "on_time", 2)] * 3,
    ]
    assert leaks(year, "by_channel", 0) == []

    monkeypatch.setattr(merging, "is_small", lambda _: False)
    monkeypatch.setattr(merging, "is_disclosive", lambda *_: False)

    assert ("phone", QUARTERS[0], 3) in leaks(year, "by_channel", 0)


def test_audit_finds_a_month_that_only_one_channel_explains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    year = [
        *[one(0, "minor", "whatsapp", 1, "on_time", 2)] * 30,
        *[one(0, "minor", "whatsapp", 2, "on_time", 2)] * 2,
    ]
    assert leaks(year, "by_channel", 0) == []

    monkeypatch.setattr(merging, "is_disclosive", lambda *_: False)

    assert ("whatsapp", (2,), 2) in leaks(year, "by_channel", 0)


def test_audit_finds_a_quarter_that_is_the_rest_of_a_year(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    year = [
        *[one(0, "minor", channel, 2, "on_time", 2) for channel in CHANNELS] * 6,
        *[one(1, "minor", "phone", 5, "on_time", 2)] * 3,
        *[one(1, "minor", "email", 5, "on_time", 2)] * 30,
    ]
    assert leaks(year, "by_channel", 1) == leaks(year, "by_channel", 0, 1) == []

    monkeypatch.setattr(merging, "is_disclosive", lambda *_: False)
    monkeypatch.setattr(merging, "is_disclosive_since", lambda *_: False)
    monkeypatch.setattr(merging, "CELL_MIN", 1)

    assert ("phone", (5,), 3) in leaks(year, "by_channel", 0, 1)


def test_audit_finds_a_category_that_days_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answered in time on the 37th day: it had 60."""
    year = [
        *[one(0, "minor", "email", 2, "not_on_time", 25)] * 30,
        *[one(0, "oversight", "email", 2, "on_time", 37)] * 2,
    ]
    assert leaks(year, "by_category", 0) == []

    monkeypatch.setattr(
        "services.projections.read_models.releases.releases.are_days_disclosive", lambda *_: False
    )

    assert ("oversight", (2,), 2) in leaks(year, "by_category", 0)


def test_audit_finds_a_month_in_which_all_were_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Late on the 29th day it wasn't one that had 60, whatever came in other months."""
    year = [
        *[one(0, "minor", "email", 3, "on_time", 2)] * 30,
        *[one(0, "non_oversight", "email", 3, "on_time", 3)] * 17,
        *[one(0, "non_oversight", "email", 1, "not_on_time", 29)] * 2,
    ]
    assert leaks(year, "by_category", 0) == []

    monkeypatch.setattr(
        "services.projections.read_models.releases.releases.are_days_disclosive", lambda *_: False
    )

    assert ("non_oversight", (1,), 2) in leaks(year, "by_category", 0)

"""Which posts come from our own pages: one row a way to send one."""

from datetime import UTC, datetime, timedelta

import pytest

from services.complaints.pages.same_site import PROOF_SECONDS_MAX, Proofs, is_ours

PAGES = "https://janji.example"
NOW = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("site", "origin", "has_proof", "ours"),
    [
        pytest.param("same-origin", "null", False, True, id="our own page"),
        pytest.param("none", None, False, True, id="a person, by hand"),
        pytest.param("same-site", PAGES, False, True, id="the page with the empty form"),
        pytest.param("cross-site", PAGES, False, True, id="the same, at another address"),
        pytest.param("cross-site", "https://evil.example", False, False, id="another site"),
        pytest.param("cross-site", "null", True, False, id="another site that hides, with a proof"),
        pytest.param("same-site", "https://x.janji.example", False, False, id="a neighbour"),
        pytest.param("nonsense", "https://evil.example", True, False, id="an unknown word"),
        pytest.param(None, "https://form.example", False, True, id="an old browser, our own page"),
        pytest.param(None, PAGES, False, True, id="an old browser, the empty form"),
        pytest.param(None, "https://evil.example", True, False, id="an old browser, another site"),
        pytest.param(None, "null", True, True, id="an old browser, a page of ours that we showed"),
        pytest.param(None, "null", False, False, id="an old browser, and nobody knows from where"),
        pytest.param(None, "", False, False, id="an empty origin"),
        pytest.param(None, "form.example", False, False, id="no origin at all"),
        pytest.param(None, None, False, True, id="no browser"),
    ],
)
def test_a_post_is_ours(site: str | None, origin: str | None, has_proof: bool, ours: bool) -> None:
    said = {"host": "form.example", "sec-fetch-site": site, "origin": origin}
    headers = {name: value for name, value in said.items() if value is not None}

    assert is_ours(headers, origins={PAGES}, has_proof=has_proof) is ours


def test_a_proof_holds_for_a_day_and_for_nobody_else() -> None:
    proof = Proofs(b"k" * 32, lambda: NOW).new()
    last = NOW + timedelta(seconds=PROOF_SECONDS_MAX)

    assert Proofs(b"k" * 32, lambda: last).holds(proof)
    assert not Proofs(b"k" * 32, lambda: last + timedelta(seconds=1)).holds(proof)
    assert not Proofs(b"j" * 32, lambda: NOW).holds(proof)


@pytest.mark.parametrize("proof", ["", ".", "1795490100", "1795490100.", "é.é", "9" * 5_000])
def test_nonsense_proves_nothing(proof: str) -> None:
    assert not Proofs(b"k" * 32, lambda: NOW).holds(proof)

"""The tracking secret makes its holder the complainant."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from services.complaints.tracking import TrackingSecrets

SECRETS = TrackingSecrets(lambda: bytes(32))
COMPLAINT = uuid4()


def test_a_complaint_has_the_same_secret_whenever_it_is_asked_for() -> None:
    assert TrackingSecrets(lambda: bytes(32)).of(COMPLAINT) == SECRETS.of(COMPLAINT)


def test_the_secret_fits_its_own_complaint_only() -> None:
    assert SECRETS.fits(COMPLAINT, SECRETS.of(COMPLAINT))
    assert not SECRETS.fits(COMPLAINT, SECRETS.of(uuid4()))


def test_secret_is_typed_in_capitals_or_small_letters() -> None:
    assert SECRETS.fits(COMPLAINT, SECRETS.of(COMPLAINT).upper())


@pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(lambda s: " ".join((s[:8], s[8:16], s[16:])), id="in groups"),
        pytest.param(lambda s: f"{s[:16]}\u00a0\u2013\u00a0{s[16:]}", id="a dash between"),
        pytest.param(lambda s: "\u200b".join(s), id="zero-width spaces"),
        pytest.param(lambda s: f"\ufeff\u2068{s}\u2069", id="a byte order mark and isolates"),
        pytest.param(lambda s: f"{s[:9]}\u00ad{s[9:]}", id="a soft hyphen"),
        pytest.param(lambda s: f"“{s}”.", id="quotes and a full stop"),
        pytest.param(lambda s: f"*{s}*", id="WhatsApp's bold"),
        pytest.param(lambda s: f"{s[:20]}\n{s[20:]}\r\n", id="on two lines"),
        pytest.param(
            lambda s: "".join(chr(ord(each) + 0xFEE0) for each in s.upper()), id="full-width"
        ),
    ],
)
def test_the_secret_fits_as_people_paste_it(pasted: Callable[[str], str]) -> None:
    assert SECRETS.fits(COMPLAINT, pasted(SECRETS.of(COMPLAINT)))
    assert not SECRETS.fits(COMPLAINT, pasted(SECRETS.of(uuid4())))


def test_secret_that_was_never_issued_does_not_fit() -> None:
    assert not SECRETS.fits(COMPLAINT, "")
    assert not SECRETS.fits(COMPLAINT, "rahasia-é")
    assert not SECRETS.fits(COMPLAINT, SECRETS.of(COMPLAINT) + " " * 200)


def test_another_key_makes_other_secrets() -> None:
    assert TrackingSecrets(lambda: bytes([1]) * 32).of(COMPLAINT) != SECRETS.of(COMPLAINT)

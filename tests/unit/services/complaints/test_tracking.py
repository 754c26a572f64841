"""The tracking secret makes its holder the complainant."""

from uuid import uuid4

from services.complaints.tracking import TrackingSecrets

SECRETS = TrackingSecrets(bytes(32))
COMPLAINT = uuid4()


def test_a_complaint_has_the_same_secret_whenever_it_is_asked_for() -> None:
    assert TrackingSecrets(bytes(32)).of(COMPLAINT) == SECRETS.of(COMPLAINT)


def test_the_secret_fits_its_own_complaint_only() -> None:
    assert SECRETS.fits(COMPLAINT, SECRETS.of(COMPLAINT))
    assert not SECRETS.fits(COMPLAINT, SECRETS.of(uuid4()))


def test_it_is_typed_in_capitals_or_small_letters() -> None:
    assert SECRETS.fits(COMPLAINT, SECRETS.of(COMPLAINT).upper())


def test_what_nobody_was_given_does_not_fit() -> None:
    assert not SECRETS.fits(COMPLAINT, "")
    assert not SECRETS.fits(COMPLAINT, "rahasia-é")


def test_another_master_key_makes_other_secrets() -> None:
    assert TrackingSecrets(bytes([1]) * 32).of(COMPLAINT) != SECRETS.of(COMPLAINT)

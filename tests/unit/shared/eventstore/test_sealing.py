"""Keys are wrapped for one case, texts sealed for one event."""

from uuid import uuid4

import pytest

from shared.eventstore.errors import SealBroken
from shared.eventstore.sealing import AssociatedData, Keyring, seal, unseal

MASTER, OTHER = bytes(32), bytes(range(32))
CASE = uuid4()
PLACE = AssociatedData(CASE, 3, "requests.returned")


def test_a_wrapped_key_opens_what_it_sealed() -> None:
    wrapped = Keyring(MASTER).new_key(CASE)
    sealed = seal(Keyring(MASTER).unwrap(wrapped, CASE), b"teks", PLACE)

    assert unseal(Keyring(MASTER).unwrap(wrapped, CASE), sealed, PLACE) == b"teks"


def test_two_keys_and_two_seals_are_never_alike() -> None:
    keyring = Keyring(MASTER)
    first, second = keyring.new_key(CASE), keyring.new_key(CASE)
    key = keyring.unwrap(first, CASE)

    assert first != second
    assert seal(key, b"teks", PLACE) != seal(key, b"teks", PLACE)


def test_a_wrapped_key_is_of_no_use_to_another_case() -> None:
    wrapped = Keyring(MASTER).new_key(CASE)

    with pytest.raises(SealBroken):
        Keyring(MASTER).unwrap(wrapped, uuid4())


def test_another_master_key_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        Keyring(OTHER).unwrap(Keyring(MASTER).new_key(CASE), CASE)


def test_a_retired_master_key_still_opens_what_it_wrapped_and_wraps_no_more() -> None:
    turned_over = Keyring(OTHER, retired=(MASTER,))

    turned_over.unwrap(Keyring(MASTER).new_key(CASE), CASE)

    with pytest.raises(SealBroken):
        Keyring(MASTER).unwrap(turned_over.new_key(CASE), CASE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(AssociatedData(uuid4(), 3, "requests.returned"), id="another case"),
        pytest.param(AssociatedData(CASE, 4, "requests.returned"), id="another version"),
        pytest.param(AssociatedData(CASE, 3, "requests.rejected"), id="another topic"),
    ],
)
def test_a_sealed_text_opens_where_it_was_sealed_alone(elsewhere: AssociatedData) -> None:
    key = Keyring(MASTER).unwrap(Keyring(MASTER).new_key(CASE), CASE)
    sealed = seal(key, b"teks", PLACE)

    with pytest.raises(SealBroken):
        unseal(key, sealed, elsewhere)


@pytest.mark.parametrize("sealed", ["", "AAAA", "no base64!", "AAAA" * 20])
def test_bytes_that_were_never_sealed_do_not_open(sealed: str) -> None:
    key = Keyring(MASTER).unwrap(Keyring(MASTER).new_key(CASE), CASE)

    with pytest.raises(SealBroken):
        unseal(key, sealed, PLACE)


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short")

"""Keys are wrapped for one case, by the newest master key; the others open what they wrapped."""

from uuid import uuid4

import pytest

from shared.eventstore.errors import SealBroken
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.sealing import AssociatedData, seal, unseal

MASTER, OTHER = bytes(32), bytes(range(32))
CASE = uuid4()
PLACE = AssociatedData(CASE, 3, "requests.returned")
WRAPPED = Keyring(MASTER).new_key(CASE)


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


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short")


def test_keys_are_read_again_when_one_does_not_open() -> None:
    """So that whoever meets the next master key, before it was noticed, can read."""
    given = [OTHER]
    keyring = Keyring(OTHER, read_again=lambda: given)
    given.insert(0, MASTER)

    keyring.unwrap(WRAPPED, CASE)

    assert keyring.newest.check_value == Keyring(MASTER).newest.check_value


def test_keys_that_have_not_changed_are_told_from_those_that_have() -> None:
    given = [MASTER]
    keyring = Keyring(MASTER, read_again=lambda: given)

    assert not keyring.read()
    given.append(OTHER)
    assert keyring.read()
    assert not keyring.read()


def test_check_value_tells_keys_apart_and_holds_none_of_them() -> None:
    one, other = Keyring(MASTER).newest, Keyring(OTHER).newest

    assert one.check_value != other.check_value
    assert one.check_value != MASTER[:16]
    assert one.derive(b"a") != one.derive(b"b")

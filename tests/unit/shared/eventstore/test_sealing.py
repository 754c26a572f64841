"""Texts are sealed for one event."""

from uuid import uuid4

import pytest

from shared.eventstore.errors import SealBroken
from shared.eventstore.keys.keyring import Keyring
from shared.eventstore.sealing import AssociatedData, seal, unseal

CASE = uuid4()
PLACE = AssociatedData(CASE, 3, "requests.returned")
KEY = Keyring(bytes(32)).unwrap(Keyring(bytes(32)).new_key(CASE), CASE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(AssociatedData(uuid4(), 3, "requests.returned"), id="another case"),
        pytest.param(AssociatedData(CASE, 4, "requests.returned"), id="another version"),
        pytest.param(AssociatedData(CASE, 3, "requests.rejected"), id="another topic"),
    ],
)
def test_a_sealed_text_opens_where_it_was_sealed_alone(elsewhere: AssociatedData) -> None:
    sealed = seal(KEY, b"teks", PLACE)

    with pytest.raises(SealBroken):
        unseal(KEY, sealed, elsewhere)


@pytest.mark.parametrize("sealed", ["", "AAAA", "no base64!", "AAAA" * 20])
def test_bytes_that_were_never_sealed_do_not_open(sealed: str) -> None:

    with pytest.raises(SealBroken):
        unseal(KEY, sealed, PLACE)
